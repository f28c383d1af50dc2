package main

import (
	"fmt"
	"testing"

	"voice.example/shared/volume"
)

func TestStaffingOf(t *testing.T) {
	days := []volume.Day{
		{Date: "2026-06-01", Counts: volume.Counts{"calls:09": 2, "call_seconds:09": 600, "calls:14": 4, "call_seconds:14": 1200}},
		{Date: "2026-06-02", Counts: volume.Counts{"calls:09": 20, "call_seconds:09": 6000}},
		{Date: "2026-06-03", Counts: volume.Counts{"calls:14": 5, "call_seconds:14": 1500}},
		{Date: "2026-06-04", Counts: volume.Counts{}},
	}
	t.Run("OfTheAverageAndOfTheBusiestDay", func(t *testing.T) {
		s := staffingOf(days, usualTarget)
		// Calls of 5 minutes: 20 in an hour are 1.67 erlangs, of which 3 operators answer 75 % in time, and 4 over 80 %.
		if got := fmt.Sprint(s.Rows); got != "[{09:00 [5.5 2 20 4]} {14:00 [2.2 1 5 2]}]" {
			t.Errorf("got %s", got)
		}
		if got := fmt.Sprint(s.Busiest[:4]); got !=
			"[{The busiest hour 2026-06-02, 09:00 to 10:00} {Calls in it 20} {A call took, on average 5 min} {Operators needed 4}]" {
			t.Errorf("got %s", got)
		}
		if s.Calls != 31 || s.Days != 4 || s.Average != "5 min" {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("NoCalls", func(t *testing.T) {
		if s := staffingOf(days[3:], usualTarget); s.Calls != 0 || s.Rows != nil {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("NobodyKnowsHowLongTheyTook", func(t *testing.T) {
		if s := staffingOf([]volume.Day{{Date: "2026-06-01", Counts: volume.Counts{"calls:09": 2}}}, usualTarget); s.Calls != 2 || s.Rows != nil {
			t.Errorf("got %+v", s)
		}
	})
}
