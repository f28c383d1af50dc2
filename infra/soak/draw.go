package main

import (
	"math/rand/v2"
	"sync"
	"time"

	"voice.example/infra/rig"
)

// dice are one round's, and one goroutine's.
type dice struct{ *rand.Rand }

func newDice(seed uint64, round, of int) dice {
	return dice{rand.New(rand.NewPCG(seed, uint64(round)<<8|uint64(of)))}
}

// in reports whether one of n comes up.
func (d dice) in(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// fault draws what goes wrong in an invocation, every second time. It hits if the invocation makes such a call.
func (d dice) fault() rig.Fault {
	if d.in(2) {
		return rig.Fault{}
	}
	f := rig.Fault{Kind: pick(d, []rig.Kind{rig.Kill, rig.KillAfter, rig.Throttle, rig.Throttle, rig.Fail, rig.Cut, rig.Late, rig.Partial, rig.Partial}),
		Of: pick(d, []string{"", "", "", "", "", "sms", "dynamodb", "dynamodb UpdateItem", "dynamodb PutItem"}), At: pick(d, []int{1, 1, 1, 2, 2, 3, 4, 6, 9, 12})}
	switch f.Kind {
	case rig.Kill, rig.KillAfter:
	case rig.Partial:
		f.Of, f.At, f.Calls = "", 1+d.IntN(3), pick(d, []int{1, 2, 4})
	case rig.Late:
		f.Calls, f.For = pick(d, []int{1, 1, 3}), time.Duration(50+d.IntN(400))*time.Millisecond
		if d.in(40) {
			f.Calls, f.For = 1, time.Minute // longer than anybody waits
		}
	default:
		f.Calls = pick(d, []int{1, 1, 4, 50})
	}
	return f
}

// tally is what a soak adds up. It is used by several goroutines.
type tally struct {
	mu       sync.Mutex
	requests map[string]int             // by what was asked, or which function was invoked
	took     map[string][]time.Duration // the same, of those that met no fault
	faults   map[rig.Kind]int           // those that hit
	texts    int
	done     map[string]int // by what came of it
}

func newTally() *tally {
	return &tally{requests: map[string]int{}, took: map[string][]time.Duration{}, faults: map[rig.Kind]int{}, done: map[string]int{}}
}

// invoked counts an invocation.
func (t *tally) invoked(name string, f rig.Fault, r rig.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.requests[name]++
	t.texts += len(r.Texts)
	if len(r.Hit) > 0 {
		t.faults[f.Kind]++
	} else {
		t.took[name] = append(t.took[name], r.Took)
	}
}

func (t *tally) count(what string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done[what] += n
}
