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

// Compose words an alert, in at most MaxParts parts. The facility is cut, or left out, where it would not fit or would
// push a text out of the GSM alphabet. A discreet text names nobody and nothing.
func Compose(a Alert, w Wording, now time.Time) string {
	w.Language = spoken(w.Language)
	write := func(facility string) (text string, parts int, encoding sms.Encoding) {
		text = sms.Write(w.Language, frame(w, what(a, w, facility, now), a.AsOf))
		parts, encoding = sms.Parts(text)
		return text, parts, encoding
	}
	without, _, usual := write("")
	for _, most := range facilityLetters() {
		text, parts, encoding := write(cut(a.Facility, most))
		if parts <= MaxParts && (encoding == sms.GSM7 || encoding == usual) {
			return text
		}
	}
	return without
}

// ComposeCorrection words that our text of that day was wrong, and where the person of the alert stands.
func ComposeCorrection(a Alert, toldAt time.Time, w Wording, now time.Time) string {
	w.Language = spoken(w.Language)
	said := map[string]any{"Told": w.Language.Date(toldAt.In(w.Zone)), "Now": stands(a, w, now)}
	return sms.Write(w.Language, frame(w, w.Language.Text("sms_correction", said), a.AsOf))
}

// ComposeDisregard words that our text of that moment was wrong, to somebody who may not be told anything of the person,
// or when nothing is known of them.
func ComposeDisregard(toldAt time.Time, w Wording) string {
	w.Language = spoken(w.Language)
	what := w.Language.Text("sms_disregard", map[string]any{"Told": w.Language.DateTime(toldAt.In(w.Zone))})
	return ComposeUndated(w, what)
}

// ComposeStatus words where the person of the alert stands, to a subscriber who asks, and who has not asked for discretion.
func ComposeStatus(a Alert, w Wording, now time.Time) string {
	w.Language = spoken(w.Language)
	return sms.Write(w.Language, frame(w, stands(a, w, now), a.AsOf))
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

func frame(w Wording, what string, asOf time.Time) string {
	return w.Language.Text("sms_frame", map[string]any{
		"From": from(w), "What": what, "AsOf": w.Language.DateTime(asOf.In(w.Zone)), "Hotline": w.Hotline,
	})
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
	text = strings.Join(strings.Fields(text), " ")
	if letters := []rune(text); len(letters) > most {
		return strings.TrimSpace(string(letters[:most])) + "..."
	}
	return text
}
