package upload

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	voiceaws "voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/staff"
)

const bucket = localtest.Bucket

// office is a bucket and tables of a test's own, with a clock to turn.
type office struct {
	t     testing.TB
	db    *dynamodbtest.DB
	cloud *localtest.Cloud
	now   time.Time
	staff *staffRoom
}

func newOffice(t testing.TB) *office {
	return &office{t: t, db: dynamodbtest.New(t, "custody", "uploads", "feeds"), cloud: localtest.New(t), staff: new(staffRoom), now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
}

// watchers is a Counter for which one person has subscribers.
type watchers map[custody.ANumber]int

func (w watchers) Counts(context.Context, []custody.ANumber) (map[custody.ANumber]int, error) {
	return w, nil
}

// sleeper is a Counter that never answers in time.
type sleeper struct{}

func (sleeper) Counts(ctx context.Context, _ []custody.ANumber) (map[custody.ANumber]int, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// pipeline returns a worker whose every request passes through transport.
func (o *office) pipeline(transport http.RoundTripper) *Pipeline {
	meter := new(voiceaws.Meter)
	db := dynamodb.New(o.db.Client.Options(), meter.Attach, func(opt *dynamodb.Options) {
		opt.RetryMaxAttempts = 3
		if transport != nil {
			opt.RetryMaxAttempts = 1 // so that a test counts requests
			opt.HTTPClient = &http.Client{Transport: transport}
		}
	})
	return &Pipeline{S3: o.cloud.S3Through(transport), DynamoDB: db, Table: o.db.Table("uploads"), Feeds: &feed.Table{Client: db, Name: o.db.Table("feeds")}, Staff: o.staff, Limits: DefaultLimits(),
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
	return Object{Bucket: bucket, Key: key, Version: *out.VersionId, Versioned: true, ReceivedAt: o.now, By: "dora"}
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
	records := map[custody.ANumber]custody.Record{}
	var items []map[string]types.AttributeValue
	for pages := dynamodb.NewScanPaginator(o.db.Client, &dynamodb.ScanInput{TableName: &name}); pages.HasMorePages(); {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			o.t.Fatal(err)
		}
		items = append(items, page.Items...)
	}
	for _, item := range items {
		var r custody.Record
		if err := attributevalue.UnmarshalMap(item, &r); err != nil {
			o.t.Fatal(err)
		}
		r.UploadID, r.ReceivedAt = "", time.Time{}
		if r.Retracts != nil {
			r.Retracts.UploadID = ""
		}
		records[r.ANumber] = r
	}
	return records
}

const title = "a_number,last_name,first_name,date_of_birth,country_of_birth,protected,facility,as_of,status\n"

func row(n int, asOf, status string) string {
	return fmt.Sprintf("%d,Test,Ada,1980-01-01,MX,N,ONE,%s,%s\n", 1000000+n, asOf, status)
}

// planned takes an upload to where its plan is made, and nothing of it applied.
func (o *office) planned(p *Pipeline, object Object) item {
	o.t.Helper()
	u, err := p.claim(context.Background(), object.ID(), &object)
	for _, step := range []func(context.Context, *item) error{p.look, p.readFile, p.makePlan} {
		if err == nil {
			err = step(context.Background(), &u)
		}
	}
	if err != nil || u.State != PlanReady {
		o.t.Fatalf("%s, %v", u.State, err)
	}
	return u
}

func (o *office) remove(key string) {
	o.t.Helper()
	name := bucket
	if _, err := o.cloud.S3().DeleteObject(context.Background(), &s3.DeleteObjectInput{Bucket: &name, Key: &key}); err != nil {
		o.t.Fatal(err)
	}
}

// slow is a transport with time for so many inserts only.
type slow struct{ inserts atomic.Int32 }

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("X-Amz-Target") == "DynamoDB_20120810.BatchExecuteStatement" && s.inserts.Add(-1) < 0 {
		return nil, context.DeadlineExceeded
	}
	return http.DefaultTransport.RoundTrip(r)
}

// staffRoom is where staff are told of uploads.
type staffRoom struct{ told []string }

func (s *staffRoom) Notify(_ context.Context, subject, text string) error {
	s.told = append(s.told, subject+"\n"+text)
	return nil
}

func (s *staffRoom) last() string {
	if len(s.told) == 0 {
		return ""
	}
	return s.told[len(s.told)-1]
}

// who is somebody of the staff.
func who(name string) staff.Identity {
	return staff.Identity{Subject: name, Name: name + " Ávila"}
}

// approve has two people approve a held upload.
func (o *office) approve(s Summary) {
	o.t.Helper()
	for _, by := range []string{"ann", "ben"} {
		if _, err := o.desk().Approve(context.Background(), s.UploadID, s.PlanHash, who(by)); err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) write(key, body string) {
	o.t.Helper()
	name := bucket
	if _, err := o.cloud.S3().PutObject(context.Background(), &s3.PutObjectInput{Bucket: &name, Key: &key, Body: strings.NewReader(body)}); err != nil {
		o.t.Fatal(err)
	}
}
