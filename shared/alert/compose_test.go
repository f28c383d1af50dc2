package alert

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/sms"
)

var newYork = func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return zone
}()

func TestCompose(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	released := Alert{Event: custody.EventReleased, Initials: "A.T.", Since: now, AsOf: now}
	wording := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: i18n.English}
	with := func(edit func(*Alert, *Wording)) string {
		a, w := released, wording
		edit(&a, &w)
		return Compose(a, w, now)
	}
	for name, c := range map[string]struct{ got, want string }{
		"Released": {with(func(*Alert, *Wording) {}),
			"VOICE: A.T. was RELEASED from custody on June 1, 2026. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"InSpanishWithACodeWord": {with(func(a *Alert, w *Wording) { w.Language, w.CodeWord = i18n.Spanish, "Ñandú" }),
			"VOICE (Ñandu): A.T. quedo EN LIBERTAD el 1 de junio de 2026. Dato del 1 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar."},
		"Discreet": {with(func(a *Alert, w *Wording) { w.Discreet = true }),
			"VOICE: There is news for you. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"DatedAhead": {with(func(a *Alert, w *Wording) { a.Since = now.AddDate(0, 1, 0) }),
			"VOICE: The record of A.T. has a change dated July 1, 2026, which is still to come. Please call us to check. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"MovedTo": {with(func(a *Alert, w *Wording) { a.Event, a.Facility = custody.Transferred, "PINE  HALL" }),
			"VOICE: A.T. was moved to PINE HALL on June 1, 2026 and is still in custody. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"OnTheWay": {with(func(a *Alert, w *Wording) { a.Event, a.Facility, a.InTransit = custody.Transferred, "PINE HALL", true }),
			"VOICE: A.T. is being moved to another place since June 1, 2026 and is still in custody. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"NotOnTheList": {with(func(a *Alert, w *Wording) { a.Event, a.Status = custody.Unlisted, custody.InCustody }),
			"VOICE: A.T. is no longer on the agency's list of people in custody. They may be free. Please call us. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"NotOnTheListInSpanish": {with(func(a *Alert, w *Wording) { a.Event, w.Language = custody.Unlisted, i18n.Spanish }),
			"VOICE: A.T. ya no esta en la lista de personas bajo custodia. Puede estar libre. Llamenos. Dato del 1 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar."},
		"NotOnTheListDiscreet": {with(func(a *Alert, w *Wording) { a.Event, w.Discreet = custody.Unlisted, true }),
			"VOICE: There is news for you. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"OnTheListAgain": {with(func(a *Alert, w *Wording) { a.Event, a.Relisted = custody.Returned, true }),
			"VOICE: A.T. is on the agency's list of people in custody again. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"NoNameKnown": {with(func(a *Alert, w *Wording) { a.Initials = "" }),
			"VOICE: The person you asked about was RELEASED from custody on June 1, 2026. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
	} {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got\n%s\nwant\n%s", c.got, c.want)
			}
		})
	}
}

func TestComposeCorrection(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	told := now.Add(-20 * time.Hour)
	wording := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: i18n.English, CodeWord: "Maple"}
	held := Alert{Status: custody.InCustody, Initials: "A.T.", Since: now, AsOf: now}
	spanish, discreet, gone := wording, wording, held
	spanish.Language, discreet.Discreet, gone.UnlistedSince = i18n.Spanish, true, now
	for name, c := range map[string]struct{ got, want string }{
		"WhereTheyStand": {ComposeCorrection(held, told, wording, now),
			"VOICE (Maple): CORRECTION: our message of May 31, 2026 was wrong. A.T. is in custody. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"WhereTheyStandInSpanish": {ComposeCorrection(held, told, spanish, now),
			"VOICE (Maple): CORRECCION: el mensaje del 31 de mayo de 2026 fue un error. A.T. esta bajo custodia. Dato del 1 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar."},
		"Discreet": {ComposeCorrection(held, told, discreet, now),
			"VOICE (Maple): CORRECTION: our message of May 31, 2026 was wrong. There is news for you. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"NotOnTheList": {ComposeCorrection(gone, told, wording, now),
			"VOICE (Maple): CORRECTION: our message of May 31, 2026 was wrong. A.T. is not on the agency's list of people in custody and may be free. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"NothingOfThePerson": {ComposeDisregard(told, wording),
			"VOICE (Maple): CORRECTION: our message of May 31, 2026, 12:00 PM EDT was wrong. We are sorry. Please disregard it. Questions? 1-855-488-6423. Reply STOP to end."},
		"NothingOfThePersonInSpanish": {ComposeDisregard(told, spanish),
			"VOICE (Maple): CORRECCION: nuestro mensaje del 31 de mayo de 2026, 12:00 p. m. EDT fue un error. Lo sentimos. No lo tome en cuenta. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar."},
	} {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got\n%s\nwant\n%s", c.got, c.want)
			}
		})
	}
}

