package volume

import (
	"errors"
	"math"
)

// ErrStaffing is a question that Staffing has no answer to.
var ErrStaffing = errors.New("volume: no such call centre")

// MaxLoad is the most work, in erlangs, that Staffing takes: calls an hour times hours a call.
const MaxLoad = 100_000

// Staff is how many operators calls need, and how those fare.
type Staff struct {
	Operators    int
	Load         float64 // the work that comes in, in erlangs: as many operators would be busy all the time
	Waiting      float64 // the share of callers who have to wait
	InTime       float64 // the share of callers who are answered within the target
	Occupancy    float64 // the share of their time that operators are on calls
	AverageWait  float64 // in seconds, of all callers
	WaitingsWait float64 // in seconds, of those who have to wait
}

// Staffing says how many operators are needed so that a share of the callers, serviceLevel, is answered within
// targetAnswerSeconds. Nobody who calls is one; whoever calls is at least one.
//
// It is Erlang's model for calls that wait, known as Erlang C. It assumes that calls come independently of one another and
// at a steady rate within the hour, that their lengths vary as they do at random (exponentially), that each operator is
// free for the next call when one ends, and that nobody hangs up while waiting. Callers do hang up, so somewhat fewer
// operators would do; operators take breaks, so somewhat more have to be at work.
//
// Source: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
// exchanges", The Post Office Electrical Engineers' Journal 10 (1917). The probability of loss is worked out by its
// recursion in the number of operators, which adds and multiplies only what is positive: no factorial overflows, and no
// two large numbers are taken from one another.
//
// ErrStaffing: a negative figure, a service level that is not between 0 and 1, or more work than MaxLoad.
func Staffing(callsPerHour, averageHandleSeconds, targetAnswerSeconds, serviceLevel float64) (Staff, error) {
	load := callsPerHour / 3600 * averageHandleSeconds
	// Negated, so that what is not a number is refused too.
	if !(callsPerHour >= 0 && averageHandleSeconds >= 0 && targetAnswerSeconds >= 0 && serviceLevel > 0 && serviceLevel < 1 && load <= MaxLoad) {
		return Staff{}, ErrStaffing
	}
	if callsPerHour == 0 {
		return Staff{InTime: 1}, nil
	}
	lost := 1.0 // of n operators, none of whom waits for calls: Erlang B
	for n := 1; ; n++ {
		lost = load * lost / (float64(n) + load*lost)
		if float64(n) <= load {
			continue // the queue would only grow
		}
		if s := staffOf(n, load, lost, averageHandleSeconds, targetAnswerSeconds); s.InTime >= serviceLevel {
			return s, nil
		}
	}
}

// staffOf says how n operators fare, more than load, of whom calls that cannot wait would lose the share lost.
func staffOf(n int, load, lost, handle, target float64) Staff {
	s := Staff{Operators: n, Load: load, Occupancy: load / float64(n), InTime: 1}
	s.Waiting = lost / (1 - s.Occupancy*(1-lost))
	if free := float64(n) - load; handle > 0 {
		s.InTime = 1 - s.Waiting*math.Exp(-free*target/handle)
		s.WaitingsWait = handle / free
		s.AverageWait = s.Waiting * s.WaitingsWait
	}
	return s
}
