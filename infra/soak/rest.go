package main

import (
	"time"

	"voice.example/infra/rig"
	"voice.example/shared/upload"
)

// rest has everything come to rest, without faults: every upload is ingested and decided on, every queue and stream is
// emptied, and time passes until nothing waits for it.
func (w *round) rest() {
	for range 3 { // what comes to rest last may have made work for the first
		w.restUploads()
		w.restStreams()
		w.countedWith(rig.Fault{}, func(rig.Fault) { w.Drain() })
	}
	w.restStreams()
}

func (w *round) restUploads() {
	for range 400 {
		w.ingestWith(rig.Fault{})
		waiting := w.Queue(rig.Uploads).Counts()
		busy, held := 0, 0
		for _, u := range w.known() {
			switch {
			case u.State == upload.Held:
				held++
			case u.State != upload.Done && u.State != upload.Rejected && u.State != upload.Failed:
				busy++
			}
		}
		switch {
		case waiting.Visible > 0:
		case held > 0:
			w.decideWith(rig.Fault{}, w.dice.in(4))
		case waiting.InFlight+waiting.Delayed > 0:
			w.Advance(20 * time.Second)
		case busy > 0:
			w.Advance(10 * time.Minute) // escalate goes on with what nobody has
			w.Escalate(rig.Fault{})
		default:
			return
		}
	}
	w.stage.Fatalf("the uploads never come to rest:\n%s", w.lastLines("ingest"))
}

func (w *round) restStreams() {
	for _, p := range w.pumps {
		for n := 0; w.pumpWith(p, rig.Fault{}); n++ {
			if n == 400 {
				w.stage.Fatalf("the stream of %s never comes to rest:\n%s", p.table, w.lastLines(p.function))
			}
		}
	}
}

// lastLines is the end of a function's log.
func (w *round) lastLines(function string) string {
	log := w.Logs(function)
	return log[max(0, len(log)-2000):]
}
