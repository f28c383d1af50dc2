package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
)

// found is what a look-up says of a person.
type found struct {
	Status      string    `json:"status"`
	Since       time.Time `json:"since"`
	Facility    string    `json:"facility"`
	FieldOffice string    `json:"field_office"`
	AsOf        time.Time `json:"as_of"`
	Explanation string    `json:"explanation"`
}

// lookUps are look-ups of people who are held, by A-number.
type lookUps struct {
	scene   *scene
	tables  tableSet
	records int
	n       int
	whole   bool // the answer says all that the service's does
	// same is what the first contender says of somebody: the others that explain must say it too.
	same map[int]found
}

func (b *functionsBench) lookUps() task { return b.lookUpsIn(nil) }

// lookUpsIn are look-ups in tables that are filled, or if there are none in new ones: all contenders look into the same.
func (b *functionsBench) lookUpsIn(tables tableSet) task {
	same := map[int]found{}
	return task{Name: taskLookUp, Title: "Look-up by A-number", Request: "look-up", parts: []string{"status"}, work: func(ctx context.Context, c contender) (exercise, error) {
		if tables == nil {
			var err error
			if tables, err = b.scene.freshTables(ctx); err != nil {
				return nil, err
			}
			if err := b.scene.fill(ctx, tables["custody"], b.records); err != nil {
				return nil, err
			}
		}
		return &lookUps{scene: b.scene, tables: tables, records: b.records, whole: c.name != nameFloor, same: same}, nil
	}}
}

// heldSince is when everybody of a table that fill made was booked in.
var heldSince = time.Now().UTC().Add(-48 * time.Hour).Truncate(time.Second)

// heldRecord is the first version of somebody's record, the n-th's, of a person in custody.
func heldRecord(n int) custody.Record {
	no := false
	return custody.Record{ANumber: custody.ANumber(number(n)), Version: 1, UploadID: uploadID, FirstName: "Ada", LastName: fmt.Sprintf("Example %d", n),
		NameKey: custody.NameKeyOf("Example", fmt.Sprint("Ada ", n), "MX"), DateOfBirth: "1980-01-01", CountryOfBirth: "MX", Protected: &no,
		Status: custody.InCustody, Since: heldSince, BookedIn: heldSince, StintStart: heldSince, Facility: "Example Processing Center", FacilityCode: "EXAPC",
		FieldOffice: "EXA", AsOf: heldSince, ReceivedAt: heldSince.Add(time.Hour), Feed: feedName}
}

// fill writes so many people into a custody table.
func (s *scene) fill(ctx context.Context, table string, people int) error {
	records := custody.NewTable(s.DB.Client, table)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for start := 0; start < people; start += custody.MaxInsert {
		group.Go(func() error {
			var some []custody.Record
			for n := start; n < min(start+custody.MaxInsert, people); n++ {
				some = append(some, heldRecord(n))
			}
			outcomes, err := records.Insert(ctx, some)
			return errors.Join(append(outcomes, err)...)
		})
	}
	return group.Wait()
}

func (l *lookUps) env(function string) map[string]string {
	env := l.scene.settings(l.scene.functions[function], l.tables)
	env["LOOKUPS_PER_MINUTE"] = "1000000" // counted, and not reached
	return env
}

// next is somebody else each time, far from who was before.
func (l *lookUps) next() (int, []byte, error) {
	l.n++
	n := l.n * 7919 % l.records
	event, err := httpEvent("/v1/custody/search", map[string]string{"a_number": number(n), "country_of_birth": "MX"})
	return n, event, err
}

func (l *lookUps) first(context.Context) ([]byte, error) {
	_, event, err := l.next()
	return event, err
}

func (l *lookUps) request(_ context.Context, invoke invoker) error {
	n, event, err := l.next()
	if err != nil {
		return err
	}
	answer, err := invoke(0, event)
	if err != nil {
		return err
	}
	var got struct{ Results []found }
	if err := httpAnswer(answer, http.StatusOK, &got); err != nil {
		return err
	}
	if len(got.Results) != 1 || got.Results[0].Status != string(custody.InCustody) {
		return fmt.Errorf("the answer is %+v", got)
	}
	if !l.whole {
		return nil
	}
	if want, ok := l.same[0]; ok && want != got.Results[0] { // all say the same of everybody
		return fmt.Errorf("of person %d the answer is\n%+v\nand not\n%+v", n, got.Results[0], want)
	}
	l.same[0] = got.Results[0]
	return nil
}
