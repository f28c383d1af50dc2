package alert

import "time"

// ComposeEmail words an alert for an e-mail address: what a text says, with all its letters and however long. The subject
// names nobody, since others may see it in a list of mail, and has no code word for the same reason.
func ComposeEmail(a Alert, w Wording, now time.Time) (subject, body string) {
	w = w.to(a)
	return email(a, w, what(a, w, oneLine(a.Facility), now))
}

// ComposeCorrectionEmail words for an e-mail address what ComposeCorrection does for a phone.
func ComposeCorrectionEmail(a Alert, toldAt time.Time, w Wording, now time.Time) (subject, body string) {
	w = w.to(a)
	return email(a, w, correction(a, toldAt, w, now))
}

// ComposeDisregardEmail words for an e-mail address what ComposeDisregard does for a phone.
func ComposeDisregardEmail(a Alert, toldAt time.Time, w Wording) (subject, body string) {
	w, a.AsOf = w.to(a), time.Time{}
	return email(a, w, disregard(toldAt, w))
}

func email(a Alert, w Wording, what string) (subject, body string) {
	id := "email_frame"
	if a.AsOf.IsZero() {
		id = "email_frame_undated"
	}
	subject = w.Language.Text("email_subject", map[string]any{"Agency": w.Agency})
	return subject, checked("email_check", a, w, frame(id, w, addressed(a, w, what, full), a.AsOf, w.Language.DateTime))
}
