package volume

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

// full is a day on which everything was counted, and much of it, in an agency of 50 offices and 25 languages.
func full() Counts {
	c := Counts{}
	each := func(dimension string, n int64, values ...string) {
		for _, v := range values {
			c[Name(dimension, v)] = n
		}
	}
	for _, name := range []string{Opened, Resolved, FirstContact, Transfers, Overdue} {
		c[name] = 99_999
	}
	c[ContactSeconds] = 9_999_999_999
	each(Reason, 99_999, "custody_status", "alerts", "local_contact", "victim_services", "own_case", "report_crime", "other", "unanswered_alert", "call_me")
	each(Channel, 99_999, "web", "api", "phone", "text", "alert", Unknown)
	each(Outcome, 99_999, "answered", "referred_outside", "unreachable", "withdrawn", "duplicate", "off_topic", Unknown)
	for i := range 50 {
		each(Office, 99_999, fmt.Sprintf("OFF%d", i+10))
	}
	for i := range 25 {
		each(Language, 99_999, "zh-Hans"[:2]+"-"+string(rune('a'+i)))
	}
	for _, b := range Buckets() {
		each(FirstContact, 99_999, b.Name)
	}
	for h := range 24 {
		each(Calls, 9_999, fmt.Sprintf("%02d", h))
		each(CallSeconds, 9_999_999, fmt.Sprintf("%02d", h))
	}
	return c
}

func TestDays(t *testing.T) {
	ctx := context.Background()
	t.Run("AYearIsOneCallAndNoScan", func(t *testing.T) {
		table, _, meter := newTable(t)
		changes := make([]Change, 0, 366)
		for i := range 366 {
			changes = append(changes, Change{fmt.Sprint(i), Adds{On(Inquiries, Date("2028-01-01").Add(i)): full()}})
		}
		table.mustCount(t, changes...)
		before := meter.Read()
		days, err := table.Days(ctx, Inquiries, "2028-01-01", "2028-12-31")
		after := meter.Read()
		if err != nil || len(days) != 366 || !maps.Equal(days[365].Counts, full()) {
			t.Fatalf("got %d, %v", len(days), err)
		}
		// An eventually consistent read unit is 8 KB.
		if calls := after.Calls - before.Calls; calls != 1 || after.RRU-before.RRU > 1024/8 {
			t.Errorf("%d calls, %.1f units", calls, after.RRU-before.RRU)
		}
		t.Logf("%d counters a day; a year: %.1f read units", len(full()), after.RRU-before.RRU)
	})
	t.Run("GapsAreFilled", func(t *testing.T) {
		table, _, _ := newTable(t)
		table.mustCount(t, change("a", "2026-02-27", Opened), change("b", "2026-03-02", Opened), change("c", "2026-03-03", Opened))
		days, err := table.Days(ctx, Inquiries, "2026-02-26", "2026-03-02")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range days {
			got = append(got, fmt.Sprintf("%s %d", d.Date, d.Counts[Opened]))
		}
		if want := []string{"2026-02-26 0", "2026-02-27 1", "2026-02-28 0", "2026-03-01 0", "2026-03-02 1"}; !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("ErrRange", func(t *testing.T) {
		table, _, _ := newTable(t)
		for _, r := range [][2]Date{{"2026-06-02", "2026-06-01"}, {"2026-06-01", "2029-06-04"}, {"", "2026-06-01"}, {"2026-06-01", "9"}} {
			if _, err := table.Days(ctx, Inquiries, r[0], r[1]); !errors.Is(err, ErrRange) {
				t.Errorf("%v: got %v", r, err)
			}
		}
	})
	t.Run("ErrOfTheTable", func(t *testing.T) {
		table, db, _ := newTable(t)
		table.Client = db.Faulty(func() dynamodbtest.Fault { return dynamodbtest.Refused })
		if _, err := table.Days(ctx, Inquiries, "2026-06-01", "2026-06-01"); !errors.Is(err, dynamodbtest.ErrFault) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSum(t *testing.T) {
	var days []Day
	for i := range 40 { // from a Tuesday
		days = append(days, Day{Date("2024-12-31").Add(i), Counts{Opened: 1, "reason:other": int64(i)}})
	}
	for per, want := range map[Per]string{
		PerDay:   "40 2024-12-31 2024-12-31..2024-12-31 1",
		PerWeek:  "6 2025-W01 2024-12-31..2025-01-05 6",
		PerMonth: "3 2024-12 2024-12-31..2024-12-31 1",
	} {
		spans := Sum(days, per)
		s := spans[0]
		if got := fmt.Sprintf("%d %s %s..%s %d", len(spans), s.Label, s.From, s.To, s.Counts[Opened]); got != want {
			t.Errorf("%s: got %s", per, got)
		}
		sum := Counts{}
		for _, s := range spans {
			sum.Add(s.Counts)
		}
		if !maps.Equal(sum, Total(days)) || sum["reason:other"] != 39*40/2 {
			t.Errorf("%s: got %v", per, sum)
		}
	}
	if Sum(nil, PerWeek) != nil {
		t.Error("something of nothing")
	}
}

func TestName(t *testing.T) {
	for value, want := range map[string]string{
		"custody_status": "reason:custody_status", "ATL": "reason:ATL", "zh-Hans": "reason:zh-Hans", "08": "reason:08", "15m": "reason:15m", "3d": "reason:3d",
		"": "reason:unknown", "Ada Test": "reason:unknown", "900000001": "reason:unknown", "A900000001": "reason:unknown",
		"A900-000-001": "reason:unknown", "A 900 000 001": "reason:unknown",
		"+12025550143": "reason:unknown", "ada@voice.example": "reason:unknown", "a:b": "reason:unknown", "2025": "reason:unknown",
	} {
		if got := Name(Reason, value); got != want {
			t.Errorf("%q: got %q", value, got)
		}
	}
}

func TestBucketOf(t *testing.T) {
	all := Buckets()
	for i, b := range all[:len(all)-1] {
		if got := BucketOf(b.Up); got != b {
			t.Errorf("%s: got %+v", b.Up, got)
		}
		if got := BucketOf(b.Up + 1); got != all[i+1] {
			t.Errorf("over %s: got %+v", b.Up, got)
		}
	}
}

func TestBy(t *testing.T) {
	c := Counts{"reason:other": 2, "reason:alerts": 5, "reason:call_me": 2, "reason:own_case": 0, "reasons": 9, Opened: 9}
	if got := fmt.Sprint(c.By(Reason)); got != "[{alerts 5} {call_me 2} {other 2}]" || c.Sum(Reason) != 9 {
		t.Errorf("got %s", got)
	}
}
