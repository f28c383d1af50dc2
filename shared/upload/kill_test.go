package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/custody"
)

// dying is a transport through which a process makes so many requests, and then is dead. Its last request may still do
// what it asks for, with nobody there to hear the answer.
type dying struct {
	left   atomic.Int32
	unread bool
}

func (d *dying) RoundTrip(r *http.Request) (*http.Response, error) {
	left := d.left.Add(-1)
	if left < 0 && !(d.unread && left == -1) {
		return nil, errors.New("dead")
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if left < 0 && err == nil {
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		return nil, errors.New("dead")
	}
	return answer, err
}

// left is everything that an upload leaves behind.
type left struct {
	Table   map[custody.ANumber]custody.Record
	Reports []string
	Feeds   map[string]string
}

func (o *office) left() left {
	o.t.Helper()
	l := left{Table: o.table(), Feeds: map[string]string{}}
	name, prefix := bucket, "reports/"
	list, err := o.cloud.S3().ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: &name, Prefix: &prefix})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, object := range list.Contents {
		_, file, _ := strings.Cut(strings.TrimPrefix(*object.Key, "reports/"), "/")
		body := o.read(*object.Key)
		switch file {
		case "summary.json":
			body = o.withoutFigures(body)
		case "report.html":
			body = "" // it shows what summary.json says
		}
		l.Reports = append(l.Reports, file+"\n"+body)
	}
	slices.Sort(l.Reports) // the ids of uploads, and so the order of the listing, differ from run to run
	feeds, err := o.pipeline(nil).Feeds.List(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, f := range feeds {
		l.Feeds[f.Name] = fmt.Sprint(f.AsOf, f.ConfirmedAsOf)
	}
	return l
}

// withoutFigures leaves out of a summary what a killed attempt cannot know, and ids.
func (o *office) withoutFigures(body string) string {
	o.t.Helper()
	var s map[string]any
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		o.t.Fatal(err)
	}
	for _, name := range []string{"rru", "wru", "cost_usd", "upload_id", "of", "missing_upload", "plan_hash", "finished_at", "received_at"} {
		delete(s, name)
	}
	if decisions, ok := s["decisions"].([]any); ok {
		for _, d := range decisions {
			delete(d.(map[string]any), "at")
		}
	}
	out, err := json.Marshal(s)
	if err != nil {
		o.t.Fatal(err)
	}
	return string(out)
}

// A worker that dies after any number of requests leaves an upload that the next one brings to the same end. Every life
// of the worker begins with the same message, as the queue gives it again.
func TestKilledAtEveryStep(t *testing.T) {
	ctx := context.Background()
	const mixed = "uploads/x.csv"
	rows := func(from, to int, asOf, status string) string {
		var text strings.Builder
		for i := from; i < to; i++ {
			text.WriteString(row(i, asOf, status))
		}
		return text.String()
	}
	// A case prepares an office and gives what a worker is to do in it, as often as it takes.
	cases := map[string]func(o *office) func(p *Pipeline) error{
		"Small": func(o *office) func(p *Pipeline) error {
			object := o.put(mixed, title+row(1, "2026-05-01", "in_custody")+row(2, "2026-05-02", "released")+row(2, "2026-05-01", "in_custody")+"x,,,,,,,,\n")
			return func(p *Pipeline) error { _, err := p.Run(ctx, object); return err }
		},
		"Changes": func(o *office) func(p *Pipeline) error {
			o.upload(title + rows(0, 4, "2026-05-01", "in_custody"))
			object := o.put(mixed, title+rows(0, 2, "2026-05-03", "released")+rows(2, 3, "2026-05-03", "in_custody")+rows(3, 4, "2026-05-01", "in_custody"))
			return func(p *Pipeline) error { _, err := p.Run(ctx, object); return err }
		},
		"Ranges": func(o *office) func(p *Pipeline) error {
			object := o.put(mixed, title+rows(0, 12, "2026-05-01", "in_custody")+row(3, "2026-05-02", "released")+"x,,,,,,,,\n")
			return func(p *Pipeline) error {
				p.RangeBytes, p.PartBytes = 400, 300
				_, err := p.Run(ctx, object)
				return err
			}
		},
		"Roster": func(o *office) func(p *Pipeline) error {
			o.roster(jail(4, "2026-05-01"))
			object := o.put("roster/springfield/y.csv", title+jail(2, "2026-05-02"))
			return func(p *Pipeline) error { _, err := p.Run(ctx, object); return err }
		},
		"Approved": func(o *office) func(p *Pipeline) error {
			s := o.maintenance()
			o.approve(s)
			return func(p *Pipeline) error { _, err := p.Continue(ctx, s.UploadID); return err }
		},
		"Held": func(o *office) func(p *Pipeline) error {
			o.upload(title + jail(30, "2026-05-01"))
			object := o.put(mixed, title+strings.ReplaceAll(jail(30, "2026-05-02"), "in_custody", "released"))
			return func(p *Pipeline) error { _, err := p.Run(ctx, object); return err }
		},
		"Retraction": func(o *office) func(p *Pipeline) error {
			o.upload(title + rows(0, 3, "2026-05-01", "in_custody"))
			wrong := o.upload(title + rows(0, 2, "2026-05-02", "released"))
			asked, err := o.desk().Retract(ctx, wrong.UploadID, who("ann"), "")
			if err != nil {
				o.t.Fatal(err)
			}
			planned := o.goOn(asked.UploadID)
			if _, err := o.desk().Approve(ctx, planned.UploadID, planned.PlanHash, who("ben")); err != nil {
				o.t.Fatal(err)
			}
			return func(p *Pipeline) error { _, err := p.Continue(ctx, asked.UploadID); return err }
		},
		"Unreadable": func(o *office) func(p *Pipeline) error {
			object := o.put(mixed, "x,y\n1,2\n")
			return func(p *Pipeline) error { _, err := p.Run(ctx, object); return err }
		},
	}
	for name, prepare := range cases {
		for _, unread := range []bool{false, true} {
			t.Run(fmt.Sprint(name, map[bool]string{false: "", true: "AnswerLost"}[unread]), func(t *testing.T) {
				o := newOffice(t)
				if err := prepare(o)(o.pipeline(nil)); err != nil {
					t.Fatal(err)
				}
				want := o.left()
				for steps, ended := int32(0), false; !ended; steps++ {
					t.Run(fmt.Sprint(steps), func(t *testing.T) {
						o := newOffice(t)
						work := prepare(o)
						d := &dying{unread: unread}
						d.left.Store(steps)
						ended = work(o.pipeline(d)) == nil && d.left.Load() > 0
						o.now = o.now.Add(2 * lease)
						for range 2 { // the message comes again, and once more
							if err := work(o.pipeline(nil)); err != nil {
								t.Fatal(err)
							}
						}
						if got := o.left(); !reflect.DeepEqual(got, want) {
							t.Fatalf("got\n%+v\nwant\n%+v", got, want)
						}
					})
					if t.Failed() {
						return
					}
					if ended && steps < 5 {
						t.Fatalf("only %d steps were walked", steps)
					}
				}
			})
		}
	}
}
