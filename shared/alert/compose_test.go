package alert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
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
			"VOICE: A.T. was RELEASED from custody on June 1, 2026. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"InSpanishWithACodeWord": {with(func(a *Alert, w *Wording) { w.Language, w.CodeWord = i18n.Spanish, "Ñandú" }),
			"VOICE (Ñandu): A.T. quedo EN LIBERTAD el 1 de junio de 2026. Dato del 1 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda 1 si lo recibio, STOP para terminar."},
		"Discreet": {with(func(a *Alert, w *Wording) { w.Discreet = true }),
			"VOICE: There is news for you. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"DatedAhead": {with(func(a *Alert, w *Wording) { a.Since = now.AddDate(0, 1, 0) }),
			"VOICE: A.T.: the record has a change dated July 1, 2026, which is still to come. Please call us to check. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"MovedTo": {with(func(a *Alert, w *Wording) { a.Event, a.Facility = custody.Transferred, "PINE  HALL" }),
			"VOICE: A.T. was moved to PINE HALL on June 1, 2026 and is still in custody. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"OnTheWay": {with(func(a *Alert, w *Wording) { a.Event, a.Facility, a.InTransit = custody.Transferred, "PINE HALL", true }),
			"VOICE: A.T. is being moved to another place since June 1, 2026 and is still in custody. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply STOP to end."},
		"NotOnTheList": {with(func(a *Alert, w *Wording) { a.Event, a.Status = custody.Unlisted, custody.InCustody }),
			"VOICE: A.T. is no longer on the agency's list of people in custody. They may be free. Please call us. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"NotOnTheListInSpanish": {with(func(a *Alert, w *Wording) { a.Event, w.Language = custody.Unlisted, i18n.Spanish }),
			"VOICE: A.T. ya no esta en la lista de personas bajo custodia. Puede estar libre. Llamenos. Dato del 1 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda 1 si lo recibio, STOP para terminar."},
		"NotOnTheListDiscreet": {with(func(a *Alert, w *Wording) { a.Event, w.Discreet = custody.Unlisted, true }),
			"VOICE: There is news for you. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"OnTheListAgain": {with(func(a *Alert, w *Wording) { a.Event, a.Relisted = custody.Returned, true }),
			"VOICE: A.T. is on the agency's list of people in custody again. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"InFrench": {with(func(a *Alert, w *Wording) {
			w.Language, a.Event, a.Facility = i18n.French, custody.Transferred, "PINE HALL"
		}),
			"VOICE : A.T. a été transféré(e) à PINE HALL le 1er juin 2026 et reste en détention. Situation au 1er juin 2026, 8h00 EDT. Questions ? 1-855-488-6423. Répondez STOP pour arreter."},
		"InPortuguese": {with(func(a *Alert, w *Wording) { w.Language = i18n.Portuguese }),
			"VOICE: A.T. foi SOLTO(A) em 1 de junho de 2026 e nao esta mais sob custodia. Informacao de 1 de junho de 2026, 08:00 EDT. Duvidas? 1-855-488-6423. Responda 1 se recebeu, STOP para parar."},
		"InHaitianCreole": {with(func(a *Alert, w *Wording) { w.Language = i18n.HaitianCreole }),
			"VOICE: A.T.: yo LAGE l le premye jen 2026, li pa nan detansyon ankò. Dènye enfòmasyon: premye jen 2026, 8:00 AM EDT. Kesyon? 1-855-488-6423. Reponn 1 si w resevwa mesaj sa a, STOP pou sispann."},
		"InVietnamese": {with(func(a *Alert, w *Wording) { w.Language = i18n.Vietnamese }),
			"VOICE: A.T. duoc TRA TU DO ngay 1 thang 6, 2026. Tinh den 08:00 EDT 1 thang 6, 2026. Hoi: 1-855-488-6423. Gui 1 neu da nhan, STOP de ngung."},
		"InVietnameseTooLongForItsMarks": {with(func(a *Alert, w *Wording) {
			w.Language, a.Event, a.Facility = i18n.Vietnamese, custody.Transferred, "PINE HALL"
		}),
			"VOICE: A.T. bi chuyen den PINE HALL ngay 1 thang 6, 2026, van bi giam giu. Tinh den 08:00 EDT 1 thang 6, 2026. Hoi: 1-855-488-6423. Gui STOP de ngung."},
		"InChinese": {with(func(a *Alert, w *Wording) { w.Language, w.CodeWord = i18n.Chinese, "Ñandú" }),
			"VOICE (Ñandú)：A.T.已于2026年6月1日获释，不再被关押。截至2026年6月1日08:00 EDT。咨询1-855-488-6423。收到请回1，退订回STOP"},
		"InChineseWithALongFacility": {with(func(a *Alert, w *Wording) {
			w.Language, a.Event, a.Facility = i18n.Chinese, custody.Transferred, strings.Repeat("PINE HALL ", 6)
			w.Agency, w.CodeWord = "PINE COUNTY SHERIFF", "Ñandú"
		}), "PINE COUNTY SHERIFF (Ñandú)：A.T.于2026年6月1日被转到PINE HALL PINE HALL...，仍被关押。截至2026年6月1日08:00 EDT。咨询1-855-488-6423。回STOP退订"},
		"NoNameKnown": {with(func(a *Alert, w *Wording) { a.Initials = "" }),
			"VOICE: The person you asked about was RELEASED from custody on June 1, 2026. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
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
	held := Alert{Event: custody.Corrected, Status: custody.InCustody, Initials: "A.T.", Since: now, AsOf: now}
	spanish, discreet, gone := wording, wording, held
	spanish.Language, discreet.Discreet, gone.UnlistedSince = i18n.Spanish, true, now
	for name, c := range map[string]struct{ got, want string }{
		"WhereTheyStand": {ComposeCorrection(held, told, wording, now),
			"VOICE (Maple): CORRECTION: our message of May 31, 2026 was wrong. A.T. is in custody. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"WhereTheyStandInSpanish": {ComposeCorrection(held, told, spanish, now),
			"VOICE (Maple): CORRECCION: el mensaje del 31 de mayo de 2026 fue un error. A.T. esta bajo custodia. Dato del 1 de junio de 2026, 8:00 a. m. EDT. ¿Preguntas? 1-855-488-6423. Responda 1 si lo recibio, STOP para terminar."},
		"Discreet": {ComposeCorrection(held, told, discreet, now),
			"VOICE (Maple): CORRECTION: our message of May 31, 2026 was wrong. There is news for you. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"NotOnTheList": {ComposeCorrection(gone, told, wording, now),
			"VOICE (Maple): CORRECTION: our message of May 31, 2026 was wrong. A.T. is not on the agency's list of people in custody and may be free. As of June 1, 2026, 8:00 AM EDT. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"NothingOfThePerson": {ComposeDisregard(held, told, wording),
			"VOICE (Maple): CORRECTION: our message of May 31, 2026, 12:00 PM EDT was wrong. We are sorry. Please disregard it. Questions? 1-855-488-6423. Reply 1 if you got this, STOP to end."},
		"NothingOfThePersonInSpanish": {ComposeDisregard(held, told, spanish),
			"VOICE (Maple): CORRECCION: nuestro mensaje del 31 de mayo de 2026, 12:00 p. m. EDT fue un error. Lo sentimos. No lo tome en cuenta. ¿Preguntas? 1-855-488-6423. Responda 1 si lo recibio, STOP para terminar."},
	} {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got\n%s\nwant\n%s", c.got, c.want)
			}
		})
	}
}

