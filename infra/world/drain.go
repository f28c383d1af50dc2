package world

import (
	"time"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
)

// Drain has everything come to rest, without faults: the queues and the stream are emptied, and time passes until nothing
// waits for it.
func (w *World) Drain() {
	w.T.Helper()
	for round := range 60 {
		w.Read()
		for i := range w.Lanes {
			for w.Lanes[i].Done < len(w.Lanes[i].Changes) {
				before := w.Lanes[i].Done
				w.Tell(&w.Lanes[i], 0, 100, rig.Fault{})
				if w.Lanes[i].Done == before {
					w.T.Fatalf("a change cannot be told:\n%s", w.Logs("alerts"))
				}
			}
		}
		w.Escalate(rig.Fault{})
		w.Empty(rig.Replies, "replies")
		w.Empty(rig.Urgent, "deliver")
		w.Empty(rig.Routine, "deliver")
		if w.rests() {
			return
		}
		if round < 3 {
			w.Advance(time.Minute + time.Second)
		} else {
			w.Advance(31 * time.Minute)
		}
	}
	for _, a := range w.ledger() {
		if a.DueAt != "" || a.State == alert.Planned || a.State == alert.Claimed {
			w.T.Errorf("never settled: %s", show(a))
		}
	}
	w.T.Fatal("the service never comes to rest")
}

// Empty works off what is visible in a queue.
func (w *World) Empty(id, function string) {
	w.T.Helper()
	all := w.Receive(id)
	for len(all) > 0 {
		n := min(10, len(all))
		b := &Batch{Queue: id, Messages: all[:n], Run: w.Begin(function, rig.Fault{})}
		all = all[n:]
		if id == rig.Replies {
			w.Hear(b)
		} else {
			w.Deliver([]*Batch{b})
		}
	}
}

// rests reports whether nothing is left to do.
func (w *World) rests() bool {
	w.T.Helper()
	for _, id := range []string{rig.Replies, rig.Urgent, rig.Routine} {
		if c := w.Queue(id).Counts(); c.Visible+c.InFlight+c.Delayed > 0 {
			return false
		}
	}
	for _, a := range w.ledger() {
		if a.DueAt != "" || a.State == alert.Planned || a.State == alert.Claimed {
			return false
		}
	}
	return true
}
