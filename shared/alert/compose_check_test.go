package alert

import (
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/sms"
)

const code = "K7P4-QDX2"

// Every alert ends in its code, a discreet one too.
func TestComposeWithItsCode(t *testing.T) {
	now := time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC)
	a := Alert{Event: custody.EventReleased, Initials: "A.T.", Since: now, AsOf: now, Check: code}
	w := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: i18n.English, CodeWord: "Maple"}
	discreet, chinese, wide := w, w, w
	discreet.Discreet, chinese.Language = true, i18n.Chinese
	wide.Agency, wide.CodeWord, wide.Hotline = strings.Repeat("W", 20), strings.Repeat("W", 20), strings.Repeat("8", 20)
	at := time.Date(2026, 9, 28, 12, 0, 0, 0, time.UTC)
	gone := Alert{Event: custody.Corrected, Status: custody.InCustody, UnlistedSince: at, AsOf: at, Check: code}
	second, again := gone, gone
	second.To, again.To, again.Repeat = Second, Second, 1
	second.Corrects, again.Corrects = "wrong", "wrong"
	first := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	handed := Alert{Event: custody.OtherAgency, Since: first, AsOf: first, To: Second, Repeat: 1, Check: code}
	french := wide
	french.Language = i18n.French
	_, mail := ComposeEmail(a, w, now)
	for name, c := range map[string]struct{ got, want string }{
		"Text":          {Compose(a, w, now), "VOICE (Maple): A.T. was RELEASED from custody on June 2, 2026. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end. Ref K7P4-QDX2"},
		"Discreet":      {Compose(a, discreet, now), "VOICE (Maple): There is news for you. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end. Ref K7P4-QDX2"},
		"Chinese":       {Compose(a, chinese, now), "VOICE (Maple)：A.T.已于2026年6月2日获释，不再被关押。截至2026年6月2日08:00 EDT。咨询1-855-488-6423。收到请回1，退订回STOP Ref K7P4-QDX2"},
		"Correction":    {ComposeCorrection(gone, now, w, at), "VOICE (Maple): CORRECTION: our message of June 2, 2026 was wrong. The person you asked about is not on the agency's list of people in custody and may be free. As of September 28, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end. Ref K7P4-QDX2"},
		"Disregard":     {ComposeDisregard(gone, now, w), "VOICE (Maple): CORRECTION: our message of June 2, 2026, 8:00 AM EDT was wrong. We are sorry. Please disregard it. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end. Ref K7P4-QDX2"},
		"InFewestWords": {ComposeCorrection(second, at, wide, at), "WWWWWWWWWWWWWWWWWWWW: As second contact, please pass on: CORRECTION: our message of September 28, 2026 was wrong. The person you asked about is not on the agency's list of people in custody and may be free. As of September 28, 2026. 88888888888888888888. Reply 1 if you got this, STOP to end. Ref K7P4-QDX2"},
		"Curt":          {ComposeCorrection(again, at, wide, at), "WWWWWWWWWWWWWWWWWWWW: As second contact, please pass on: CORRECTION: our message of September 28, 2026 was wrong. The person you asked about is not on the agency's list of people in custody and may be free. As of September 28, 2026. 88888888888888888888. Reply 1 if you got this, STOP to end. K7P4-QDX2"},
		"WithoutRef":    {Compose(handed, french, first), "WWWWWWWWWWWWWWWWWWWW : RAPPEL : Second contact, transmettez : La personne de votre demande a été remis(e) à une autre agence le 1er septembre 2026. Nous ne pouvons pas voir si sa détention continue. Situation au 1er septembre 2026. Questions ? 88888888888888888888. Répondez STOP pour arreter. K7P4-QDX2"},
		"Mail": {mail, `VOICE (Maple): A.T. was RELEASED from custody on June 2, 2026. As of June 2, 2026, 8:00 AM EDT.

Questions? Call 1-855-488-6423.

Nobody reads replies to this e-mail. To stop these e-mails, use the page where you asked for them, or call us.

Ref K7P4-QDX2
`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got\n%s\nwant\n%s", c.got, c.want)
			}
		})
	}
}

// With the sender and hotline that a deployment has by default, no text in any language has to lose the word before its
// code, or that it is told again.
func TestComposeKeepsItsWords(t *testing.T) {
	for _, language := range i18n.Languages() {
		w := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: language, CodeWord: strings.Repeat("W", 20)}
		again := sms.Fold(strings.TrimSpace(language.Text("sms_again", map[string]any{"What": ""})))
		at := longestMoment(w)
		usual := Alert{Since: at, AsOf: at, Check: code}
		for _, to := range []Recipient{Subscriber, Second} {
			for repeat := range 2 {
				all := map[string]bool{}
				a := usual
				a.To, a.Repeat = to, repeat
				everyAlert(a, w, at, all)
				for text := range all {
					// The answer to STATUS is no alert, and has no code.
					if isAnswer := !strings.Contains(text, code); isAnswer {
						continue
					}
					if !strings.HasSuffix(text, " Ref "+code) || repeat > 0 && !strings.Contains(sms.Fold(text), again) {
						t.Errorf("in %s: %s", language, text)
					}
				}
			}
		}
	}
}