// inGSM7 reports whether all texts in a language are in the GSM alphabet, which leaves them more than twice the room.
func inGSM7(l i18n.Language) bool { return l != i18n.Vietnamese && l != i18n.Chinese }

// Every event, status, correction, language, option and name, however long, fits in two parts, and in the GSM alphabet
// where the language does.
func TestComposeFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := custody.Record{FirstName: rapid.String().Draw(t, "first"), LastName: rapid.String().Draw(t, "last")}
		at := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 28, 23, 59, 0, 0, time.UTC)
		a := Alert{
			Event: rapid.SampledFrom(custody.Events()).Draw(t, "event"), Initials: record.Initials(),
			Facility:  rapid.OneOf(rapid.String(), rapid.Just(strings.Repeat("[WIDE] ", 20)), rapid.Just("VĂN PHÒNG 在押")).Draw(t, "facility"),
			InTransit: rapid.Bool().Draw(t, "in transit"), Since: at, AsOf: at,
			Status:   rapid.SampledFrom(custody.Statuses()).Draw(t, "status"),
			Relisted: rapid.Bool().Draw(t, "relisted"),
			To:       rapid.SampledFrom([]Recipient{Subscriber, Second}).Draw(t, "to"), Repeat: rapid.IntRange(0, 3).Draw(t, "repeat"),
			Corrects: rapid.SampledFrom([]string{"", "wrong"}).Draw(t, "corrects"), Check: "K7P4-QDX2",
		}
		if rapid.Bool().Draw(t, "unlisted") {
			a.UnlistedSince = at
		}
		if a.To == Second {
			a.Repeat = 0 // it is told once
		}
		correction := a
		correction.Event = custody.Corrected
		w := Wording{
			Agency: strings.Repeat("W", 20), Hotline: strings.Repeat("8", 20), Zone: newYork,
			Language: rapid.SampledFrom(i18n.Languages()).Draw(t, "language"),
			Discreet: rapid.Bool().Draw(t, "discreet"),
			CodeWord: rapid.StringMatching(`[A-Za-zÑñü0-9]{0,20}`).Draw(t, "code word"),
		}
		now := at.AddDate(0, 0, rapid.SampledFrom([]int{-30, 0}).Draw(t, "days ahead"))
		for i, text := range []string{Compose(a, w, now), ComposeCorrection(correction, at, w, now), ComposeDisregard(correction, at, w), ComposeStatus(a, w, now)} {
			if parts, encoding := sms.Parts(text); parts > MaxParts || inGSM7(w.Language) && encoding != sms.GSM7 {
				t.Fatalf("%d parts of %s: %s", parts, encoding, text)
			}
			if !strings.HasPrefix(text, w.Agency) {
				t.Fatalf("the sender is not first: %s", text)
			}
			for _, must := range []string{w.Hotline, "STOP", "2026"} {
				if !strings.Contains(text, must) {
					t.Fatalf("%q is not in: %s", must, text)
				}
			}
			if isAnswer := i == 3; strings.HasSuffix(text, " K7P4-QDX2") == isAnswer {
				t.Fatalf("alerts end in their code, and answers do not: %s", text)
			}
			if strings.Contains(text, "sms_") {
				t.Fatalf("a message is missing: %s", text)
			}
		}
	})
}

