package simulation

import (
	"math/rand/v2"
	"time"

	"pgregory.net/rapid"

	"voice.example/infra/rig"
	"voice.example/infra/world"
)

// faults draws what goes wrong in an invocation, or happens in the midst of it: mostly nothing.
func (w *player) faults(t *rapid.T) rig.Fault {
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

// Tell is a batch of changes.
func (w *player) Tell(t *rapid.T) {
	w.T = t
	i, back, most, f := rapid.IntRange(0, world.LaneCount-1).Draw(t, "lane"), rapid.SampledFrom([]int{0, 0, 0, 1, 3}).Draw(t, "back"),
		rapid.IntRange(1, 6).Draw(t, "most"), w.faults(t)
	w.Read()
	w.World.Tell(&w.Lanes[i], back, most, f)
}

// drawBatch draws how a batch is made: which of the messages, in which order.
func (w *player) drawBatch(t *rapid.T) func(function, queue string) *world.Batch {
	order, most, twice := rapid.Uint64().Draw(t, "order"), rapid.IntRange(1, 10).Draw(t, "most"), rapid.IntRange(0, 4).Draw(t, "twice") == 0
	forget, f := rapid.IntRange(0, 6).Draw(t, "forget") == 0, w.faults(t)
	return func(function, id string) *world.Batch {
		all := w.Receive(id)
		rand.New(rand.NewPCG(order, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		n := min(most, len(all))
		w.GiveBack(id, all[n:]...)
		b := &world.Batch{Queue: id, Messages: all[:n:n], Forget: forget, Run: w.Begin(function, f)}
		if twice && n > 0 {
			b.Messages = append(b.Messages, b.Messages[0])
		}
		return b
	}
}

// Deliver is one batch of jobs or two side by side, of either queue.
func (w *player) Deliver(t *rapid.T) {
	w.T = t
	var made []func(function, queue string) *world.Batch
	var queues []string
	for range rapid.IntRange(1, 2).Draw(t, "side by side") {
		queues = append(queues, rapid.SampledFrom([]string{rig.Urgent, rig.Urgent, rig.Routine}).Draw(t, "queue"))
		made = append(made, w.drawBatch(t))
	}
	same := rapid.IntRange(0, 3).Draw(t, "same") == 0
	var batches []*world.Batch
	for i, make := range made {
		b := make("deliver", queues[i])
		if same && i > 0 { // a message that was received twice
			b.Messages, b.Queue = append(b.Messages, batches[0].Messages...), queues[0]
			if queues[0] != queues[i] {
				b.Messages = batches[0].Messages
			}
		}
		batches = append(batches, b)
	}
	w.World.Deliver(batches)
}

// Hear is a batch of texts from phones.
func (w *player) Hear(t *rapid.T) {
	w.T = t
	w.World.Hear(w.drawBatch(t)("replies", rig.Replies))
}

// Escalate is a minute's work.
func (w *player) Escalate(t *rapid.T) {
	w.T = t
	w.World.Escalate(w.faults(t))
}

// Wait is time that passes.
func (w *player) Wait(t *rapid.T) {
	w.T = t
	w.Advance(rapid.SampledFrom([]time.Duration{time.Second, 20 * time.Second, 40 * time.Second, 70 * time.Second, 3 * time.Minute,
		16 * time.Minute, 70 * time.Minute, 5 * time.Hour}).Draw(t, "for"))
}
