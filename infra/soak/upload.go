package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/rig"
	"voice.example/infra/world"
	"voice.example/shared/upload"
)

// file is one that a data officer has put into the bucket.
type file struct {
	key  string
	rows []row
	mass bool // the brake is to hold it
}

// row is what a file says of somebody.
type row struct {
	person *world.Person
	at     time.Time
	status string
	reason string
	place  string
	born   string
	guard  string // whether the law protects them

	unchanged bool // some row of its upload said nothing new
}

const header = "a_number,last_name,first_name,date_of_birth,country_of_birth,protected,status,as_of,release_reason,facility\n"

func (r row) csv() string {
	return strings.Join([]string{"A" + string(r.person.Number), r.person.Last, r.person.First, r.born, "Mexico", r.guard, r.status,
		r.at.UTC().Format(time.RFC3339), r.reason, r.place}, ",") + "\n"
}

// stands are what a row may say, each as often as it is likely.
var stands = []row{
	{status: "in_custody", place: "NORTH"}, {status: "in_custody", place: "SOUTH"}, {status: "in_custody", place: "EAST"}, {status: "in_custody", place: "NORTH"},
	{status: "released", reason: "Bonded Out - IJ"}, {status: "released", reason: "Paroled"}, {status: "removed", reason: "Removed"},
	{status: "escaped", reason: "Escaped"}, {status: "departed", reason: "Voluntary departure"},
}

// put uploads rows. Each row is later than all before it.
func (w *round) put(name string, mass bool, rows ...row) {
	w.Advance(2 * time.Second)
	f := &file{key: fmt.Sprintf("uploads/%s-%d.csv", name, len(w.uploads)), rows: rows, mass: mass}
	var text strings.Builder
	text.WriteString(header)
	for i := range f.rows {
		if f.rows[i].at.IsZero() {
			f.rows[i].at = w.Now().Add(-time.Second).Truncate(time.Second)
		}
		text.WriteString(f.rows[i].csv())
	}
	w.uploads = append(w.uploads, f)
	w.Upload(f.key, []byte(text.String()))
	w.Jot("uploaded %s: %d rows", f.key, len(rows))
	w.tally.count("files uploaded", 1)
}

// adult is a row of somebody who may be shown.
func adult(p *world.Person, r row) row {
	r.person, r.born, r.guard = p, "1980-05-05", "N"
	return r
}

// begin has everybody held, before anything goes wrong.
func (w *round) begin() {
	var rows []row
	for _, p := range w.Persons {
		rows = append(rows, adult(p, row{status: "in_custody", place: "NORTH"}))
	}
	w.put("begin", false, rows...)
	w.ingestWith(rig.Fault{})
	if got := w.versions(); got != people+crowd {
		w.stage.Fatalf("%d of %d people are held at the begin", got, people+crowd)
	}
	for i := range w.Lanes {
		for w.Lanes[i].Done < len(w.Lanes[i].Changes) {
			w.Tell(&w.Lanes[i], 0, 100, rig.Fault{})
		}
	}
}

func (w *round) versions() (n int) {
	for _, p := range w.Persons {
		n += len(p.Versions)
	}
	return n
}

// upload is a file of some rows: what has changed, what has not, what was so long ago, and who is protected now.
func (w *round) upload() {
	var rows []row
	for _, i := range w.dice.Perm(people)[:1+w.dice.IntN(4)] {
		r := adult(w.changing[i], pick(w.dice, stands))
		switch w.dice.IntN(12) {
		case 0:
			r.guard = "Y"
		case 1:
			r.born = w.Now().AddDate(-10, 0, 0).Format(time.DateOnly)
		case 2:
			r.at = w.Now().AddDate(0, 0, -300).Truncate(time.Second) // older than the record
		}
		rows = append(rows, r)
	}
	w.put("news", false, rows...)
}

// massRelease is a file that says by mistake that half of the crowd is free.
func (w *round) massRelease() {
	for _, f := range w.uploads {
		if f.mass {
			return // once in a round
		}
	}
	var rows []row
	for _, p := range w.crowd[:crowd/2] {
		rows = append(rows, adult(p, row{status: "released", reason: "Paroled"}))
	}
	w.put("maintenance", true, rows...)
}

// ingest is one message of the queue of uploads.
func (w *round) ingest() { w.ingestWith(w.dice.fault()) }

func (w *round) ingestWith(f rig.Fault) {
	waiting := w.Receive(rig.Uploads)
	if len(waiting) == 0 {
		return
	}
	i := w.dice.IntN(len(waiting))
	one := waiting[i]
	w.GiveBack(rig.Uploads, slices.Delete(waiting, i, i+1)...)
	r := w.Begin("ingest", f)
	w.Do(r, w.QueueEvent(rig.Uploads, one))
	w.tally.invoked("ingest", f, r.Result)
	w.Note(r)
	if r.Result.Err == nil && !strings.Contains(string(r.Result.Answer), one.ID) {
		w.Delete(rig.Uploads, one)
	}
	w.absorb()
}

// absorb takes what was written into the model.
func (w *round) absorb() {
	w.Advance(time.Second)
	for _, r := range w.Read() {
		i := slices.IndexFunc(w.Persons, func(p *world.Person) bool { return p.Number == r.ANumber })
		p := w.Persons[i]
		p.Versions = append(p.Versions, world.Version{Record: r, At: w.Now()})
		w.Jot("%s v%d by %s: %s at %q, retracts %v", p.Initials, r.Version, r.UploadID, world.Stands(r), r.Facility, r.Retracts)
		w.tally.count("changes of records", 1)
	}
	w.Advance(time.Second)
}

// known is an upload as the table has it.
type known struct {
	UploadID  string            `dynamodbav:"upload_id"`
	Key       string            `dynamodbav:"key"`
	Kind      upload.Kind       `dynamodbav:"kind"`
	Of        string            `dynamodbav:"of"`
	State     upload.State      `dynamodbav:"state"`
	PlanHash  string            `dynamodbav:"plan_hash"`
	Conflicts int               `dynamodbav:"-"`
	Counts    upload.Counts     `dynamodbav:"counts"`
	Decisions []upload.Decision `dynamodbav:"decisions"`
}

// known reads all uploads.
func (w *round) known() (all []known) {
	ctx, table, consistent := context.Background(), w.DB.Table("uploads"), true
	for pages := dynamodb.NewScanPaginator(w.DB.Client, &dynamodb.ScanInput{TableName: &table, ConsistentRead: &consistent}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			w.stage.Fatal(err)
		}
		for _, item := range page.Items {
			var u known
			if err := attributevalue.UnmarshalMap(item, &u); err != nil {
				w.stage.Fatal(err)
			}
			if u.UploadID != "" && u.State != "" {
				all = append(all, u)
			}
		}
	}
	slices.SortFunc(all, func(a, b known) int { return strings.Compare(a.UploadID, b.UploadID) })
	return all
}
