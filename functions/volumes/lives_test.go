package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/volume"
)

// life is an inquiry of the test: what it is by now.
type life struct {
	reason, channel, office, language, state, outcome string
	opened, contacted, resolved                       time.Time
	transfers, seconds                                int
	overdue, gone                                     bool
}

func (l life) image() string {
	pairs := []any{"reference", "K7P4-QDX2", "state", l.state, "reason", l.reason, "office", l.office, "opened_at", l.opened.Format(time.RFC3339Nano),
		"timeline", "sealed", "transfers", l.transfers}
	for name, value := range map[string]string{"channel": l.channel, "language": l.language, "outcome": l.outcome} {
		if value != "" { // old inquiries have none
			pairs = append(pairs, name, value)
		}
	}
	for name, at := range map[string]time.Time{"first_contact_at": l.contacted, "resolved_at": l.resolved} {
		if !at.IsZero() {
			pairs = append(pairs, name, at.Format(time.RFC3339))
		}
	}
	if l.overdue {
		pairs = append(pairs, "overdue", true)
	}
	if l.seconds > 0 {
		pairs = append(pairs, "call_seconds", l.seconds)
	}
	return item(pairs...)
}

// draw gives a new inquiry, opened within three days.
func drawLife(t *rapid.T, start time.Time) life {
	return life{
		reason: rapid.SampledFrom([]string{"custody_status", "alerts", "call_me", "unanswered_alert"}).Draw(t, "reason"), state: "open",
		channel: rapid.SampledFrom([]string{"", "web", "phone"}).Draw(t, "channel"), office: rapid.SampledFrom([]string{"national", "ATL"}).Draw(t, "office"),
		language: rapid.SampledFrom([]string{"", "en", "zh-Hans"}).Draw(t, "language"), seconds: rapid.IntRange(0, 9000).Draw(t, "seconds"),
		opened: start.Add(time.Duration(rapid.IntRange(0, 3*24*3600).Draw(t, "opened")) * time.Second),
	}
}

// live lets one thing happen to it.
func (l *life) live(t *rapid.T) {
	later := l.opened.Add(time.Duration(rapid.IntRange(0, 5*24*60).Draw(t, "later")) * time.Minute).Truncate(time.Second)
	switch rapid.IntRange(0, 6).Draw(t, "step") {
	case 0:
		l.state = "assigned"
	case 1:
		l.office, l.transfers = rapid.SampledFrom([]string{"ATL", "NYC"}).Draw(t, "to"), l.transfers+1
	case 2:
		l.contacted = later
	case 3:
		l.state, l.resolved, l.outcome = "resolved", later, rapid.SampledFrom([]string{"answered", "withdrawn"}).Draw(t, "outcome")
	case 4: // opened again
		l.state, l.resolved, l.outcome = "open", time.Time{}, ""
	case 5:
		l.overdue = !l.overdue
	case 6:
		l.gone = true
	}
}

// recount counts inquiries by looking at them, as nobody should have to.
func recount(lives []life, zone *time.Location) (days map[volume.Date]volume.Counts, standing volume.Counts) {
	days, standing = map[volume.Date]volume.Counts{}, volume.Counts{}
	on := func(at time.Time) volume.Counts {
		d := volume.Date(at.In(zone).Format("2006-01-02"))
		if days[d] == nil {
			days[d] = volume.Counts{}
		}
		return days[d]
	}
	for _, l := range lives {
		c := on(l.opened)
		c["opened"]++
		c["reason:"+l.reason]++
		c["office:"+l.office]++
		language, channel := l.language, l.channel
		if language == "" {
			language = "unknown"
		}
		if channel == "" {
			channel = map[string]string{"call_me": "text", "unanswered_alert": "alert", "custody_status": "unknown", "alerts": "unknown"}[l.reason]
		}
		c["language:"+language]++
		c["channel:"+channel]++
		if channel == "phone" {
			hour := fmt.Sprintf("%02d", l.opened.In(zone).Hour())
			c["calls:"+hour]++
			c["call_seconds:"+hour] += int64(min(l.seconds, 7200))
		}
		c["transfers"] += int64(l.transfers)
		if l.overdue {
			c["overdue"]++
		}
		if !l.contacted.IsZero() {
			seconds := int64(max(0, l.contacted.Sub(l.opened)).Seconds())
			c["first_contact"]++
			c["first_contact_seconds"] += seconds
			switch wait := l.contacted.Sub(l.opened).Minutes(); {
			case wait <= 15:
				c["first_contact:15m"]++
			case wait <= 60:
				c["first_contact:1h"]++
			case wait <= 240:
				c["first_contact:4h"]++
			case wait <= 1440:
				c["first_contact:24h"]++
			case wait <= 4320:
				c["first_contact:3d"]++
			default:
				c["first_contact:later"]++
			}
		}
		switch {
		case l.state == "resolved":
			c := on(l.resolved)
			c["resolved"]++
			c["outcome:"+l.outcome]++
		case !l.gone:
			standing[l.state]++
			if l.overdue && l.contacted.IsZero() {
				standing["overdue"]++
			}
		}
	}
	return days, standing
}