// Every event, status, correction, language, option and name, however long, fits in two parts of the GSM alphabet.
func TestComposeFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := custody.Record{FirstName: rapid.String().Draw(t, "first"), LastName: rapid.String().Draw(t, "last")}
		at := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 28, 23, 59, 0, 0, time.UTC)
		a := Alert{
			Event: rapid.SampledFrom(custody.Events()).Draw(t, "event"), Initials: record.Initials(),
			Facility:  rapid.OneOf(rapid.String(), rapid.Just(strings.Repeat("[WIDE] ", 20))).Draw(t, "facility"),
			InTransit: rapid.Bool().Draw(t, "in transit"), Since: at, AsOf: at,
			Status:   rapid.SampledFrom(custody.Statuses()).Draw(t, "status"),
			Relisted: rapid.Bool().Draw(t, "relisted"),
		}
		if rapid.Bool().Draw(t, "unlisted") {
			a.UnlistedSince = at
		}
		w := Wording{
			Agency: strings.Repeat("W", 20), Hotline: strings.Repeat("8", 20), Zone: newYork,
			Language: rapid.SampledFrom(i18n.Languages()).Draw(t, "language"),
			Discreet: rapid.Bool().Draw(t, "discreet"),
			CodeWord: rapid.StringMatching(`[A-Za-zÑñü0-9]{0,20}`).Draw(t, "code word"),
		}
		now := at.AddDate(0, 0, rapid.SampledFrom([]int{-30, 0}).Draw(t, "days ahead"))
		for _, text := range []string{Compose(a, w, now), ComposeCorrection(a, at, w, now), ComposeDisregard(at, w), ComposeStatus(a, w, now)} {
			if parts, encoding := sms.Parts(text); parts > MaxParts || encoding != sms.GSM7 {
				t.Fatalf("%d parts of %s: %s", parts, encoding, text)
			}
			for _, must := range []string{w.Agency, w.Hotline, "STOP", "2026"} {
				if !strings.Contains(text, must) {
					t.Fatalf("%q is not in: %s", must, text)
				}
			}
			if strings.Contains(text, "sms_") {
				t.Fatalf("a message is missing: %s", text)
			}
		}
	})
}

// The longest that there is of each text, which draws at random may miss.
func TestComposeFitsAtItsLongest(t *testing.T) {
	at := time.Date(2026, time.September, 28, 23, 59, 0, 0, newYork)
	for _, language := range i18n.Languages() {
		for _, initials := range []string{"", "W.W."} {
			w := Wording{Agency: strings.Repeat("W", 20), Hotline: strings.Repeat("8", 20), CodeWord: strings.Repeat("W", 20), Zone: newYork, Language: language}
			texts := []string{ComposeDisregard(at, w)}
			for _, id := range []string{"sms_status_none", "sms_status_nothing", "sms_status_discreet", "sms_status_more"} {
				texts = append(texts, ComposeUndated(w, language.Text(id, nil)))
			}
			for _, id := range []string{"sms_stopped", "sms_started", "sms_started_none", "sms_help", "sms_received", "sms_call", "sms_not_understood"} {
				texts = append(texts, ComposeAnswer(w, id))
			}
			for _, unlisted := range []time.Time{{}, at} {
				for _, days := range []int{0, -30} {
					now := at.AddDate(0, 0, days)
					for _, status := range custody.Statuses() {
						a := Alert{Status: status, Initials: initials, Since: at, AsOf: at, UnlistedSince: unlisted}
						texts = append(texts, ComposeCorrection(a, at, w, now), ComposeStatus(a, w, now))
					}
					for _, event := range custody.Events() {
						for _, relisted := range []bool{false, true} {
							texts = append(texts, Compose(Alert{Event: event, Initials: initials, Since: at, AsOf: at, Relisted: relisted}, w, now))
						}
					}
				}
			}
			for _, text := range texts {
				if parts, encoding := sms.Parts(text); parts > MaxParts || encoding != sms.GSM7 {
					t.Errorf("%d parts of %s: %s", parts, encoding, text)
				}
			}
		}
	}
}
