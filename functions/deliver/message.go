package main

import (
	"time"

	"voice.example/shared/alert"
)

// text words a message for a phone.
func (m message) text(w alert.Wording, now time.Time) string {
	switch {
	case m.withhold:
		return alert.ComposeDisregard(m.alert, m.wrongAt, w)
	case !m.wrongAt.IsZero():
		return alert.ComposeCorrection(m.alert, m.wrongAt, w, now)
	}
	return alert.Compose(m.alert, w, now)
}

// mail words it for an e-mail address.
func (m message) mail(w alert.Wording, now time.Time) (subject, body string) {
	switch {
	case m.withhold:
		return alert.ComposeDisregardEmail(m.alert, m.wrongAt, w)
	case !m.wrongAt.IsZero():
		return alert.ComposeCorrectionEmail(m.alert, m.wrongAt, w, now)
	}
	return alert.ComposeEmail(m.alert, w, now)
}
