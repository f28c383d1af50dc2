package alert

import (
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
)

// A text that is told again, and one to a second contact, in every language, with and without discretion.
func TestComposeUntilSomebodyAnswers(t *testing.T) {
	now := time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC)
	released := Alert{Event: custody.EventReleased, Initials: "A.T.", Since: now, AsOf: now}
	again, second := released, released
	again.Repeat, second.To = 1, Second
	for language, want := range map[i18n.Language][4]string{
		i18n.English: {
			"VOICE (Maple): REMINDER: A.T. was RELEASED from custody on June 2, 2026. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end.",
			"VOICE (Maple): REMINDER: There is news for you. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end.",
			"VOICE: You are the second contact of somebody who has not answered us. Please tell them: A.T. was RELEASED from custody on June 2, 2026. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end.",
			"VOICE: You are the second contact of somebody who has not answered us. Please tell them: There is news for you. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end.",
		},
		i18n.Spanish: {
			"VOICE (Maple): RECORDATORIO: A.T. quedo EN LIBERTAD el 2 de junio de 2026. Dato del 2 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda 1 si lo recibio, STOP para terminar.",
			"VOICE (Maple): RECORDATORIO: Hay novedades para usted. Dato del 2 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda 1 si lo recibio, STOP para terminar.",
			"VOICE: Usted es el segundo contacto de alguien que no nos ha respondido. Por favor, digale: A.T. quedo EN LIBERTAD el 2 de junio de 2026. Dato del 2 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda 1 si lo recibio, STOP para terminar.",
			"VOICE: Usted es el segundo contacto de alguien que no nos ha respondido. Por favor, digale: Hay novedades para usted. Dato del 2 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda 1 si lo recibio, STOP para terminar.",
		},
		i18n.French: {
			"VOICE (Maple) : RAPPEL : A.T. a été LIBÉRÉ(E) le 2 juin 2026. Situation au 2 juin 2026, 8h00 EDT. Questions ? 1-855-488-6423. Répondez 1 si vous l'avez lu, STOP pour arreter.",
			"VOICE (Maple) : RAPPEL : Il y a du nouveau pour vous. Situation au 2 juin 2026, 8h00 EDT. Questions ? 1-855-488-6423. Répondez 1 si vous l'avez lu, STOP pour arreter.",
			"VOICE : Vous etes le second contact de quelqu'un qui ne nous a pas répondu. Merci de lui dire : A.T. a été LIBÉRÉ(E) le 2 juin 2026. Situation au 2 juin 2026, 8h00 EDT. Questions ? 1-855-488-6423. Répondez 1 si vous l'avez lu, STOP pour arreter.",
			"VOICE : Vous etes le second contact de quelqu'un qui ne nous a pas répondu. Merci de lui dire : Il y a du nouveau pour vous. Situation au 2 juin 2026, 8h00 EDT. Questions ? 1-855-488-6423. Répondez 1 si vous l'avez lu, STOP pour arreter.",
		},
		i18n.Portuguese: {
			"VOICE (Maple): LEMBRETE: A.T. foi SOLTO(A) em 2 de junho de 2026 e nao esta mais sob custodia. Informacao de 2 de junho de 2026, 08:00 EDT. Duvidas? 1-855-488-6423. Responda 1 se recebeu, STOP para parar.",
			"VOICE (Maple): LEMBRETE: Ha novidades para voce. Informacao de 2 de junho de 2026, 08:00 EDT. Duvidas? 1-855-488-6423. Responda 1 se recebeu, STOP para parar.",
			"VOICE: Voce é o segundo contato de alguém que nao nos respondeu. Por favor, diga a essa pessoa: A.T. foi SOLTO(A) em 2 de junho de 2026 e nao esta mais sob custodia. Informacao de 2 de junho de 2026, 08:00 EDT. Duvidas? 1-855-488-6423. Responda 1 se recebeu, STOP para parar.",
			"VOICE: Voce é o segundo contato de alguém que nao nos respondeu. Por favor, diga a essa pessoa: Ha novidades para voce. Informacao de 2 de junho de 2026, 08:00 EDT. Duvidas? 1-855-488-6423. Responda 1 se recebeu, STOP para parar.",
		},
		i18n.HaitianCreole: {
			"VOICE (Maple): Rapèl: A.T.: yo LAGE l le 2 jen 2026, li pa nan detansyon ankò. Dènye enfòmasyon: 2 jen 2026, 8:00 AM EDT. Kesyon? 1-855-488-6423. Reponn 1 si w resevwa mesaj sa a, STOP pou sispann.",
			"VOICE (Maple): Rapèl: Gen nouvèl pou ou. Dènye enfòmasyon: 2 jen 2026, 8:00 AM EDT. Kesyon? 1-855-488-6423. Reponn 1 si w resevwa mesaj sa a, STOP pou sispann.",
			"VOICE: Ou se dezyèm kontak yon moun ki pa reponn nou. Tanpri di l sa: A.T.: yo LAGE l le 2 jen 2026, li pa nan detansyon ankò. Dènye enfòmasyon: 2 jen 2026, 8:00 AM EDT. Kesyon? 1-855-488-6423. Reponn 1 si w resevwa mesaj sa a, STOP pou sispann.",
			"VOICE: Ou se dezyèm kontak yon moun ki pa reponn nou. Tanpri di l sa: Gen nouvèl pou ou. Dènye enfòmasyon: 2 jen 2026, 8:00 AM EDT. Kesyon? 1-855-488-6423. Reponn 1 si w resevwa mesaj sa a, STOP pou sispann.",
		},
		i18n.Vietnamese: {
			"VOICE (Maple): NHAC LAI: A.T. duoc TRA TU DO ngay 2 thang 6, 2026. Tinh den 08:00 EDT 2 thang 6, 2026. Hoi: 1-855-488-6423. Gui 1 neu da nhan, STOP de ngung.",
			"VOICE (Maple): NHAC LAI: Co tin moi cho quy vi. Tinh den 08:00 EDT 2 thang 6, 2026. Hoi: 1-855-488-6423. Gui 1 neu da nhan, STOP de ngung.",
			"VOICE: Quy vi la lien lac thu hai cua mot nguoi chua tra loi chung toi. Xin bao cho nguoi ay: A.T. duoc TRA TU DO ngay 2 thang 6, 2026. Tinh den 08:00 EDT 2 thang 6, 2026. Hoi: 1-855-488-6423. Gui 1 neu da nhan, STOP de ngung.",
			"VOICE: Quy vi la lien lac thu hai cua mot nguoi chua tra loi chung toi. Xin bao cho nguoi ay: Co tin moi cho quy vi. Tinh den 08:00 EDT 2 thang 6, 2026. Hoi: 1-855-488-6423. Gui 1 neu da nhan, STOP de ngung.",
		},
		i18n.Chinese: {
			"VOICE (Maple)：提醒：A.T.已于2026年6月2日获释，不再被关押。截至2026年6月2日08:00 EDT。咨询1-855-488-6423。收到请回1，退订回STOP",
			"VOICE (Maple)：提醒：您有新消息。截至2026年6月2日08:00 EDT。咨询1-855-488-6423。收到请回1，退订回STOP",
			"VOICE：您是某人的第二联系人，对方尚未回复我们。请转告对方：A.T.已于2026年6月2日获释，不再被关押。截至2026年6月2日08:00 EDT。咨询1-855-488-6423。收到请回1，退订回STOP",
			"VOICE：您是某人的第二联系人，对方尚未回复我们。请转告对方：您有新消息。截至2026年6月2日08:00 EDT。咨询1-855-488-6423。收到请回1，退订回STOP",
		},
	} {
		t.Run(string(language), func(t *testing.T) {
			w := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: language, CodeWord: "Maple"}
			discreet := w
			discreet.Discreet = true
			for i, got := range []string{Compose(again, w, now), Compose(again, discreet, now), Compose(second, w, now), Compose(second, discreet, now)} {
				if got != want[i] {
					t.Errorf("got\n%s\nwant\n%s", got, want[i])
				}
			}
		})
	}
}

