package upload

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"voice.example/shared/custody"
)

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
