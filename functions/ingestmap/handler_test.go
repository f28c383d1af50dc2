package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/staff"
	"voice.example/shared/subscription"
	"voice.example/shared/upload"
)

// office is a handler with everything real behind it but Step Functions, of which there is none here.
type office struct {
	*handler
	t     *testing.T
	db    *dynamodbtest.DB
	cloud *localtest.Cloud
}

func newOffice(t *testing.T) *office {
	db, cloud, meter := dynamodbtest.New(t), localtest.New(t), new(aws.Meter)
	client := dynamodb.New(db.Client.Options(), meter.Attach)
	return &office{t: t, db: db, cloud: cloud, handler: &handler{Uploads: &upload.Pipeline{
		S3: cloud.S3(), DynamoDB: client, Table: db.Table("uploads"), Custody: custody.NewTable(client, db.Table("custody")),
		Feeds:       &feed.Table{Client: client, Name: db.Table("feeds")},
		Subscribers: &subscription.Store{Client: client, Table: db.Table("subscriptions")},
		Limits:      upload.DefaultLimits(), RangeBytes: 2000, PartBytes: 1500,
		Meter: meter, Zone: time.UTC, Future: 24 * time.Hour, Now: time.Now,
	}}}
}

// announce uploads a file and runs ingest on it, with a state machine for files above a size.
func (o *office) announce(key, text string, above int64) (upload.Object, map[string]any) {
	o.t.Helper()
	bucket, started := localtest.Bucket, map[string]any{}
	put, err := o.cloud.S3().PutObject(context.Background(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(text)})
	if err != nil {
		o.t.Fatal(err)
	}
	object := upload.Object{Bucket: bucket, Key: key, Version: *put.VersionId, Versioned: true, ReceivedAt: time.Now()}
	ingest := *o.Uploads
	ingest.Machine = &upload.Machine{ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:UploadMachine", Above: above,
		Client: stepFunctions(func(name string, input map[string]any) {
			started["name"] = name
			for k, v := range input {
				started[k] = v
			}
		})}
	if _, err := ingest.Run(context.Background(), object); err != nil {
		o.t.Fatal(err)
	}
	return object, started
}

