package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"voice.example/shared/volume"
)

// texting is a day of alerts.
func (o *office) texting(t testing.TB, d volume.Date) {
	t.Helper()
	o.count(t, volume.Alerts, d, "planned:released", 40, "planned:transferred", 60, "sent:released", 39, "sent:transferred", 50, "delivered:released", 35,
		"delivered:transferred", 46, "failed:released", 3, "failed:transferred", 8, "opted_out:transferred", 1, "acknowledged:released", 20,
		"acknowledged:deceased", 1, "failed_by:unreachable", 7, "failed_by:quota", 1, "failed_by:collapsed", 3, "opted_out_by:stopped", 1)
}

// stand notes how the service stands, as escalate and the streams do.
func (o *office) stand(t testing.TB, s volume.Service, open, assigned, overdue int64) {
	t.Helper()
	if err := o.handler.volumes.Note(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	a := volume.Adds{volume.Standing(): volume.Counts{"open": open, "assigned": assigned, volume.Overdue: overdue}}
	if _, err := o.handler.volumes.Count(context.Background(), []volume.Change{{ID: t.Name() + " stands", Adds: a}}); err != nil {
		t.Fatal(err)
	}
}

func TestListDelivery(t *testing.T) {
	o := newOffice(t)
	for i := range 20 {
		o.texting(t, volume.Date("2026-06-01").Add(-i))
	}
	var got struct {
		Now   standingJSON `json:"now"`
		Total alertsJSON   `json:"total"`
		Spans []alertsJSON `json:"spans"`
	}
	t.Run("BeforeAnythingWasNoted", func(t *testing.T) {
		decode(t, o.ask("dana", "GET", "/v1/staff/delivery", ""), http.StatusOK, &got)
		if got.Now.AsOf != nil || got.Now.SilentFeeds == nil || got.Now.Inquiries.Overdue != 0 {
			t.Errorf("got %+v", got.Now)
		}
	})
	o.stand(t, volume.Service{At: noon, Held: 2, Silent: []volume.Silent{{Feed: "county", Since: noon.Add(-30 * time.Hour)}}}, 4, 9, 1)
	t.Run("OK", func(t *testing.T) {
		decode(t, o.ask("theo", "GET", "/v1/staff/delivery", ""), http.StatusOK, &got)
		if len(got.Spans) != 14 || got.Spans[13].Label != "2026-06-01" || got.Total.Alerts["planned"] != 1400 ||
			got.Total.ByEvent["transferred"]["failed"] != 112 ||
			got.Total.FailedBy["unreachable"] != 98 || got.Total.OptedOutBy["stopped"] != 14 || got.Spans[0].Alerts["acknowledged"] != 21 {
			t.Errorf("got %+v", got.Total)
		}
		n := got.Now
		if n.AsOf == nil || !n.AsOf.Equal(noon) || n.UploadsHeld != 2 || len(n.SilentFeeds) != 1 || n.SilentFeeds[0].Feed != "county" || n.Inquiries.Open != 4 ||
			n.Inquiries.Assigned != 9 || n.Inquiries.Overdue != 1 {
			t.Errorf("got %+v", n)
		}
	})
	t.Run("ErrPeriod", func(t *testing.T) {
		if _, fields := refused(t, o.ask("dana", "GET", "/v1/staff/delivery?to=x", ""), http.StatusBadRequest, "invalid"); fields != "to" {
			t.Errorf("got %s", fields)
		}
	})
}

// badges are what the table of what stands now says, in its order.
func badges(body string) (all []string) {
	for _, m := range regexp.MustCompile(`<span class="badge(?: badge--)?(\w*)">([^<]*)<`).FindAllStringSubmatch(body, -1) {
		all = append(all, strings.TrimSpace(m[1]+" "+m[2]))
	}
	return all
}

func TestShowDelivery(t *testing.T) {
	b := supervisor(t)
	for i := range 20 {
		b.texting(t, volume.Date("2026-06-30").Add(-i))
	}
	t.Run("BeforeAnythingWasNoted", func(t *testing.T) {
		if got := badges(b.page(b.get("/staff/delivery"), http.StatusOK)); fmt.Sprint(got) != "[warn has not run yet not known not known good none good none]" {
			t.Errorf("got %q", got)
		}
	})
	b.stand(t, volume.Service{At: b.now, Held: 2, Silent: []volume.Silent{{Feed: "county", Since: b.now.Add(-30 * time.Hour)}}}, 4, 9, 1)
	t.Run("ThreeCallsAndNoScan", func(t *testing.T) {
		c := b.listen()
		body := b.page(b.get("/staff/delivery"), http.StatusOK)
		if got := fmt.Sprint(c.names); got != "[UpdateItem Query Query]" {
			t.Errorf("got %s", got)
		}
		t.Logf("%+v", c.Read())
		if got := badges(body); fmt.Sprint(got) != "[good runs bad 1 warn 2 bad 1 4]" {
			t.Errorf("got %q", got)
		}
		for _, want := range []string{"county", "Jun 29, 6:00 AM EDT", "The phone was off or out of reach", "Our own fault: the account&#39;s quota was spent",
			"Not sent: a later transfer was told instead", "The phone had said STOP to us", "Transferred", "Deceased", "2026-06-30", `id="alerts-title"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
	})
	t.Run("AllIsWell", func(t *testing.T) {
		if err := b.handler.volumes.Note(context.Background(), volume.Service{At: b.now}); err != nil {
			t.Fatal(err)
		}
		if got := badges(b.page(b.get("/staff/delivery"), http.StatusOK)); !slices.Equal(got[:3], []string{"good runs", "good none", "good none"}) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("TheClockHasStopped", func(t *testing.T) {
		if err := b.handler.volumes.Note(context.Background(), volume.Service{At: b.now.Add(-2 * time.Hour), Held: volume.MostHeld}); err != nil {
			t.Fatal(err)
		}
		body := b.page(b.get("/staff/delivery"), http.StatusOK)
		if got := badges(body); !slices.Equal(got[:3], []string{"bad last ran 2 h 0 min ago", "not known", "warn 100"}) || !strings.Contains(body, "100 or more") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("ErrPeriod", func(t *testing.T) {
		if body := b.page(b.get("/staff/delivery?from=2026-07-02&to=2026-07-01"), http.StatusBadRequest); !strings.Contains(body, "before the first") {
			t.Error(body)
		}
	})
}
