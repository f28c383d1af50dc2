package world

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
)

// codes takes one-time codes in the place of phones.
type codes struct{ last string }

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// Send takes one.
func (c *codes) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	c.last = sixDigits.FindString(text)
	return "code", nil
}

// Numbers are the phones in order.
func (w *World) Numbers() (all []string) {
	for i := range len(w.Phones) {
		all = append(all, fmt.Sprintf("+1202555014%d", i))
	}
	return all
}

// Follow subscribes a follower, who wants to hear of some events (nil: of all), and whose second contact, if there is
// one, has confirmed it.
func (w *World) Follow(f *Follower, events []custody.Event) {
	w.T.Helper()
	pending, err := w.Subs.Request(ctx, subscription.Application{ANumber: f.Person.Number, CountryOfBirth: country.Code(f.Born), Phone: phone.Number(f.Phone),
		Language: i18n.English, CodeWord: f.Word, Events: events, Second: phone.Number(f.Second), Quiet: f.Quiet}, "")
	if err != nil {
		w.T.Fatal(err)
	}
	confirmed, err := w.Subs.Confirm(ctx, pending.ID, w.codes.last)
	if err != nil {
		w.T.Fatal(err)
	}
	f.Sub, f.Token = confirmed.Subscription, confirmed.ManageToken
	if f.Second != "" {
		if _, err = w.Subs.Confirm(ctx, pending.ID, w.codes.last); err != nil {
			w.T.Fatal(err)
		}
		if f.Sub, err = w.Subs.Get(ctx, f.Sub.ANumber, f.Sub.ID); err != nil {
			w.T.Fatal(err)
		}
	}
	f.Confirmed = w.Now()
	w.Followers = append(w.Followers, f)
	w.Jot("%s %s follows %s, born %s, wants %v, second %q: %s", f.Word, f.Phone, f.Person.Initials, f.Born, events, f.Second, f.Sub.ID)
	w.Advance(time.Second)
}

// stopped reports whether a phone has said STOP, was heard, and did not say START since.
func (h *Handset) stopped() bool {
	is := false
	for _, said := range h.Words {
		is = said.Stop && said.Heard || is && !said.Start
	}
	return is
}

// everStopped reports whether a phone ever said STOP.
func (h *Handset) everStopped() bool {
	for _, said := range h.Words {
		if said.Stop {
			return true
		}
	}
	return false
}