func (o *office) summary(id string) (s upload.Summary) {
	o.t.Helper()
	bucket, key := localtest.Bucket, "reports/"+id+"/summary.json"
	out, err := o.cloud.S3().GetObject(context.Background(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		o.t.Fatal(err)
	}
	body, err := io.ReadAll(out.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := json.Unmarshal(body, &s); err != nil {
		o.t.Fatal(err)
	}
	return s
}

// people is a file of so many, with a row that is none.
func people(n int, asOf, status string) string {
	var b bytes.Buffer
	b.WriteString("a_number,last_name,first_name,date_of_birth,country_of_birth,protected,facility,as_of,status\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,Test,Ada,1980-01-01,MX,N,ONE,%s,%s\n", 1000000+i, asOf, status)
	}
	b.WriteString("nobody,Test,Ada,1980-01-01,MX,N,ONE,2026-05-01,in_custody\n")
	return b.String()
}

func TestMachine(t *testing.T) {
	t.Run("LargeFileIsHandedOver", func(t *testing.T) {
		o := newOffice(t)
		object, started := o.announce("uploads/x.csv", people(100, "2026-05-01", "in_custody"), 1000)
		if started["name"] != object.ID()+"-look" || started["upload_id"] != object.ID() || started["from"] != "look" {
			t.Fatalf("started %v", started)
		}
		m := &machine{t: t, handle: o.Handle}
		if end := m.run(started); end != "End" {
			t.Fatalf("ended in %s: %v", end, m.visited)
		}
		s := o.summary(object.ID())
		if s.State != upload.Done || s.Rows != 101 || s.Applied != 100 || s.Rejected != 1 || s.Events != 100 {
			t.Errorf("got %+v", s)
		}
		if (s.WRU < 200 || s.RRU < 50) && o.db.CountsCapacity() {
			t.Errorf("it took %v read and %v write units", s.RRU, s.WRU)
		}
	})
	t.Run("SmallFileIsNot", func(t *testing.T) {
		o := newOffice(t)
		object, started := o.announce("uploads/x.csv", people(10, "2026-05-01", "in_custody"), 1<<20)
		if len(started) != 0 || o.summary(object.ID()).State != upload.Done {
			t.Errorf("started %v", started)
		}
	})
	t.Run("EveryOrderTwiceAndTheUnitsBackwards", func(t *testing.T) {
		o := newOffice(t)
		object, started := o.announce("uploads/x.csv", people(60, "2026-05-01", "in_custody"), 1000)
		if end := (&machine{t: t, handle: o.Handle, twice: true}).run(started); end != "End" {
			t.Fatalf("ended in %s", end)
		}
		if s := o.summary(object.ID()); s.State != upload.Done || s.Rows != 61 || s.Applied != 60 || s.Events != 60 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("HeldUploadEndsAfterPlanAndGoesOnAtApply", func(t *testing.T) {
		o := newOffice(t)
		first, started := o.announce("uploads/x.csv", people(60, "2026-05-01", "in_custody"), 1<<20)
		if len(started) != 0 || o.summary(first.ID()).Applied != 60 {
			t.Fatal("the first load failed")
		}
		object, started := o.announce("uploads/y.csv", people(60, "2026-05-02", "released"), 1000)
		m := &machine{t: t, handle: o.Handle}
		if end := m.run(started); end != "Rests" || slices.Contains(m.visited, "Apply") {
			t.Fatalf("ended in %s: %v", end, m.visited)
		}
		held := o.summary(object.ID())
		if held.State != upload.Held || held.Plan.Ends != 60 {
			t.Fatalf("got %+v", held)
		}
		desk := upload.Desk{S3: o.Uploads.S3, DynamoDB: o.Uploads.DynamoDB, Table: o.Uploads.Table, Now: time.Now}
		for _, by := range []string{"ann", "ben"} {
			if _, err := desk.Approve(context.Background(), held.UploadID, held.PlanHash, staff.Identity{Subject: by}); err != nil {
				t.Fatal(err)
			}
		}
		var again map[string]any
		ingest := *o.Uploads
		ingest.Machine = &upload.Machine{ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:UploadMachine", Above: 1000,
			Client: stepFunctions(func(name string, input map[string]any) { input["name"] = name; again = input })}
		if _, err := ingest.Continue(context.Background(), held.UploadID); err != nil || again["from"] != "apply" || again["name"] != held.UploadID+"-apply" {
			t.Fatalf("started %v, %v", again, err)
		}
		if end := (&machine{t: t, handle: o.Handle}).run(again); end != "End" {
			t.Fatalf("ended in %s", end)
		}
		if s := o.summary(held.UploadID); s.State != upload.Done || s.Applied != 60 || s.Conflicts != 0 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("DryRunIsNeverApplied", func(t *testing.T) {
		o := newOffice(t)
		object, started := o.announce("dry-run/x.csv", people(60, "2026-05-01", "in_custody"), 1000)
		m := &machine{t: t, handle: o.Handle}
		if end := m.run(started); end != "Rests" {
			t.Fatalf("ended in %s: %v", end, m.visited)
		}
		if s := o.summary(object.ID()); s.State != upload.PlanReady || s.Plan.Changes != 60 || s.Applied != 0 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("FileThatCannotBeReadEndsAsRejected", func(t *testing.T) {
		o := newOffice(t)
		object, started := o.announce("uploads/x.csv", people(60, "2026-05-01", "in_custody")+"\"1234567,never closed\n1234567\n", 1000)
		m := &machine{t: t, handle: o.Handle}
		if end := m.run(started); end != "Failed" || slices.Contains(m.visited, "Diff") {
			t.Fatalf("ended in %s: %v", end, m.visited)
		}
		if s := o.summary(object.ID()); s.State != upload.Rejected || !strings.Contains(s.Problem, "never closed") || s.Applied != 0 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("StepThatFailsForGoodIsReported", func(t *testing.T) {
		o := newOffice(t)
		object, started := o.announce("uploads/x.csv", people(60, "2026-05-01", "in_custody"), 1000)
		broken := func(ctx context.Context, order upload.Order) (upload.Ordered, error) {
			if order.Step == upload.StepDiff && order.Unit == 1 {
				return upload.Ordered{}, errors.New("throttled for hours")
			}
			return o.Handle(ctx, order)
		}
		if end := (&machine{t: t, handle: broken}).run(started); end != "Failed" {
			t.Fatalf("ended in %s", end)
		}
		if s := o.summary(object.ID()); s.State != upload.Failed || s.Problem == "" || s.Applied != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

// stepFunctions is a client whose StartExecution is told to a function: there is no Step Functions to run here.
func stepFunctions(started func(name string, input map[string]any)) *sfn.Client {
	return sfn.New(sfn.Options{Region: "us-east-1", HTTPClient: starts(started), Credentials: nil})
}