// TestCountersEqualARecount lets inquiries live at random and delivers their changes as streams do: in order within a shard,
// several shards in any order, again from anywhere, in batches that begin anywhere, with any call going wrong.
func TestCountersEqualARecount(t *testing.T) {
	b := newBench(t)
	number, run := 0, 0
	start := time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC) // the clocks of New York change on the 8th
	rapid.Check(t, func(t *rapid.T) {
		run++
		start := start.AddDate(0, 0, 14*(run%1000))
		var shards [2][]string
		lives := make([]life, rapid.IntRange(1, 12).Draw(t, "inquiries"))
		for i := range lives {
			l := drawLife(t, start)
			record := func(old, new string) {
				number++
				shards[i%2] = append(shards[i%2], ofInquiry(number, old, new))
			}
			record("", l.image())
			for range rapid.IntRange(0, 8).Draw(t, "steps") {
				if before := l.image(); !l.gone {
					if l.live(t); l.gone {
						record(before, "")
					} else {
						record(before, l.image())
					}
				}
			}
			lives[i] = l
		}
		before, err := b.table.Standing(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		faulty := *b.table
		faulty.Client = b.db.Faulty(func() dynamodbtest.Fault {
			return dynamodbtest.Fault(max(0, rapid.IntRange(-8, int(dynamodbtest.Faults)-1).Draw(t, "fault")))
		})
		h := *b.handler
		h.Volumes = &faulty
		deliver(t, &h, shards[:])

		days, standing := recount(lives, b.Zone)
		for d := volume.DateOf(start, b.Zone).Add(-1); d < volume.DateOf(start, b.Zone).Add(12); d = d.Add(1) {
			if got := b.day(volume.Inquiries, d); got != line(days[d]) {
				t.Fatalf("%s: got  %s\nwant %s", d, got, line(days[d]))
			}
		}
		standing.Add(before.Inquiries)
		if got := b.standing(); got != line(standing) {
			t.Fatalf("standing: got %s, want %s", got, line(standing))
		}
	})
}

// deliver is an event source of some shards.
func deliver(t *rapid.T, h *handler, shards [][]string) {
	at := make([]int, len(shards))
	for deliveries := 0; ; deliveries++ {
		var left []int
		for s, records := range shards {
			if at[s] < len(records) {
				left = append(left, s)
			}
		}
		if len(left) == 0 {
			return
		}
		s := rapid.SampledFrom(left).Draw(t, "shard")
		from, to := at[s], min(len(shards[s]), at[s]+rapid.IntRange(1, 20).Draw(t, "batch"))
		if deliveries < 20 { // as when a checkpoint is lost
			from = rapid.IntRange(0, from).Draw(t, "from")
		}
		b := batch{}
		for _, r := range shards[s][from:to] {
			b.Records = append(b.Records, []byte(r))
		}
		out, err := h.Handle(context.Background(), b)
		if err != nil || len(out.BatchItemFailures) > 1 {
			t.Fatalf("got %+v, %v", out, err)
		}
		if len(out.BatchItemFailures) == 0 {
			at[s] = max(at[s], to)
			continue
		}
		for i, r := range b.Records {
			if read(r).Change.Sequence == out.BatchItemFailures[0].ItemIdentifier {
				at[s] = max(at[s], from+i)
			}
		}
	}
}
