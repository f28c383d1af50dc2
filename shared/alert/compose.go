package alert

import (
	"log/slog"
	"strings"
	"time"

	"golang.org/x/text/language"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/sms"
)

// MaxParts is the most parts that a text may take.
const MaxParts = sms.MaxParts

// facilityLetters are the most letters of a facility's name in a text, then fewer for where that does not fit. The
// longest real name has about fifty.
func facilityLetters() []int { return []int{60, 40, 20} }

// Wording is what a deployment and a subscriber contribute to a text.
type Wording struct {
	Agency   string // how every text begins
	Hotline  string
	Zone     *time.Location // of the times in the text
	Language i18n.Language
	Discreet bool   // say only that there is news
	CodeWord string // shows the subscriber that the text is ours
}

// Compose words an alert for a phone, in at most MaxParts parts. The facility is cut, or left out, where it would not fit
// or would push a text out of the GSM alphabet. A discreet text names nobody and nothing.
func Compose(a Alert, w Wording, now time.Time) string {
	w = w.to(a)
	_, usual := sms.Parts(write(a, w, what(a, w, "", now), full))
	for _, most := range facilityLetters() {
		text := write(a, w, what(a, w, cut(a.Facility, most), now), full)
		parts, encoding := sms.Parts(text)
		if parts <= MaxParts && (encoding == sms.GSM7 || encoding == usual) {
			return text
		}
	}
	return fitted(a, w, what(a, w, "", now))
}

// ComposeCorrection words that our text of that day was wrong, and where the person of the alert stands.
func ComposeCorrection(a Alert, toldAt time.Time, w Wording, now time.Time) string {
	w = w.to(a)
	return fitted(a, w, correction(a, toldAt, w, now))
}

// ComposeDisregard words that our text of that moment was wrong, to somebody who may not be told anything of the person,
// or when nothing is known of them.
func ComposeDisregard(a Alert, toldAt time.Time, w Wording) string {
	w, a.AsOf = w.to(a), time.Time{}
	return fitted(a, w, disregard(toldAt, w))
}

// ComposeStatus words where the person of the alert stands, to a subscriber who asks, and who has not asked for discretion.
func ComposeStatus(a Alert, w Wording, now time.Time) string {
	w.Language = spoken(w.Language)
	return sms.Write(w.Language, frame("sms_frame", w, stands(a, w, now), a.AsOf, w.Language.DateTime))
}

// ComposeUndated words something that is of no moment, with where to ask and how to stop.
func ComposeUndated(w Wording, what string) string {
	w.Language = spoken(w.Language)
	return sms.Write(w.Language, w.Language.Text("sms_frame_undated", map[string]any{"From": from(w), "What": what, "Hotline": w.Hotline}))
}

// spoken is the subscriber's language, or English for one that a subscription should not have, which the log counts: a
// line for each text, with the tag and nothing else of the subscription.
func spoken(l i18n.Language) i18n.Language {
	if l.Known() {
		return l
	}
	tag := "no tag"
	if parsed, err := language.Parse(string(l)); err == nil {
		tag = parsed.String()
	}
	slog.Warn("text in English, its language is not spoken", "language", tag)
	return i18n.English
}

// ComposeAnswer words an answer to a reply, whose message has a place for the sender and for the hotline and nothing else.
func ComposeAnswer(w Wording, id string) string {
	w.Language = spoken(w.Language)
	return sms.Write(w.Language, w.Language.Text(id, map[string]any{"From": from(w), "Hotline": w.Hotline}))
}

// ComposeCallNoted words that somebody who replied 2 will be called, and the reference of the inquiry that this opened.
func ComposeCallNoted(w Wording, reference string) string {
	w.Language = spoken(w.Language)
	said := map[string]any{"From": from(w), "Reference": reference, "Hotline": w.Hotline}
	return sms.Write(w.Language, w.Language.Text("sms_call_noted", said))
}

// to is the wording for the recipient of an alert. The code word is the subscriber's alone: a second contact is not to
// learn it.
func (w Wording) to(a Alert) Wording {
	w.Language = spoken(w.Language)
	if a.To == Second {
		w.CodeWord = ""
	}
	return w
}

// length is how much a text spells out.
type length int

const (
	full  length = iota
	daily        // the day that it is as of, without the hour
	bare         // also fewer words around the hotline
	terse        // also fewer words to a second contact
	plain        // also the code without the word before it
	curt         // also without saying that it is told again
)

// fitted is the fullest text that says what and fits.
func fitted(a Alert, w Wording, what string) (text string) {
	for _, l := range []length{full, daily, bare, terse, plain, curt} {
		text = write(a, w, what, l)
		if parts, _ := sms.Parts(text); parts <= MaxParts {
			break
		}
	}
	return text
}

