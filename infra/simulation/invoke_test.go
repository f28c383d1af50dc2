package simulation

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"voice.example/infra/local/queue"
	"voice.example/infra/rig"
	"voice.example/shared/custody"
)

// lanes is how many batches of the stream can be under way side by side. All changes of one person take one lane.
const lanes = 2

// lane is some persons' part of the stream.
type lane struct {
	changes []rig.Change
	done    int // how many Lambda has done with
}

// faults draws what goes wrong in an invocation, or happens in the midst of it: mostly nothing.
func (w *world) faults(t *rapid.T) rig.Fault {
	f := rig.Fault{Kind: rapid.SampledFrom([]rig.Kind{rig.None, rig.None, rig.None, rig.None, rig.Pause, rig.Pause,
		rig.Kill, rig.KillAfter, rig.Throttle, rig.Fail, rig.Cut}).Draw(t, "fault")}
	if f.Kind == rig.None {
		return f
	}
	f.Of = rapid.SampledFrom([]string{"", "", "sms", "dynamodb UpdateItem"}).Draw(t, "of")
	f.At = rapid.IntRange(1, 12).Draw(t, "at")
	switch f.Kind {
	case rig.Pause:
		f.Meanwhile = w.meanwhile(t)
	case rig.Kill, rig.KillAfter:
	default:
		f.Calls = rapid.SampledFrom([]int{1, 1, 4, 50}).Draw(t, "calls")
	}
	return f
}

// begin notes how the world is when an invocation begins.
func (w *world) begin(function string, f rig.Fault) *run {
	r := &run{function: function, fault: f, stopped: map[string]bool{}, hidden: map[*person]bool{}, ended: map[*follower]bool{}}
	for number, phone := range w.phones {
		r.stopped[number] = phone.stopped()
	}
	for _, f := range w.followers {
		r.ended[f] = !f.ended.IsZero()
	}
	for _, p := range w.persons {
		r.hidden[p] = !custody.Disclosable(p.now(), w.Now())
	}
	return r
}

// invoke runs it.
func (w *world) invoke(r *run, event []byte) rig.Result {
	r.result = w.Invoke(r.function, event, r.fault)
	return r.result
}

// note keeps it. (Apart from invoke, which may run several side by side.)
func (w *world) note(r *run) {
	w.runs[r.result.Number] = r
	w.jot("%s %d, %v, hit %v: %s %v", r.function, r.result.Number, r.fault, r.result.Hit, r.result.Answer, r.result.Err)
	if r.result.Err != nil && len(r.result.Hit) == 0 {
		w.t.Fatalf("%s failed without a fault: %v\n%s", r.function, r.result.Err, w.Logs(r.function))
	}
}

// failures are the identifiers of a partial batch response.
func (w *world) failures(answer []byte) map[string]bool {
	w.t.Helper()
	var out struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		w.t.Fatalf("no partial batch response: %s", answer)
	}
	failed := map[string]bool{}
	for _, f := range out.BatchItemFailures {
		failed[f.ItemIdentifier] = true
	}
	return failed
}

// read takes in what is new in the stream.
func (w *world) read() {
	w.t.Helper()
	for _, c := range w.Stream() {
		r, err := custody.FromImage(c.New)
		if err != nil || r == nil {
			w.t.Fatalf("a change that is none: %v", err)
		}
		i := slices.IndexFunc(w.persons, func(p *person) bool { return p.number == r.ANumber }) % lanes
		w.lanes[i].changes = append(w.lanes[i].changes, c)
	}
}

// tell has Lambda bring some changes of a lane to alerts: from where it is on, or from before that, as it does when it
// could not note how far it was.
func (w *world) tell(l *lane, back, most int, f rig.Fault) {
	w.t.Helper()
	from := max(0, l.done-back)
	to := min(len(l.changes), l.done+most)
	if from >= to {
		return
	}
	batch := l.changes[from:to]
	r := w.begin("alerts", f)
	w.invoke(r, rig.StreamEvent(batch...))
	w.note(r)
	if r.result.Err != nil {
		return
	}
	failed := w.failures(r.result.Answer)
	until := to
	for i, c := range batch {
		if failed[c.Sequence] {
			until = from + i
			break
		}
	}
	l.done = max(l.done, until)
}

// Tell is a batch of changes.
func (w *world) Tell(t *rapid.T) {
	w.t = t
	i, back, most, f := rapid.IntRange(0, lanes-1).Draw(t, "lane"), rapid.SampledFrom([]int{0, 0, 0, 1, 3}).Draw(t, "back"),
		rapid.IntRange(1, 6).Draw(t, "most"), w.faults(t)
	w.read()
	w.tell(&w.lanes[i], back, most, f)
}

