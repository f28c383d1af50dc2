package alert

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
)

func TestComposeEmail(t *testing.T) {
	now := time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC)
	wording := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: i18n.English, CodeWord: "Ñandú"}
	released := Alert{Event: custody.EventReleased, Initials: "A.T.", Since: now, AsOf: now, To: Email}
	mail := func(edit func(*Alert, *Wording)) string {
		a, w := released, wording
		edit(&a, &w)
		subject, body := ComposeEmail(a, w, now)
		return subject + "\n\n" + body
	}
	for name, c := range map[string]struct{ got, want string }{
		"Released": {mail(func(*Alert, *Wording) {}), `VOICE: there is news

VOICE (Ñandú): A.T. was RELEASED from custody on June 2, 2026. As of June 2, 2026, 8:00 AM EDT.

Questions? Call 1-855-488-6423.

Nobody reads replies to this e-mail. To stop these e-mails, use the page where you asked for them, or call us.
`},
		"Discreet": {mail(func(_ *Alert, w *Wording) { w.Discreet = true }), `VOICE: there is news

VOICE (Ñandú): There is news for you. As of June 2, 2026, 8:00 AM EDT.

Questions? Call 1-855-488-6423.

Nobody reads replies to this e-mail. To stop these e-mails, use the page where you asked for them, or call us.
`},
		"InSpanishWithALongFacility": {mail(func(a *Alert, w *Wording) {
			a.Event, a.Facility, w.Language = custody.Transferred, strings.Repeat(" CENTRO  DE DETENCIÓN", 5), i18n.Spanish
		}), `VOICE: hay novedades

VOICE (Ñandú): A.T. pasó a CENTRO DE DETENCIÓN CENTRO DE DETENCIÓN CENTRO DE DETENCIÓN CENTRO DE DETENCIÓN CENTRO DE DETENCIÓN el 2 de junio de 2026 y sigue bajo custodia. Dato del 2 de junio de 2026, 8:00 a. m. EDT.

¿Preguntas? Llame al 1-855-488-6423.

Nadie lee las respuestas a este correo. Para no recibir más correos, use la página donde los pidió, o llámenos.
`},
		"InVietnameseWithItsMarks": {mail(func(a *Alert, w *Wording) {
			a.Event, a.Facility, a.Repeat, w.Language = custody.Transferred, "PINE HALL", 1, i18n.Vietnamese
		}), `VOICE: có tin mới

VOICE (Ñandú): NHẮC LẠI: A.T. bị chuyển đến PINE HALL ngày 2 tháng 6, 2026, vẫn bị giam giữ. Tính đến 08:00 EDT 2 tháng 6, 2026.

Có thắc mắc? Xin gọi 1-855-488-6423.

Không ai đọc thư trả lời email này. Muốn ngưng nhận các email này, xin vào trang nơi quý vị đã đăng ký, hoặc gọi chúng tôi.
`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got\n%s\nwant\n%s", c.got, c.want)
			}
		})
	}
}

func TestComposeEmailOfACorrection(t *testing.T) {
	now := time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC)
	w := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: i18n.French}
	a := Alert{Event: custody.Corrected, Status: custody.InCustody, Initials: "A.T.", Since: now, AsOf: now, To: Email, Corrects: "wrong"}
	foot := "\n\nQuestions ? Appelez le 1-855-488-6423.\n\nPersonne ne lit les réponses à cet e-mail. Pour ne plus en recevoir, utilisez la page où vous les avez demandés, ou appelez-nous.\n"
	t.Run("WhereTheyStand", func(t *testing.T) {
		subject, body := ComposeCorrectionEmail(a, now.AddDate(0, 0, -1), w, now)
		if want := "VOICE : CORRECTION : notre message du 1er juin 2026 était faux. A.T. est en détention. Situation au 2 juin 2026, 8h00 EDT." + foot; subject != "VOICE : il y a du nouveau" || body != want {
			t.Errorf("got %s\n%s\nwant\n%s", subject, body, want)
		}
	})
	t.Run("NothingOfThePerson", func(t *testing.T) {
		subject, body := ComposeDisregardEmail(a, now, w)
		if want := "VOICE : CORRECTION : notre message du 2 juin 2026, 8h00 EDT était faux. Nous sommes désolés. N'en tenez pas compte." + foot; subject != "VOICE : il y a du nouveau" || body != want {
			t.Errorf("got %s\n%s\nwant\n%s", subject, body, want)
		}
	})
}

// The subject is the same whatever happened and to whomever, in every language, and no mail asks for an answer, since
// nobody reads it.
func TestEveryEmail(t *testing.T) {
	now := time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC)
	answer := regexp.MustCompile(`STOP|\b1\b`)
	for _, language := range i18n.Languages() {
		w := Wording{Agency: "VOICE", Hotline: "855-488-6423", Zone: newYork, Language: language, CodeWord: "Maple"}
		usual := ""
		check := func(a Alert, subject, body string) {
			t.Helper()
			if usual == "" {
				usual = subject
			}
			if subject != usual || !strings.HasPrefix(subject, w.Agency) || strings.Contains(subject, w.CodeWord) {
				t.Errorf("%s in %s has the subject %q, others %q", a.Event, language, subject, usual)
			}
			if !strings.HasPrefix(body, "VOICE (Maple)") || !strings.Contains(body, w.Hotline) || answer.MatchString(body) || strings.Contains(body, "sms_") {
				t.Errorf("%s in %s: %s", a.Event, language, body)
			}
			if w.Discreet && strings.Contains(body, "A.T.") {
				t.Errorf("%s in %s is not discreet: %s", a.Event, language, body)
			}
		}
		for _, w.Discreet = range []bool{false, true} {
			for _, event := range custody.Events() {
				a := Alert{Event: event, Initials: "A.T.", Since: now, AsOf: now, To: Email}
				subject, body := ComposeEmail(a, w, now)
				check(a, subject, body)
				a.Corrects = "wrong"
				for _, a.Status = range custody.Statuses() {
					subject, body = ComposeCorrectionEmail(a, now, w, now)
					check(a, subject, body)
				}
				subject, body = ComposeDisregardEmail(a, now, w)
				check(a, subject, body)
			}
		}
	}
}