// write is the text that says what to the recipient of an alert.
func write(a Alert, w Wording, what string, l length) string {
	id, date := "sms_frame", w.Language.DateTime
	urgent := a.Event.Urgent() // it asks to be acknowledged, and is told again until it is
	if urgent {
		id = "sms_frame_urgent"
	}
	switch {
	case a.AsOf.IsZero():
		id += "_undated"
	case l >= bare && urgent:
		id += "_short"
	}
	if l > full {
		date = w.Language.Date
	}
	check := "sms_check"
	if l >= plain {
		check = "sms_check_short"
	}
	return sms.Write(w.Language, checked(check, a, w, frame(id, w, addressed(a, w, what, l), a.AsOf, date)))
}

// checked is a text or mail that ends in its code. Nothing shortens that: it is what proves the rest.
func checked(id string, a Alert, w Wording, text string) string {
	if a.Check == "" {
		return text
	}
	return w.Language.Text(id, map[string]any{"Text": text, "Check": a.Check})
}

// addressed is what an alert says to its recipient: why it comes to somebody who did not ask for it, and that it is no
// new news if it is told again.
func addressed(a Alert, w Wording, what string, l length) string {
	id := "sms_second"
	switch {
	case l >= terse:
		id = "sms_second_short"
	case a.Corrects != "": // whom it corrects may have answered
		id = "sms_second_correction"
	}
	if a.To == Second {
		what = w.Language.Text(id, map[string]any{"What": what})
	}
	if a.Repeat > 0 && l < curt {
		what = w.Language.Text("sms_again", map[string]any{"What": what})
	}
	return what
}

// frame says what with the sender before it, and as of when, in the form that date gives it, and the hotline after it.
func frame(id string, w Wording, what string, asOf time.Time, date func(time.Time) string) string {
	return w.Language.Text(id, map[string]any{"From": from(w), "What": what, "AsOf": date(asOf.In(w.Zone)), "Hotline": w.Hotline})
}

func from(w Wording) string {
	if w.CodeWord == "" {
		return w.Agency
	}
	return w.Agency + " (" + w.CodeWord + ")"
}

// who is how a text speaks of the person.
func who(a Alert, w Wording) string {
	if _, encoding := sms.Parts(sms.Fold(a.Initials)); a.Initials == "" || encoding != sms.GSM7 {
		return w.Language.Text("sms_somebody", nil) // initials in another script would halve the room
	}
	return a.Initials
}

// aheadBy is a day's grace: a file's times carry no zone, so one that seems to lie hours ahead may be of just now.
const aheadBy = 24 * time.Hour

// stands says where the person is, in few words.
func stands(a Alert, w Wording, now time.Time) string {
	id := "sms_now_" + string(a.Status)
	switch {
	case w.Discreet:
		return w.Language.Text("sms_discreet", nil)
	case a.Said().Unlisted():
		id = "sms_now_unlisted"
	case a.Since.After(now.Add(aheadBy)):
		id = "sms_now_ahead"
	}
	return w.Language.Text(id, map[string]any{"Who": who(a, w)})
}

// correction says that our text of that day was wrong, and where the person stands.
func correction(a Alert, toldAt time.Time, w Wording, now time.Time) string {
	said := map[string]any{"Told": w.Language.Date(toldAt.In(w.Zone)), "Now": stands(a, w, now)}
	return w.Language.Text("sms_correction", said)
}

// disregard says that our text of that moment was wrong, and nothing else.
func disregard(toldAt time.Time, w Wording) string {
	return w.Language.Text("sms_disregard", map[string]any{"Told": w.Language.DateTime(toldAt.In(w.Zone))})
}

// what says what happened.
func what(a Alert, w Wording, facility string, now time.Time) string {
	if w.Discreet {
		return w.Language.Text("sms_discreet", nil)
	}
	said := map[string]any{"Who": who(a, w), "On": w.Language.Date(a.Since.In(w.Zone)), "Facility": facility}
	id := "sms_" + string(a.Event)
	switch {
	case a.Event == custody.Unlisted: // whatever date the record has
	case a.Since.After(now.Add(aheadBy)):
		id = "sms_dated_ahead"
	case a.Event == custody.Returned && a.Relisted:
		id = "sms_relisted"
	case a.Event == custody.Transferred && a.InTransit:
		id = "sms_in_transit"
	case a.Event == custody.Transferred && facility != "":
		id = "sms_transferred_to"
	}
	return w.Language.Text(id, said)
}

func cut(text string, most int) string {
	text = oneLine(text)
	if letters := []rune(text); len(letters) > most {
		return strings.TrimSpace(string(letters[:most])) + "..."
	}
	return text
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
