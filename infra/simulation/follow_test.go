package simulation

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"voice.example/infra/world"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// Subscribe is somebody who asks to be told, and confirms.
func (w *player) Subscribe(t *rapid.T) {
	w.T = t
	f := &world.Follower{Person: w.Persons[rapid.IntRange(0, 2).Draw(t, "person")], Phone: rapid.SampledFrom(w.Numbers()).Draw(t, "phone"),
		Word: fmt.Sprintf("Word%d", len(w.Followers)), Born: rapid.SampledFrom([]string{"MX", "MX", "MX", "MX", "HN"}).Draw(t, "born")}
	events := rapid.SampledFrom([][]custody.Event{nil, nil, nil, {custody.EventReleased}, {custody.EventReleased, custody.Transferred}}).Draw(t, "events")
	second := rapid.IntRange(0, 3).Draw(t, "second") == 0
	for _, other := range w.Followers {
		if other.Person == f.Person && other.Phone == f.Phone && other.Ended.IsZero() {
			return // it would replace the other
		}
	}
	if second {
		f.Second = fmt.Sprintf("+12025550%03d", 200+len(w.Followers))
	}
	if rapid.IntRange(0, 3).Draw(t, "quiet") == 0 {
		f.Quiet = &subscription.Quiet{From: "22:00", To: "07:00", Zone: "America/New_York"}
	}
	w.Follow(f, events)
}

// End is somebody who ends their subscription.
func (w *player) End(t *rapid.T) {
	w.T = t
	w.drawEnd(t)()
}

func (w *player) drawEnd(t *rapid.T) func() {
	i := rapid.IntRange(0, 9).Draw(t, "follower")
	return func() {
		if i >= len(w.Followers) || !w.Followers[i].Ended.IsZero() {
			return
		}
		f := w.Followers[i]
		if err := w.Subs.Stop(ctx, f.Sub.ID, f.Token); err != nil {
			w.T.Fatal(err)
		}
		f.Ended = w.Now()
		w.Jot("%s ends", f.Word)
		w.Advance(time.Second)
	}
}

// Say is a word from a phone, which waits in the queue then.
func (w *player) Say(t *rapid.T) {
	w.T = t
	number := rapid.SampledFrom(w.Numbers()).Draw(t, "phone")
	said := rapid.SampledFrom([]string{"STOP", "START", "1", "1"}).Draw(t, "says")
	w.Advance(time.Second) // so that no two words are of one moment
	at := w.Now()
	w.Reply(number, said)
	w.Jot("%s says %s", number, said)
	w.Phones[number].Words = append(w.Phones[number].Words, world.Word{Stop: said == "STOP", Start: said == "START", At: at})
	w.Advance(time.Second)
}