// batch is a delivery of messages of one queue, some of them twice.
type batch struct {
	queue    string
	messages []queue.Message
	forget   bool // Lambda dies before it deletes what was done
	run      *run
}

// drawBatch draws how a batch is made: which of the messages, in which order.
func (w *world) drawBatch(t *rapid.T) func(function, queue string) *batch {
	order, most, twice := rapid.Uint64().Draw(t, "order"), rapid.IntRange(1, 10).Draw(t, "most"), rapid.IntRange(0, 4).Draw(t, "twice") == 0
	forget, f := rapid.IntRange(0, 6).Draw(t, "forget") == 0, w.faults(t)
	return func(function, id string) *batch {
		all := w.Receive(id)
		rand.New(rand.NewPCG(order, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		n := min(most, len(all))
		w.GiveBack(id, all[n:]...)
		b := &batch{queue: id, messages: all[:n:n], forget: forget, run: w.begin(function, f)}
		if twice && n > 0 {
			b.messages = append(b.messages, b.messages[0])
		}
		return b
	}
}

// finish does with the messages of a batch what Lambda does, and returns those that were done.
func (w *world) finish(b *batch) (done []queue.Message) {
	w.t.Helper()
	w.note(b.run)
	if b.run.result.Err != nil {
		return nil
	}
	failed := w.failures(b.run.result.Answer)
	for _, m := range b.messages {
		if !failed[m.ID] {
			done = append(done, m)
		}
	}
	if !b.forget {
		w.Delete(b.queue, done...)
	}
	return done
}

// Deliver is one batch of jobs or two side by side, of either queue.
func (w *world) Deliver(t *rapid.T) {
	w.t = t
	var made []func(function, queue string) *batch
	var queues []string
	for range rapid.IntRange(1, 2).Draw(t, "side by side") {
		queues = append(queues, rapid.SampledFrom([]string{rig.Urgent, rig.Urgent, rig.Routine}).Draw(t, "queue"))
		made = append(made, w.drawBatch(t))
	}
	same := rapid.IntRange(0, 3).Draw(t, "same") == 0
	var batches []*batch
	for i, make := range made {
		b := make("deliver", queues[i])
		if same && i > 0 { // a message that was received twice
			b.messages, b.queue = append(b.messages, batches[0].messages...), queues[0]
			if queues[0] != queues[i] {
				b.messages = batches[0].messages
			}
		}
		batches = append(batches, b)
	}
	w.deliver(batches)
}

func (w *world) deliver(batches []*batch) {
	w.t.Helper()
	var running sync.WaitGroup
	for _, b := range batches {
		if len(b.messages) == 0 {
			continue
		}
		event := w.QueueEvent(b.queue, b.messages...)
		running.Go(func() { w.invoke(b.run, event) })
	}
	running.Wait()
	for _, b := range batches {
		if len(b.messages) > 0 {
			w.finish(b)
		}
	}
}

// Hear is a batch of texts from phones.
func (w *world) Hear(t *rapid.T) {
	w.t = t
	w.hear(w.drawBatch(t)("replies", rig.Replies))
}

func (w *world) hear(b *batch) {
	w.t.Helper()
	if len(b.messages) == 0 {
		return
	}
	w.invoke(b.run, w.QueueEvent(b.queue, b.messages...))
	for _, m := range w.finish(b) {
		var envelope struct {
			Message   string
			Timestamp time.Time
		}
		var text struct{ OriginationNumber string }
		if json.Unmarshal([]byte(m.Body), &envelope) != nil || json.Unmarshal([]byte(envelope.Message), &text) != nil {
			w.t.Fatalf("no reply: %s", m.Body)
		}
		said := w.phones[text.OriginationNumber].words
		for i := range said {
			if d := envelope.Timestamp.Sub(said[i].at); d > -500*time.Millisecond && d < 500*time.Millisecond {
				said[i].heard = true
			}
		}
	}
}

// Escalate is a minute's work.
func (w *world) Escalate(t *rapid.T) {
	w.t = t
	w.escalate(w.faults(t))
}

func (w *world) escalate(f rig.Fault) {
	w.t.Helper()
	r := w.begin("escalate", f)
	w.invoke(r, w.ScheduleEvent())
	w.note(r)
}

// Wait is time that passes.
func (w *world) Wait(t *rapid.T) {
	w.t = t
	w.Advance(rapid.SampledFrom([]time.Duration{time.Second, 20 * time.Second, 40 * time.Second, 70 * time.Second, 3 * time.Minute,
		16 * time.Minute, 70 * time.Minute, 5 * time.Hour}).Draw(t, "for"))
}
