package main

import (
	"encoding/json"
	"strings"

	"voice.example/infra/rig"
	"voice.example/infra/world"
)

// tell is a batch of changes of the custody table.
func (w *round) tell() {
	w.absorb()
	i, back, most := w.dice.IntN(world.LaneCount), pick(w.dice, []int{0, 0, 0, 1, 3}), 1+w.dice.IntN(8)
	w.counted(func(f rig.Fault) { w.Tell(&w.Lanes[i], back, most, f) })
}

// counted runs one of the model's invocations, with a fault, and counts those that were made.
func (w *round) counted(invoke func(rig.Fault)) {
	w.countedWith(w.dice.fault(), invoke)
}

func (w *round) countedWith(f rig.Fault, invoke func(rig.Fault)) {
	before := map[int]bool{}
	for n := range w.Runs {
		before[n] = true
	}
	invoke(f)
	for n, r := range w.Runs {
		if !before[n] {
			w.tally.invoked(r.Function, r.Fault, r.Result)
		}
	}
}

// batch takes some messages of a queue, in any order and some of them twice.
func (w *round) batch(function, id string, f rig.Fault) *world.Batch {
	all := w.Receive(id)
	w.dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	n := min(1+w.dice.IntN(10), len(all))
	w.GiveBack(id, all[n:]...)
	b := &world.Batch{Queue: id, Messages: all[:n:n], Forget: w.dice.in(7), Run: w.Begin(function, f)}
	if n > 0 && w.dice.in(5) {
		b.Messages = append(b.Messages, b.Messages[0])
	}
	return b
}

// deliver is a batch of jobs, or two side by side.
func (w *round) deliver() {
	w.counted(func(f rig.Fault) {
		batches := []*world.Batch{w.batch("deliver", pick(w.dice, []string{rig.Urgent, rig.Urgent, rig.Routine}), f)}
		if w.dice.in(2) {
			batches = append(batches, w.batch("deliver", pick(w.dice, []string{rig.Urgent, rig.Routine}), w.dice.fault()))
		}
		w.Deliver(batches)
	})
}

// hear is a batch of replies.
func (w *round) hear() {
	w.counted(func(f rig.Fault) { w.Hear(w.batch("replies", rig.Replies, f)) })
}

// escalate is a minute's work.
func (w *round) escalate() { w.counted(w.Escalate) }

// pump is one function's way through a stream.
type pump struct {
	table, function string
	waiting         []rig.Change
}

// pump is a batch of one of the other streams.
func (w *round) pump() {
	p := pick(w.dice, w.pumps)
	w.pumpWith(p, w.dice.fault())
}

// pumpWith reports whether anything was left to do.
func (w *round) pumpWith(p *pump, f rig.Fault) bool {
	for _, c := range w.StreamOf(p.table) {
		for _, other := range w.pumps {
			if other.table == p.table && other.wants(c) {
				other.waiting = append(other.waiting, c)
			}
		}
	}
	if len(p.waiting) == 0 {
		return false
	}
	some := p.waiting[:min(len(p.waiting), 25)]
	r := w.Begin(p.function, f)
	w.Do(r, rig.StreamEvent(some...))
	w.tally.invoked(p.function, f, r.Result)
	w.Note(r)
	if r.Result.Err != nil {
		return true // Lambda brings it again
	}
	var out struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	if err := json.Unmarshal(r.Result.Answer, &out); err != nil {
		w.stage.Fatalf("%s answers no partial batch response", p.function)
	}
	done := len(some)
	for i, c := range some {
		for _, failed := range out.BatchItemFailures {
			if failed.ItemIdentifier == c.Sequence {
				done = min(done, i)
			}
		}
	}
	p.waiting = p.waiting[done:]
	return true
}

// wants is the template's filter: seal does not read its own writing.
func (p *pump) wants(c rig.Change) bool {
	return p.function != "seal" || !strings.Contains(string(c.JSON), `"subject":{"S":"chain"}`)
}
