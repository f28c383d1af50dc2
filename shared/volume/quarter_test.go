package volume

import (
	"errors"
	"strings"
	"testing"
)

func TestQuarter(t *testing.T) {
	for text, want := range map[string]string{
		"2026-Q1": "2026-01-01 2026-03-31 2026-Q2 2025-Q4", "2026-Q2": "2026-04-01 2026-06-30 2026-Q3 2026-Q1",
		"2026-Q4": "2026-10-01 2026-12-31 2027-Q1 2026-Q3", "2028-Q1": "2028-01-01 2028-03-31 2028-Q2 2027-Q4",
	} {
		q, err := ParseQuarter(text)
		if got := strings.Join([]string{string(q.From()), string(q.To()), q.Next().String(), q.Before().String()}, " "); err != nil || got != want {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
		if QuarterOf(q.From()) != q || QuarterOf(q.To()) != q {
			t.Errorf("%s is not the quarter of its days", text)
		}
	}
	for _, text := range []string{"", "2026", "2026-Q0", "2026-Q5", "2026-Q11", "26-Q1", " 2026-Q1", "2026-Q1 ", "1026-Q1"} {
		if _, err := ParseQuarter(text); !errors.Is(err, ErrQuarter) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestPublication(t *testing.T) {
	var days []Day
	for i := range 91 {
		days = append(days, Day{Date("2026-04-01").Add(i), Counts{Opened: 10, "reason:custody_status": 6, "reason:own_case": 4,
			"channel:phone": 7, "channel:web": 3,
			"office:national": 9, "office:ATL": 1, "language:en": 8, "language:es": 2, FirstContact: 10, "first_contact:15m": 6, "first_contact:4h": 4,
			Resolved: 9, "outcome:off_topic": 4, "outcome:answered": 5}})
	}
	t.Run("InFull", func(t *testing.T) {
		r := Publication(days)
		want := "month 910: 2026-04 300 2026-05 310 2026-06 300 reason 910: custody_status 546 own_case 364 channel 910: phone 637 web 273 " +
			"office 910: ATL 91 national 819 language 910: en 728 es 182 first_contact 910: 15m 546 4h 364 overdue 910: in_time 910 " +
			"outcome 819: answered 455 off_topic 364"
		if got := printed(r.Breakdowns); got != want {
			t.Errorf("got %s", got)
		}
		if r.Opened.N != 910 || r.Resolved.N != 819 || r.Transfers.String() != "0" {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("NobodyCanBeRecognised", func(t *testing.T) {
		// Of three, a tip about a crime by phone in Vietnamese, nobody has been in contact with one.
		rare := Counts{Opened: 3, "reason:report_crime": 3, "channel:phone": 3, "office:SLC": 3, "language:vi": 3, FirstContact: 2, "first_contact:15m": 2,
			Resolved: 3, "outcome:off_topic": 3, Transfers: 1, Overdue: 1}
		r := Publication(append(days[:len(days):len(days)], Day{"2026-06-30", rare}))
		want := "month 913: 2026-04 300 2026-05 310 2026-06 303 reason 913: custody_status 546 own_case withheld report_crime <10 " +
			"channel 913: phone 640 web 273 office 913: ATL withheld SLC <10 national 819 language 913: en 728 es withheld vi <10 " +
			"first_contact 913: 15m 548 4h withheld none <10 overdue 913: in_time withheld late <10 outcome 822: answered 455 off_topic 367"
		if got := printed(r.Breakdowns); got != want || r.Transfers.String() != "<10" {
			t.Errorf("got %s", got)
		}
		if r.Breakdown(Outcome).Total.N != 822 || !r.Breakdown("no such").Withheld {
			t.Errorf("got %+v", r.Breakdown(Outcome))
		}
	})
	t.Run("WhatWasNeverCountedIsUnknown", func(t *testing.T) {
		r := Publication([]Day{{"2026-04-01", Counts{Opened: 40, "reason:other": 15, "reason:unknown": 5}}})
		if got := printed(r.Breakdowns[1:2]); got != "reason 40: other 15 unknown 25" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("AQuarterOfFew", func(t *testing.T) {
		r := Publication([]Day{{"2026-04-01", Counts{Opened: 4, "reason:other": 4}}})
		if r.Opened.String() != "<10" || strings.Count(printed(r.Breakdowns), "withheld") != 7 {
			t.Errorf("got %s", printed(r.Breakdowns))
		}
	})
}
