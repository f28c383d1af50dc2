package world

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"voice.example/infra/local/queue"
	"voice.example/infra/rig"
	"voice.example/shared/custody"
)

// LaneCount is how many batches of the stream can be under way side by side. All changes of one person take one lane.
const LaneCount = 2

// Lane is some persons' part of the stream.
type Lane struct {
	Changes []rig.Change
	Done    int // how many Lambda has done with
}

// Begin notes how the world is when an invocation begins.
func (w *World) Begin(function string, f rig.Fault) *Run {
	r := &Run{Function: function, Fault: f, Stopped: map[string]bool{}, Hidden: map[*Person]bool{}, Ended: map[*Follower]bool{}}
	for number, phone := range w.Phones {
		r.Stopped[number] = phone.stopped()
	}
	for _, f := range w.Followers {
		r.Ended[f] = !f.Ended.IsZero()
	}
	for _, p := range w.Persons {
		r.Hidden[p] = !custody.Disclosable(p.Now(), w.Now())
	}
	return r
}

// Do runs it.
func (w *World) Do(r *Run, event []byte) rig.Result {
	r.Result = w.Invoke(r.Function, event, r.Fault)
	return r.Result
}

// Note keeps it. (Apart from Do, which may run several side by side.) A function that fails although nothing has gone wrong
// is a fault of ours.
func (w *World) Note(r *Run) {
	w.Runs[r.Result.Number] = r
	w.Jot("%s %d, %v, hit %v: %.300s %v", r.Function, r.Result.Number, r.Fault, r.Result.Hit, r.Result.Answer, r.Result.Err)
	if r.Result.Err != nil && len(r.Result.Hit) == 0 {
		w.T.Fatalf("%s failed without a fault: %v\n%s", r.Function, r.Result.Err, w.Logs(r.Function))
	}
}

// failures are the identifiers of a partial batch response.
func (w *World) failures(answer []byte) map[string]bool {
	w.T.Helper()
	var out struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		w.T.Fatalf("no partial batch response: %s", answer)
	}
	failed := map[string]bool{}
	for _, f := range out.BatchItemFailures {
		failed[f.ItemIdentifier] = true
	}
	return failed
}

// Read takes in what is new in the stream, and gives the records of it in order.
func (w *World) Read() []custody.Record {
	w.T.Helper()
	var records []custody.Record
	for _, c := range w.Stream() {
		r, err := custody.FromImage(c.New)
		if err != nil || r == nil {
			w.T.Fatalf("a change that is none: %v", err)
		}
		i := slices.IndexFunc(w.Persons, func(p *Person) bool { return p.Number == r.ANumber })
		if i < 0 {
			w.T.Fatalf("a change of nobody whom the model knows")
		}
		lane := &w.Lanes[i%LaneCount]
		lane.Changes = append(lane.Changes, c)
		records = append(records, *r)
	}
	return records
}

// Tell has Lambda bring some changes of a lane to alerts: from where it is on, or from before that, as it does when it
// could not note how far it was.
func (w *World) Tell(l *Lane, back, most int, f rig.Fault) {
	w.T.Helper()
	from := max(0, l.Done-back)
	to := min(len(l.Changes), l.Done+most)
	if from >= to {
		return
	}
	batch := l.Changes[from:to]
	r := w.Begin("alerts", f)
	w.Do(r, rig.StreamEvent(batch...))
	w.Note(r)
	if r.Result.Err != nil {
		return
	}
	failed := w.failures(r.Result.Answer)
	until := to
	for i, c := range batch {
		if failed[c.Sequence] {
			until = from + i
			break
		}
	}
	l.Done = max(l.Done, until)
}

// Batch is a delivery of messages of one queue, some of them twice.
type Batch struct {
	Queue    string
	Messages []queue.Message
	Forget   bool // Lambda dies before it deletes what was done
	Run      *Run
}

// Finish does with the messages of a batch what Lambda does, and returns those that were done.
func (w *World) Finish(b *Batch) (done []queue.Message) {
	w.T.Helper()
	w.Note(b.Run)
	if b.Run.Result.Err != nil {
		return nil
	}
	failed := w.failures(b.Run.Result.Answer)
	for _, m := range b.Messages {
		if !failed[m.ID] {
			done = append(done, m)
		}
	}
	if !b.Forget {
		w.Delete(b.Queue, done...)
	}
	return done
}

// Deliver has batches delivered side by side.
func (w *World) Deliver(batches []*Batch) {
	w.T.Helper()
	var running sync.WaitGroup
	for _, b := range batches {
		if len(b.Messages) == 0 {
			continue
		}
		event := w.QueueEvent(b.Queue, b.Messages...)
		running.Go(func() { w.Do(b.Run, event) })
	}
	running.Wait()
	for _, b := range batches {
		if len(b.Messages) > 0 {
			w.Finish(b)
		}
	}
}

// Hear has a batch of texts from phones heard.
func (w *World) Hear(b *Batch) {
	w.T.Helper()
	if len(b.Messages) == 0 {
		return
	}
	w.Do(b.Run, w.QueueEvent(b.Queue, b.Messages...))
	for _, m := range w.Finish(b) {
		var envelope struct {
			Message   string
			Timestamp time.Time
		}
		var text struct{ OriginationNumber string }
		if json.Unmarshal([]byte(m.Body), &envelope) != nil || json.Unmarshal([]byte(envelope.Message), &text) != nil {
			w.T.Fatalf("no reply: %s", m.Body)
		}
		said := w.Phones[text.OriginationNumber].Words
		for i := range said {
			if d := envelope.Timestamp.Sub(said[i].At); d > -500*time.Millisecond && d < 500*time.Millisecond {
				said[i].Heard = true
			}
		}
	}
}

// Escalate is a minute's work.
func (w *World) Escalate(f rig.Fault) {
	w.T.Helper()
	r := w.Begin("escalate", f)
	w.Do(r, w.ScheduleEvent())
	w.Note(r)
}
