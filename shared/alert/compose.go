package alert

import (
	"strings"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/sms"
)

// MaxParts is the most parts that a text may take.
const MaxParts = 2

// maxFacility is the most letters of a facility's name in a text; the longest real one has about fifty.
const maxFacility = 60

// Wording is what a deployment and a subscriber contribute to a text.
type Wording struct {
	Agency   string // how every text begins
	Hotline  string
	Zone     *time.Location // of the times in the text
	Language i18n.Language
	Discreet bool   // say only that there is news
	CodeWord string // shows the subscriber that the text is ours
}

// Compose words an alert, in at most MaxParts parts. The facility is left out where it would not fit. A discreet text
// names nobody and nothing.
func Compose(a Alert, w Wording, now time.Time) string {
	withFacility := a.Facility
	for {
		text := sms.Fold(frame(w, what(a, w, withFacility, now), a.AsOf))
		parts, encoding := sms.Parts(text)
		if withFacility == "" || parts <= MaxParts && encoding == sms.GSM7 {
			return text
		}
		withFacility = ""
	}
}

func frame(w Wording, what string, asOf time.Time) string {
	from := w.Agency
	if w.CodeWord != "" {
		from += " (" + w.CodeWord + ")"
	}
	return w.Language.Text("sms_frame", map[string]any{
		"From": from, "What": what, "AsOf": w.Language.DateTime(asOf.In(w.Zone)), "Hotline": w.Hotline,
	})
}

func what(a Alert, w Wording, facility string, now time.Time) string {
	if w.Discreet {
		return w.Language.Text("sms_discreet", nil)
	}
	who := a.Initials
	if _, encoding := sms.Parts(sms.Fold(who)); who == "" || encoding != sms.GSM7 {
		who = w.Language.Text("sms_somebody", nil) // initials in another script would halve the room
	}
	said := map[string]any{"Who": who, "On": w.Language.Date(a.Since.In(w.Zone)), "Facility": cut(facility, maxFacility)}
	// A day's grace: a file's times carry no zone, so one that seems to lie hours ahead may be of just now.
	if a.Since.After(now.Add(24 * time.Hour)) {
		return w.Language.Text("sms_dated_ahead", said)
	}
	id := "sms_" + string(a.Event)
	if a.Event == custody.Transferred {
		switch {
		case a.InTransit:
			id = "sms_in_transit"
		case facility != "":
			id = "sms_transferred_to"
		}
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
