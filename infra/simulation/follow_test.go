package simulation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"pgregory.net/rapid"

	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
)

// codes takes one-time codes in the place of phones.
type codes struct{ last string }

// Send takes one.
func (c *codes) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	c.last = strings.Trim(strings.Fields(strings.SplitAfter(text, "code is ")[1])[0], ".")
	return "code", nil
}

// numbers are the phones in order.
func (w *world) numbers() (all []string) {
	for i := range len(w.phones) {
		all = append(all, fmt.Sprintf("+1202555014%d", i))
	}
	return all
}

// Subscribe is somebody who asks to be told, and confirms.
func (w *world) Subscribe(t *rapid.T) {
	w.t = t
	f := &follower{person: w.persons[rapid.IntRange(0, 2).Draw(t, "person")], phone: rapid.SampledFrom(w.numbers()).Draw(t, "phone"),
		word: fmt.Sprintf("Word%d", len(w.followers)), born: rapid.SampledFrom([]string{"MX", "MX", "MX", "MX", "HN"}).Draw(t, "born")}
	events := rapid.SampledFrom([][]custody.Event{nil, nil, nil, {custody.EventReleased}, {custody.EventReleased, custody.Transferred}}).Draw(t, "events")
	second := rapid.IntRange(0, 3).Draw(t, "second") == 0
	for _, other := range w.followers {
		if other.person == f.person && other.phone == f.phone && other.ended.IsZero() {
			return // it would replace the other
		}
	}
	if second {
		f.second = fmt.Sprintf("+1202555015%d", len(w.followers)%10)
	}
	w.follow(f, events)
}

// follow subscribes a follower, who wants to hear of some events (nil: of all), and whose second contact, if there is
// one, has confirmed it.
func (w *world) follow(f *follower, events []custody.Event) {
	w.t.Helper()
	pending, err := w.subs.Request(ctx, subscription.Application{ANumber: f.person.number, CountryOfBirth: country.Code(f.born), Phone: phone.Number(f.phone),
		Language: i18n.English, CodeWord: f.word, Events: events}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	confirmed, err := w.subs.Confirm(ctx, pending.ID, w.codes.last)
	if err != nil {
		w.t.Fatal(err)
	}
	f.sub, f.token = confirmed.Subscription, confirmed.ManageToken
	if f.second != "" {
		f.sub.Second = &subscription.Contact{Sealed: w.keys.Seal("subscription/contact", f.second), Hash: optout.Hash(w.keys, phone.Number(f.second))}
		item, err := attributevalue.MarshalMap(f.sub)
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.DB.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &w.subs.Table, Item: item}); err != nil {
			w.t.Fatal(err)
		}
	}
	f.confirmed = w.Now()
	w.followers = append(w.followers, f)
	w.jot("%s %s follows %s, born %s, wants %v, second %q: %s", f.word, f.phone, f.person.initials, f.born, events, f.second, f.sub.ID)
	w.Advance(time.Second)
}

// End is somebody who ends their subscription.
func (w *world) End(t *rapid.T) {
	w.t = t
	w.drawEnd(t)()
}

func (w *world) drawEnd(t *rapid.T) func() {
	i := rapid.IntRange(0, 9).Draw(t, "follower")
	return func() {
		if i >= len(w.followers) || !w.followers[i].ended.IsZero() {
			return
		}
		f := w.followers[i]
		if err := w.subs.Stop(ctx, f.sub.ID, f.token); err != nil {
			w.t.Fatal(err)
		}
		f.ended = w.Now()
		w.jot("%s ends", f.word)
		w.Advance(time.Second)
	}
}

// Say is a word from a phone, which waits in the queue then.
func (w *world) Say(t *rapid.T) {
	w.t = t
	number := rapid.SampledFrom(w.numbers()).Draw(t, "phone")
	said := rapid.SampledFrom([]string{"STOP", "START", "1", "1"}).Draw(t, "says")
	w.Advance(time.Second) // so that no two words are of one moment
	at := w.Now()
	w.Reply(number, said)
	w.jot("%s says %s", number, said)
	w.phones[number].words = append(w.phones[number].words, word{stop: said == "STOP", start: said == "START", at: at})
	w.Advance(time.Second)
}

// stopped reports whether a phone has said STOP, was heard, and did not say START since.
func (h *handset) stopped() bool {
	is := false
	for _, said := range h.words {
		is = said.stop && said.heard || is && !said.start
	}
	return is
}

// everStopped reports whether a phone ever said STOP.
func (h *handset) everStopped() bool {
	for _, said := range h.words {
		if said.stop {
			return true
		}
	}
	return false
}
