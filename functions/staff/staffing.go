package main

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"voice.example/shared/volume"
	"voice.example/shared/web"
)

// target is how soon how many callers are to be answered.
type target struct {
	Answer time.Duration
	Level  int // in per cent
}

// usualTarget is what call centres usually aim for: 80 % within 20 seconds.
var usualTarget = target{20 * time.Second, 80}

// readTarget reads ?answer&level. What is wrong is noted, and usual.
func readTarget(r *http.Request, check *web.Check) target {
	t := usualTarget
	read := func(name string, low, high int, problem string, set func(n int)) {
		text := r.URL.Query().Get(name)
		if text == "" {
			return
		}
		if n, err := strconv.Atoi(text); err != nil || n < low || n > high {
			check.Say(name, problem)
		} else {
			set(n)
		}
	}
	read("answer", 0, 600, "Seconds, from 0 to 600.", func(n int) { t.Answer = time.Duration(n) * time.Second })
	read("level", 1, 99, "Per cent, from 1 to 99.", func(n int) { t.Level = n })
	return t
}

func (t target) answerText() string { return strconv.Itoa(int(t.Answer.Seconds())) }
func (t target) levelText() string  { return strconv.Itoa(t.Level) }

// staffing is how many operators the calls of some days needed.
type staffing struct {
	Calls   int64
	Average string // how long a call took
	Days    int
	Target  target
	Busiest []fact // of the hour with the most calls
	figures        // by the hour of the day
}

// staffingOf works it out from calls: for each hour of the day that had any, from the average of all days, and from the day
// on which there were most. How long calls took is taken to be the same at all hours, since single hours have few.
func staffingOf(days []volume.Day, t target) staffing {
	total := volume.Total(days)
	calls, seconds := total.Sum(volume.Calls), total.Sum(volume.CallSeconds)
	s := staffing{Calls: calls, Days: len(days), Target: t, figures: figures{Caption: "Operators needed, by hour of the day", Head: "Hour",
		Columns: []string{"Calls a day, on average", "Operators", "Most calls in one day", "Operators then"}}}
	if calls == 0 || seconds == 0 {
		return s
	}
	handle := float64(seconds) / float64(calls)
	s.Average = lasting(time.Duration(handle * float64(time.Second)))
	need := func(callsPerHour float64) (volume.Staff, error) {
		return volume.Staffing(callsPerHour, handle, t.Answer.Seconds(), float64(t.Level)/100)
	}
	var most int64
	for hour := range 24 {
		name := volume.Name(volume.Calls, fmt.Sprintf("%02d", hour))
		if total[name] <= 0 {
			continue
		}
		busiest := days[0]
		for _, d := range days {
			if d.Counts[name] > busiest.Counts[name] {
				busiest = d
			}
		}
		average := float64(total[name]) / float64(len(days))
		usual, err := need(average)
		peak, peakErr := need(float64(busiest.Counts[name]))
		if err != nil || peakErr != nil {
			continue // more than anybody could answer
		}
		s.Rows = append(s.Rows, figuresRow{fmt.Sprintf("%02d:00", hour), []string{strconv.FormatFloat(average, 'f', 1, 64), strconv.Itoa(usual.Operators),
			number(busiest.Counts[name]), strconv.Itoa(peak.Operators)}})
		if busiest.Counts[name] > most {
			most = busiest.Counts[name]
			s.Busiest = []fact{
				{"The busiest hour", fmt.Sprintf("%s, %02d:00 to %02d:00", busiest.Date, hour, hour+1)},
				{"Calls in it", number(most)},
				{"A call took, on average", s.Average},
				{"Operators needed", strconv.Itoa(peak.Operators)},
				{"Answered in time by them", percent(peak.InTime)},
				{"Have to wait", percent(peak.Waiting)},
				{"Average wait of all callers", fmt.Sprintf("%.1f s", peak.AverageWait)},
				{"Operators are on calls", percent(peak.Occupancy) + " of the time"},
			}
		}
	}
	return s
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) + " %" }
