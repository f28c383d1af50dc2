package upload

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	voiceaws "voice.example/shared/aws"
	"voice.example/shared/custody"
)

const bucket = localtest.Bucket

// office is a bucket and tables of a test's own, with a clock to turn.
type office struct {
	t     *testing.T
	db    *dynamodbtest.DB
	cloud *localtest.Cloud
	now   time.Time
}

func newOffice(t *testing.T) *office {
	return &office{t: t, db: dynamodbtest.New(t), cloud: localtest.New(t), now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
}

// watchers is a Counter for which one person has subscribers.
type watchers map[custody.ANumber]int

func (w watchers) Count(_ context.Context, a custody.ANumber) (int, error) { return w[a], nil }

// sleeper is a Counter that never answers in time.
type sleeper struct{}

func (sleeper) Count(ctx context.Context, _ custody.ANumber) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// pipeline returns a worker whose every request passes through transport.
func (o *office) pipeline(transport http.RoundTripper) *Pipeline {
	meter := new(voiceaws.Meter)
	db := dynamodb.New(o.db.Client.Options(), meter.Attach, func(opt *dynamodb.Options) {
		opt.RetryMaxAttempts = 1
		if transport != nil {
			opt.HTTPClient = &http.Client{Transport: transport}
		}
	})
	return &Pipeline{S3: o.cloud.S3Through(transport), DynamoDB: db, Table: o.db.Table("uploads"),
		Custody: custody.NewTable(db, o.db.Table("custody")), Subscribers: watchers{"001000001": 3},
		Meter: meter, Zone: time.UTC, Future: 90 * 24 * time.Hour, Now: func() time.Time { return o.now }}
}

// put uploads a file and returns its object.
func (o *office) put(key, text string) Object {
	o.t.Helper()
	name := bucket
	out, err := o.cloud.S3().PutObject(context.Background(), &s3.PutObjectInput{Bucket: &name, Key: &key, Body: strings.NewReader(text)})
	if err != nil || out.VersionId == nil {
		o.t.Fatalf("no version, %v", err)
	}
	return Object{Bucket: bucket, Key: key, Version: *out.VersionId, Versioned: true, ReceivedAt: o.now}
}

func (o *office) run(object Object) Summary {
	o.t.Helper()
	s, err := o.pipeline(nil).Run(context.Background(), object)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

func (o *office) upload(text string) Summary {
	o.t.Helper()
	return o.run(o.put("uploads/x.csv", text))
}

func (o *office) read(key string) string {
	o.t.Helper()
	name := bucket
	out, err := o.cloud.S3().GetObject(context.Background(), &s3.GetObjectInput{Bucket: &name, Key: &key})
	if err != nil {
		o.t.Fatalf("%s: %v", key, err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return string(body)
}

// table returns every custody record, without what differs between two runs of the same uploads.
func (o *office) table() map[custody.ANumber]custody.Record {
	o.t.Helper()
	name := o.db.Table("custody")
	out, err := o.db.Client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &name})
	if err != nil {
		o.t.Fatal(err)
	}
	records := map[custody.ANumber]custody.Record{}
	for _, item := range out.Items {
		var r custody.Record
		if err := attributevalue.UnmarshalMap(item, &r); err != nil {
			o.t.Fatal(err)
		}
		r.UploadID = ""
		records[r.ANumber] = r
	}
	return records
}

const title = "a_number,last_name,first_name,date_of_birth,country_of_birth,protected,facility,as_of,status\n"

func row(n int, asOf, status string) string {
	return fmt.Sprintf("%d,Test,Ada,1980-01-01,MX,N,ONE,%s,%s\n", 1000000+n, asOf, status)
}

func TestRun(t *testing.T) {
	t.Run("EveryRowIsAccountedFor", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(4, "2026-05-01", "in_custody") + row(5, "2026-05-09", "in_custody"))
		s := o.upload(title + row(1, "2026-05-01", "in_custody") + row(2, "2026-05-02", "released") + row(2, "2026-05-01", "in_custody") +
			"x,Test,Ada,1980-01-01,MX,N,ONE,2026-05-01,freed\n" + row(4, "2026-05-01", "in_custody") + row(5, "2026-05-01", "released"))
		want := Counts{Rows: 6, Applied: 2, Unchanged: 1, Superseded: 2, Rejected: 1, Events: 2, Alerts: 3}
		if s.Counts != want || s.State != Done || s.RRU == 0 || s.WRU < 4 {
			t.Errorf("got %+v", s)
		}
		records := o.table()
		if records["001000002"].Status != custody.Released || records["001000005"].Status != custody.InCustody || len(records) != 4 {
			t.Errorf("got %+v", records)
		}
		var kept Summary
		if err := json.Unmarshal([]byte(o.read("reports/"+s.UploadID+"/summary.json")), &kept); err != nil || !reflect.DeepEqual(kept, s) {
			t.Errorf("summary.json says %+v, %v", kept, err)
		}
		rejects, err := csv.NewReader(strings.NewReader(o.read("reports/" + s.UploadID + "/rejects.csv"))).ReadAll()
		if err != nil || len(rejects) != 3 || rejects[1][0] != "5" || rejects[1][1] != "a_number" || rejects[2][2] != "freed" {
			t.Errorf("rejects.csv says %v, %v", rejects, err)
		}
	})
	t.Run("SameFileAgainWritesNothing", func(t *testing.T) {
		o := newOffice(t)
		text := title + row(1, "2026-05-01", "in_custody") + row(2, "2026-05-02", "released")
		o.upload(text)
		before := o.table()
		if s := o.upload(text); s.Unchanged != 2 || s.Applied != 0 || s.Events != 0 {
			t.Errorf("got %+v", s)
		}
		if !reflect.DeepEqual(o.table(), before) {
			t.Error("the table changed")
		}
	})
	t.Run("OlderFileWritesNothing", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-02", "released"))
		before := o.table()
		if s := o.upload(title + row(1, "2026-05-01", "in_custody")); s.Superseded != 1 || s.Applied != 0 {
			t.Errorf("got %+v", s)
		}
		if !reflect.DeepEqual(o.table(), before) {
			t.Error("the table changed")
		}
	})
	t.Run("SameObjectAnnouncedTwiceIsOneUpload", func(t *testing.T) {
		o := newOffice(t)
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		first := o.run(object)
		o.upload(title + row(1, "2026-05-03", "released"))
		if again := o.run(object); again.State != Done || again.Applied != first.Applied {
			t.Errorf("got %+v", again)
		}
		if o.table()["001000001"].Version != 2 {
			t.Error("the record was written again")
		}
	})
	t.Run("ProtectedInAnyRowOfAFile", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + strings.Replace(row(1, "2026-05-01", "in_custody"), ",N,", ",Y,", 1) + row(1, "2026-05-02", "released"))
		if r := o.table()["001000001"]; r.Protected == nil || !*r.Protected || r.Status != custody.Released {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("ErrFileLeavesTheTableAlone", func(t *testing.T) {
		for name, text := range map[string]string{
			"NoHeader": "x,y\n", "Empty": "", "OpenQuote": title + row(1, "2026-05-01", "released") + "\"1234567," + row(2, "2026-05-01", "released") + row(3, "2026-05-01", "released"),
		} {
			o := newOffice(t)
			s := o.upload(text)
			if s.State != Rejected || s.Problem == "" || s.Fix == "" || s.Rows != 0 || len(o.table()) != 0 {
				t.Errorf("%s: got %+v", name, s)
			}
			if !strings.Contains(o.read("reports/"+s.UploadID+"/summary.json"), `"state": "rejected"`) {
				t.Errorf("%s: no report", name)
			}
		}
	})
	t.Run("ErrGone", func(t *testing.T) {
		o := newOffice(t)
		if s := o.run(Object{Bucket: bucket, Key: "uploads/none.csv", Version: "etag seq", ReceivedAt: o.now}); s.State != Failed || s.Problem == "" {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("LateFileDoesNotUndoWhatANewerOneConfirmed", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody"))
		if s := o.upload(title + row(1, "2026-05-10", "in_custody")); s.Unchanged != 1 || s.Applied != 0 || s.Events != 0 {
			t.Errorf("the file that confirms: %+v", s)
		}
		if s := o.upload(title + row(1, "2026-05-05", "released")); s.Superseded != 1 || s.Applied != 0 {
			t.Errorf("the late file: %+v", s)
		}
		if r := o.table()["001000001"]; r.Status != custody.InCustody || r.Version != 2 || r.AsOf.Day() != 10 {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("ProtectionIsTakenFromALateFile", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-10", "in_custody"))
		o.upload(title + strings.Replace(row(1, "2026-05-05", "released"), ",N,", ",Y,", 1))
		if r := o.table()["001000001"]; !*r.Protected || r.Status != custody.InCustody {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("RowsOfOnePersonFillOneAnother", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody") + "1000001,,,,,,,2026-05-02,released\n")
		if r := o.table()["001000001"]; !custody.Disclosable(r, o.now) || r.Status != custody.Released || r.LastName != "Test" || r.CountryOfBirth != "MX" {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("ErrTooSlowIsSaidAfterAFewAttempts", func(t *testing.T) {
		o := newOffice(t)
		o.now = time.Now()
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		for attempt := range MaxSlow {
			p := o.pipeline(nil)
			p.Subscribers = sleeper{}
			ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(reserve+50*time.Millisecond))
			s, err := p.Run(ctx, object)
			cancel()
			if last := attempt == MaxSlow-1; last && (err != nil || s.State != Failed || s.Problem == "") || !last && !errors.Is(err, ErrOutOfTime) {
				t.Fatalf("attempt %d: %+v, %v", attempt+1, s, err)
			}
			o.now = time.Now()
		}
	})
	t.Run("PlanDeletedIsMadeAnew", func(t *testing.T) {
		o := newOffice(t)
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		p := o.pipeline(nil)
		u, err := p.claim(context.Background(), object)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.plan(context.Background(), object, &u); err != nil {
			t.Fatal(err)
		}
		name, planned := bucket, planKey(u.ID)
		if _, err := o.cloud.S3().DeleteObject(context.Background(), &s3.DeleteObjectInput{Bucket: &name, Key: &planned}); err != nil {
			t.Fatal(err)
		}
		o.now = o.now.Add(2 * lease)
		if s := o.run(object); s.State != Done || s.Applied != 1 || s.Rows != 1 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("ErrBusy", func(t *testing.T) {
		o := newOffice(t)
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		if _, err := o.pipeline(nil).claim(context.Background(), object); err != nil {
			t.Fatal(err)
		}
		if _, err := o.pipeline(nil).Run(context.Background(), object); !errors.Is(err, ErrBusy) {
			t.Errorf("got %v", err)
		}
		o.now = o.now.Add(lease + time.Second)
		if s := o.run(object); s.State != Done {
			t.Errorf("after the lease: %+v", s)
		}
	})
	t.Run("ErrBusyForWhoLostTheClaim", func(t *testing.T) {
		o := newOffice(t)
		object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
		slow, quick := o.pipeline(nil), o.pipeline(nil)
		mine, err := slow.claim(context.Background(), object)
		if err != nil {
			t.Fatal(err)
		}
		o.now = o.now.Add(lease + time.Second)
		theirs, err := quick.claim(context.Background(), object)
		if err != nil {
			t.Fatal(err)
		}
		mine.State = Done
		if err := slow.save(context.Background(), &mine); !errors.Is(err, ErrBusy) {
			t.Errorf("the slow worker ends the quick one's upload: %v", err)
		}
		if err := quick.save(context.Background(), &theirs); err != nil {
			t.Error(err)
		}
	})
	t.Run("ErrOutOfTimeGoesOnFromTheCheckpoint", func(t *testing.T) {
		o := newOffice(t)
		var text strings.Builder
		text.WriteString(title)
		for i := range checkpoint + 10 {
			text.WriteString(row(i, "2026-05-01", "in_custody"))
		}
		object := o.put("uploads/x.csv", text.String())
		p := o.pipeline(nil)
		started := time.Now()
		o.now = started
		ctx, cancel := context.WithDeadline(context.Background(), started.Add(reserve+time.Minute))
		defer cancel()
		var reads atomic.Int32
		p.Now = func() time.Time { // the minute passes after the first checkpoint
			if reads.Add(1); len(o.table()) >= checkpoint {
				return started.Add(time.Minute + time.Second)
			}
			return started
		}
		if _, err := p.Run(ctx, object); !errors.Is(err, ErrOutOfTime) {
			t.Fatalf("got %v", err)
		}
		if n := len(o.table()); n != checkpoint {
			t.Errorf("%d records at the checkpoint", n)
		}
		if s := o.run(object); s.State != Done || s.Applied != checkpoint+10 || s.Events != checkpoint+10 || s.Rows != checkpoint+10 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestConflict(t *testing.T) {
	// Between a plan and its writes, another upload changes the record.
	race := func(t *testing.T, mine, theirs string) (Counts, custody.Record) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody"))
		p := o.pipeline(nil)
		object := o.put("uploads/y.csv", title+mine)
		u, err := p.claim(context.Background(), object)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := p.plan(context.Background(), object, &u)
		if err != nil {
			t.Fatal(err)
		}
		o.upload(title + theirs)
		if err := p.apply(context.Background(), &u, plan); err != nil {
			t.Fatal(err)
		}
		return u.Counts, o.table()["001000001"]
	}
	t.Run("NewsOverOlderNewsIsApplied", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-09", "removed"), row(1, "2026-05-05", "released"))
		if counts.Applied != 1 || r.Status != custody.Removed || r.Version != 3 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
	t.Run("OldNewsAfterNewerIsNot", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-05", "released"), row(1, "2026-05-09", "removed"))
		if counts.Superseded != 1 || counts.Applied != 0 || r.Status != custody.Removed || r.Version != 2 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
	t.Run("LateNewsAgainstARecordConfirmedMeanwhileIsNot", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-05", "released"), row(1, "2026-05-09", "in_custody"))
		if counts.Superseded != 1 || r.Status != custody.InCustody || r.AsOf.Day() != 9 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
	t.Run("ConfirmationOfWhatChangedMeanwhileIsNews", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-09", "in_custody"), row(1, "2026-05-05", "released"))
		if counts.Applied != 1 || r.Status != custody.InCustody || r.AsOf.Day() != 9 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
	t.Run("SameNewsIsUnchanged", func(t *testing.T) {
		counts, r := race(t, row(1, "2026-05-09", "removed"), row(1, "2026-05-09", "removed"))
		if counts.Unchanged != 1 || r.Version != 2 {
			t.Errorf("got %+v, %+v", counts, r)
		}
	})
}

// dying is a transport through which a process makes so many requests, and then is dead.
type dying struct{ left atomic.Int32 }

func (d *dying) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.left.Add(-1) < 0 {
		return nil, errors.New("dead")
	}
	return http.DefaultTransport.RoundTrip(r)
}

// A worker that dies after any number of requests leaves an upload that the next one brings to the same end.
func TestKilledAtEveryStep(t *testing.T) {
	text := title + row(1, "2026-05-01", "in_custody") + row(2, "2026-05-02", "released") + row(2, "2026-05-01", "in_custody") + "x,,,,,,,,\n"
	want := func() (Summary, map[custody.ANumber]custody.Record) {
		o := newOffice(t)
		return o.upload(text), o.table()
	}
	wantSummary, wantTable := want()
	for steps := int32(0); ; steps++ {
		o := newOffice(t)
		object := o.put("uploads/x.csv", text)
		d := new(dying)
		d.left.Store(steps)
		_, err := o.pipeline(d).Run(context.Background(), object)
		o.now = o.now.Add(2 * lease)
		s := o.run(object)
		if s.Counts != wantSummary.Counts || s.State != Done {
			t.Fatalf("killed after %d requests: %+v", steps, s)
		}
		got := o.table()
		for a, r := range got {
			r.ReceivedAt = wantTable[a].ReceivedAt
			got[a] = r
		}
		if !reflect.DeepEqual(got, wantTable) {
			t.Fatalf("killed after %d requests: %+v", steps, got)
		}
		if !strings.Contains(o.read("reports/"+s.UploadID+"/summary.json"), `"rows": 4`) {
			t.Fatalf("killed after %d requests: no report", steps)
		}
		if err == nil {
			if steps < 10 {
				t.Fatalf("only %d steps were walked", steps)
			}
			return
		}
	}
}

func TestLater(t *testing.T) {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	a := latest{Line: 2, Observation: custody.Observation{AsOf: at, Facility: "A"}}
	b := latest{Line: 3, Observation: custody.Observation{AsOf: at, Facility: "B"}}
	if later(a, b).Line != 3 || later(b, a).Line != 3 {
		t.Error("of two equal rows the lower one counts, whichever is read first")
	}
	a.Observation.AsOf = at.Add(time.Second)
	if later(a, b).Line != 2 || later(b, a).Line != 2 {
		t.Error("the later moment counts")
	}
}
