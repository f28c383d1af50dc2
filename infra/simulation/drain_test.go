package simulation

import (
	"time"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
)

// drain has everything come to rest, without faults: the queues and the stream are emptied, and time passes until nothing
// waits for it.
func (w *world) drain() {
	w.t.Helper()
	for round := range 60 {
		w.read()
		for i := range w.lanes {
			for w.lanes[i].done < len(w.lanes[i].changes) {
				before := w.lanes[i].done
				w.tell(&w.lanes[i], 0, 100, rig.Fault{})
				if w.lanes[i].done == before {
					w.t.Fatalf("a change cannot be told:\n%s", w.Logs("alerts"))
				}
			}
		}
		w.escalate(rig.Fault{})
		w.empty(rig.Replies, "replies")
		w.empty(rig.Urgent, "deliver")
		w.empty(rig.Routine, "deliver")
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
			w.t.Errorf("never settled: %s", show(a))
		}
	}
	w.t.Fatal("the service never comes to rest")
}

// empty works off what is visible in a queue.
func (w *world) empty(id, function string) {
	w.t.Helper()
	all := w.Receive(id)
	for len(all) > 0 {
		n := min(10, len(all))
		b := &batch{queue: id, messages: all[:n], run: w.begin(function, rig.Fault{})}
		all = all[n:]
		if id == rig.Replies {
			w.hear(b)
		} else {
			w.deliver([]*batch{b})
		}
	}
}

// rests reports whether nothing is left to do.
func (w *world) rests() bool {
	w.t.Helper()
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