func TestComposeToASecondContact(t *testing.T) {
	now := time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC)
	w := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: i18n.English, CodeWord: "Maple"}
	second := Alert{Event: custody.Corrected, Status: custody.InCustody, Initials: "A.T.", Since: now, AsOf: now, To: Second}
	corrects, escaped, routine := second, second, second
	corrects.Corrects, escaped.Event, routine.Event = "wrong", custody.EventEscaped, custody.BookedIn
	escaped.Repeat = 1
	wide, chinese := w, w
	wide.Agency, wide.Hotline = strings.Repeat("W", 20), strings.Repeat("8", 20)
	chinese.Agency, chinese.Hotline, chinese.Language = wide.Agency, wide.Hotline, i18n.Chinese
	at := time.Date(2026, 9, 28, 12, 0, 0, 0, time.UTC)
	long := func(event custody.Event, repeat int) Alert {
		return Alert{Event: event, Since: at, AsOf: at, To: Second, Repeat: repeat}
	}
	for name, c := range map[string]struct{ got, want string }{
		// The person who is corrected may have answered long ago.
		"Correction": {ComposeCorrection(corrects, now, w, now),
			"VOICE: Please tell the person who named you as second contact: CORRECTION: our message of June 2, 2026 was wrong. A.T. is in custody. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"Disregard": {ComposeDisregard(corrects, now, w),
			"VOICE: Please tell the person who named you as second contact: CORRECTION: our message of June 2, 2026, 8:00 AM EDT was wrong. We are sorry. Please disregard it. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"ACorrectedRecord": {Compose(second, w, now),
			"VOICE: You are the second contact of somebody who has not answered us. Please tell them: CORRECTION: A.T. is in custody. What we told you before was wrong. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"Again": {Compose(escaped, w, now),
			"VOICE: REMINDER: You are the second contact of somebody who has not answered us. Please tell them: A.T. ESCAPED from custody on June 2, 2026. In danger? Call 911. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"NotUrgent": {Compose(routine, w, now),
			"VOICE: You are the second contact of somebody who has not answered us. Please tell them: A.T. is in custody since June 2, 2026. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"WithoutTheHour": {Compose(long(custody.EventEscaped, 1), wide, at),
			"WWWWWWWWWWWWWWWWWWWW: REMINDER: You are the second contact of somebody who has not answered us. Please tell them: The person you asked about ESCAPED from custody on September 28, 2026. In danger? Call 911. As of September 28, 2026. Questions? 88888888888888888888. Reply 1 if you got this, STOP to end."},
		"WithABareNumber": {Compose(long(custody.Unlisted, 0), wide, at),
			"WWWWWWWWWWWWWWWWWWWW: You are the second contact of somebody who has not answered us. Please tell them: The person you asked about is no longer on the agency's list of people in custody. They may be free. Please call us. As of September 28, 2026. 88888888888888888888. Reply 1 if you got this, STOP to end."},
		"InFewestWords": {Compose(long(custody.EventReleased, 0), wide, at.AddDate(0, -1, 0)),
			"WWWWWWWWWWWWWWWWWWWW: As second contact, please pass on: The person you asked about: the record has a change dated September 28, 2026, which is still to come. Please call us to check. As of September 28, 2026. 88888888888888888888. Reply 1 if you got this, STOP to end."},
		"WithoutTheHourInChinese": {Compose(long(custody.EventEscaped, 1), chinese, at),
			"WWWWWWWWWWWWWWWWWWWW：提醒：您是某人的第二联系人，对方尚未回复我们。请转告对方：您问的人于2026年9月28日从关押处逃脱。有危险请拨911。截至2026年9月28日。咨询88888888888888888888。收到请回1，退订回STOP"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got\n%s\nwant\n%s", c.got, c.want)
			}
		})
	}
}

func TestComposeStatusAsksForNoAnswer(t *testing.T) {
	now := time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC)
	w := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: i18n.English}
	got := ComposeStatus(Alert{Event: custody.EventReleased, Status: custody.Released, Initials: "A.T.", Since: now, AsOf: now}, w, now)
	if want := "VOICE: A.T. was RELEASED from custody. As of June 2, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestComposeCallNoted(t *testing.T) {
	w := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: i18n.English, CodeWord: "Maple"}
	spanish := w
	spanish.Language = i18n.Spanish
	for _, c := range []struct{ got, want string }{
		{ComposeCallNoted(w, "K7P-4QD"), "VOICE (Maple): we noted that you want to be called. Your number for this request: K7P-4QD. To talk now: 1-855-488-6423. In danger? Call 911. Reply STOP to end."},
		{ComposeCallNoted(spanish, "K7P-4QD"), "VOICE (Maple): anotamos que quiere que le llamemos. El numero de su solicitud: K7P-4QD. Para hablar ahora: 1-855-488-6423. ¿En peligro? Llame al 911. Responda STOP para terminar."},
	} {
		if c.got != c.want {
			t.Errorf("got\n%s\nwant\n%s", c.got, c.want)
		}
	}
}
