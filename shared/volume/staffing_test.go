package volume

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestStaffing(t *testing.T) {
	near := func(got, want, by float64) bool { return math.Abs(got-want) <= by }
	// Source: T. Mitan, "The Erlang-C Formula" (mitan.co.uk): 360 calls in half an hour of 4 minutes each, to be answered
	// within 15 seconds by 55 operators. 55 are the fewest for 80 %.
	t.Run("MitansExample", func(t *testing.T) {
		s, err := Staffing(720, 240, 15, 0.8)
		if err != nil || s.Operators != 55 || s.Load != 48 || !near(s.Occupancy, 0.873, 0.0005) || !near(s.Waiting, 0.239, 0.0005) ||
			!near(s.AverageWait, 8.2, 0.05) || !near(s.InTime, 0.846, 0.0005) {
			t.Errorf("got %+v, %v", s, err)
		}
	})
	// Source: the worked example of Call Centre Helper, "Erlang C Formula", as the package ErlangC 0.1.0 of CRAN prints it in its
	// README: 100 calls in half an hour of 3 minutes each, 80 % of them within 20 seconds. 14 operators: 0.1741319 wait,
	// 0.88835 are answered in time, after 7.83593701177724 s on the average.
	t.Run("TenErlangs", func(t *testing.T) {
		s, err := Staffing(200, 180, 20, 0.8)
		if err != nil || s.Operators != 14 || !near(s.Load, 10, 1e-9) || !near(s.Waiting, 0.1741319, 5e-8) ||
			!near(s.InTime, 0.88835, 5e-6) || !near(s.AverageWait, 7.83593701177724, 1e-12) || !near(s.Occupancy, 0.7142857, 5e-8) {
			t.Errorf("got %+v, %v", s, err)
		}
	})
	t.Run("NobodyCalls", func(t *testing.T) {
		if s, err := Staffing(0, 300, 20, 0.8); err != nil || s.Operators != 0 || s.InTime != 1 {
			t.Errorf("got %+v, %v", s, err)
		}
	})
	t.Run("OneCallIsOneOperator", func(t *testing.T) {
		for _, handle := range []float64{0, 1} {
			if s, err := Staffing(0.01, handle, 20, 0.8); err != nil || s.Operators != 1 {
				t.Errorf("got %+v, %v", s, err)
			}
		}
	})
	t.Run("VeryManyCalls", func(t *testing.T) {
		s, err := Staffing(MaxLoad, 3600, 20, 0.8)
		if err != nil || s.Operators <= MaxLoad || s.Operators > MaxLoad*101/100 || math.IsNaN(s.Waiting) {
			t.Errorf("got %+v, %v", s, err)
		}
	})
	t.Run("ErrStaffing", func(t *testing.T) {
		for _, in := range [][4]float64{{-1, 1, 1, 0.5}, {1, -1, 1, 0.5}, {1, 1, -1, 0.5}, {1, 1, 1, 0}, {1, 1, 1, 1}, {1, 1, 1, math.NaN()},
			{math.NaN(), 1, 1, 0.5}, {math.Inf(1), 1, 1, 0.5}, {MaxLoad, 3601, 20, 0.8}} {
			if _, err := Staffing(in[0], in[1], in[2], in[3]); !errors.Is(err, ErrStaffing) {
				t.Errorf("%v: got %v", in, err)
			}
		}
	})
}

// TestStaffingIsMonotone: more work or a harder target never needs fewer operators, and one operator fewer never does.
func TestStaffingIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls, handle := rapid.Float64Range(0.1, 2000).Draw(t, "calls"), rapid.Float64Range(1, 1800).Draw(t, "handle")
		target, level := rapid.Float64Range(0, 300).Draw(t, "target"), rapid.Float64Range(0.05, 0.99).Draw(t, "level")
		more := rapid.Float64Range(0, 1).Draw(t, "more")
		s := staffing(t, calls, handle, target, level)
		for _, harder := range []Staff{
			staffing(t, calls*(1+more), handle, target, level), staffing(t, calls, handle*(1+more), target, level),
			staffing(t, calls, handle, target*(1-more), level), staffing(t, calls, handle, target, level+(0.99-level)*more),
		} {
			if harder.Operators < s.Operators {
				t.Fatalf("%+v, and harder: %+v", s, harder)
			}
		}
		if s.InTime < level || s.Occupancy >= 1 || s.Waiting < 0 || s.Waiting > 1 || s.AverageWait > s.WaitingsWait {
			t.Fatalf("%+v", s)
		}
		if fewer := float64(s.Operators - 1); fewer > s.Load {
			lost := 1.0
			for n := 1.0; n <= fewer; n++ {
				lost = s.Load * lost / (n + s.Load*lost)
			}
			if f := staffOf(int(fewer), s.Load, lost, handle, target); f.InTime >= level || f.Waiting < s.Waiting {
				t.Fatalf("%d would do: %+v, %+v", f.Operators, f, s)
			}
		}
	})
}

func staffing(t *rapid.T, calls, handle, target, level float64) Staff {
	s, err := Staffing(calls, handle, target, level)
	if err != nil {
		t.Fatalf("%s: %v", fmt.Sprint(calls, handle, target, level), err)
	}
	return s
}