// The longest that there is of each text, which draws at random may miss. Zones of four letters are the longest that a
// deployment may have.
func TestComposeFitsAtItsLongest(t *testing.T) {
	anchorage, err := time.LoadLocation("America/Anchorage")
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range i18n.Languages() {
		t.Run(string(language), func(t *testing.T) {
			longest := map[sms.Encoding]string{}
			w := Wording{Agency: strings.Repeat("W", 20), Hotline: strings.Repeat("8", 20), Zone: anchorage, Language: language}
			for _, text := range everyText(w, strings.Repeat("W", 20)) {
				parts, encoding := sms.Parts(text)
				if parts > MaxParts || inGSM7(language) && encoding != sms.GSM7 {
					t.Errorf("%d parts of %s: %s", parts, encoding, text)
				}
				if len([]rune(text)) > len([]rune(longest[encoding])) {
					longest[encoding] = text
				}
			}
			for encoding, text := range longest {
				parts, _ := sms.Parts(text)
				t.Logf("longest in %s: %d letters, %d parts: %s", encoding, len([]rune(text)), parts, text)
			}
		})
	}
}

// longestMoment is one of the moments of the year that take the most letters.
func longestMoment(w Wording) (longest time.Time) {
	letters := 0
	for day := time.Date(2026, time.January, 1, 23, 59, 0, 0, w.Zone); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		if n := len([]rune(w.Language.DateTime(day))); n > letters {
			longest, letters = day, n
		}
	}
	return longest
}

