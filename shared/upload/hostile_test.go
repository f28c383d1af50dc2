package upload

import (
	"context"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"

	"voice.example/shared/custody"
	"voice.example/shared/roster/rostertest"
)

// Every hostile file ends in a clear report, and none in half a plan: what it says it applied is in the table, and
// nothing else.
func TestHostileFiles(t *testing.T) {
	files := rostertest.Hostile()
	if len(files) < 40 {
		t.Fatalf("only %d hostile files", len(files))
	}
	for _, f := range files {
		if f.Long {
			continue // gigabytes, which roster's own test reads as they are made
		}
		t.Run(f.Name, func(t *testing.T) {
			o := newOffice(t)
			o.now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
			name, key := bucket, "uploads/"+f.Key
			put, err := transfermanager.New(o.cloud.S3()).UploadObject(context.Background(), &transfermanager.UploadObjectInput{Bucket: &name, Key: &key, Body: f.Body()})
			if err != nil {
				t.Fatal(err)
			}
			p := o.pipeline(nil)
			p.Zone, _ = time.LoadLocation("America/New_York")
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			s, err := p.Run(ctx, Object{Bucket: bucket, Key: key, Version: *put.VersionID, Versioned: true, ReceivedAt: o.now})
			if err != nil {
				t.Fatal(err)
			}
			rejects, err := csv.NewReader(strings.NewReader(o.read(reportKey(s.UploadID, "rejects.csv")))).ReadAll()
			if err != nil {
				t.Fatalf("rejects.csv cannot be read: %v", err)
			}
			table := o.table()
			if f.Want == rostertest.Refused {
				if s.State != Rejected || s.Problem == "" || s.Fix == "" || len(table) != 0 || len(rejects) != 2 {
					t.Errorf("%s, %q, %d records, %d rejects", s.State, s.Problem, len(table), len(rejects)-1)
				}
				return
			}
			if s.State == Held { // it has too many bad rows; what good ones say waits for people
				if len(table) != 0 || len(s.Plan.Reasons) == 0 {
					t.Errorf("held with %d records", len(table))
				}
				o.approve(s)
				s = o.goOn(s.UploadID)
				table = o.table()
			}
			if s.State != Done || s.Rows != s.Applied+s.Unchanged+s.Superseded+s.Rejected+s.Conflicts || s.Applied != len(table) || s.Conflicts != 0 {
				t.Errorf("got %s, %+v with %d records", s.State, s.Counts, len(table))
			}
			if f.Rows >= 0 && s.Rows != f.Rows || f.Rejected >= 0 && s.Rejected != f.Rejected {
				t.Errorf("%d rows, %d rejected; want %d, %d", s.Rows, s.Rejected, f.Rows, f.Rejected)
			}
			if s.Rejected > 0 && len(rejects) == 1 {
				t.Error("no reject says why")
			}
			for _, r := range table {
				if !r.Status.Valid() || r.Version != 1 || custody.Disclosable(r, o.now) && (r.DateOfBirth == "" || r.Protected == nil) {
					t.Errorf("got %+v", r)
				}
			}
		})
	}
}