// everyText is each text there is in a wording: of every event, status and correction, to the subscriber and to a second
// contact, first and repeated, with and without initials, a long facility, a code word and discretion.
func everyText(w Wording, codeWord string) []string {
	all := map[string]bool{}
	at := longestMoment(w)
	for _, w.CodeWord = range []string{"", codeWord} {
		all[ComposeCallNoted(w, "K7P4-QDX2")] = true
		for _, id := range []string{"sms_status_none", "sms_status_nothing", "sms_status_discreet", "sms_status_more"} {
			all[ComposeUndated(w, w.Language.Text(id, nil))] = true
		}
		for _, id := range []string{"sms_stopped", "sms_started", "sms_started_none", "sms_help", "sms_received", "sms_not_understood"} {
			all[ComposeAnswer(w, id)] = true
		}
		for _, now := range []time.Time{at, at.AddDate(0, 0, -30)} {
			for _, initials := range []string{"", "W.W."} {
				for _, w.Discreet = range []bool{false, true} {
					for _, to := range []Recipient{Subscriber, Second} {
						for repeat := range 2 {
							everyAlert(Alert{Initials: initials, Since: at, AsOf: at, To: to, Repeat: repeat, Check: "K7P4-QDX2"}, w, now, all)
						}
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func everyAlert(a Alert, w Wording, now time.Time, all map[string]bool) {
	for _, a.Facility = range []string{"", strings.Repeat("WIDE NAME ", 20)} {
		for _, yes := range []bool{false, true} {
			a.Relisted, a.InTransit = yes, yes
			for _, a.Event = range custody.Events() {
				for _, a.Corrects = range []string{"", "wrong"} {
					all[Compose(a, w, now)] = true
				}
			}
		}
	}
	a.Corrects, a.Event = "wrong", custody.Corrected
	all[ComposeDisregard(a, a.Since, w)] = true
	for _, a.UnlistedSince = range []time.Time{{}, a.Since} {
		for _, a.Status = range custody.Statuses() {
			all[ComposeCorrection(a, a.Since, w, now)] = true
			all[ComposeStatus(a, w, now)] = true
		}
	}
}

// Each message that is sent as it stands, such as the code, fits too, with the longest of what is filled in.
func TestMessagesFit(t *testing.T) {
	content, err := os.ReadFile("../i18n/locales/texts.en.json")
	if err != nil {
		t.Fatal(err)
	}
	var messages map[string]any
	if err := json.Unmarshal(content, &messages); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.December, 28, 23, 59, 0, 0, newYork)
	for _, language := range i18n.Languages() {
		for id, message := range messages {
			if strings.HasPrefix(id, "email_") {
				continue // as long as it likes
			}
			data := map[string]any{}
			for _, found := range regexp.MustCompile(`\.([A-Z][A-Za-z]*)`).FindAllStringSubmatch(fmt.Sprint(message), -1) {
				switch name := found[1]; name {
				case "From":
					data[name] = strings.Repeat("W", 20) + " (" + strings.Repeat("W", 20) + ")"
				case "Who":
					data[name] = language.Text("sms_somebody", nil)
				case "On", "Told":
					data[name] = language.Date(at)
				case "AsOf":
					data[name] = language.DateTime(at)
				case "Code":
					data[name] = "000000"
				case "Reference":
					data[name] = "K7P4-QDX2"
				case "Count":
					data[name] = 1000
				case "What", "Now": // TestComposeFitsAtItsLongest has them
					data[name] = ""
				default:
					data[name] = strings.Repeat("W", 20)
				}
			}
			said := language.Text(id, data)
			text := sms.Write(language, said)
			// Haitian Creole needs no letter that GSM-7 lacks, and the code is short enough for Vietnamese with its marks.
			if (language == i18n.HaitianCreole || language == i18n.Vietnamese && id == "sms_code") && text != said {
				t.Errorf("%s in %s loses marks: %s", id, language, text)
			}
			if parts, encoding := sms.Parts(text); parts > MaxParts || inGSM7(language) && encoding != sms.GSM7 {
				t.Errorf("%s in %s: %d parts of %s: %s", id, language, parts, encoding, text)
			}
		}
	}
}

func TestComposeInAnUnknownLanguage(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	a := Alert{Event: custody.EventReleased, Status: custody.Released, Initials: "A.T.", Since: now, AsOf: now}
	for language, tag := range map[i18n.Language]string{"tlh": "tlh", "zh-Hant": "zh-Hant", "": `"no tag"`, "A.T. of 12 Elm Street": `"no tag"`} {
		log.Reset()
		w := Wording{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: newYork, Language: language}
		for _, text := range []string{Compose(a, w, now), ComposeCorrection(a, now, w, now), ComposeDisregard(a, now, w)} {
			if !strings.Contains(text, "Reply 1 if you got this, STOP to end.") {
				t.Errorf("%q gets %s", language, text)
			}
		}
		if got := log.String(); strings.Count(got, "level=WARN") != 3 || strings.Count(got, "language="+tag+"\n") != 3 || strings.Contains(got, "A.T.") {
			t.Errorf("%q is logged as %s", language, got)
		}
	}
	log.Reset()
	for _, language := range i18n.Languages() {
		Compose(a, Wording{Agency: "VOICE", Zone: newYork, Language: language}, now)
	}
	if log.Len() > 0 {
		t.Errorf("known languages are logged: %s", log.String())
	}
}
