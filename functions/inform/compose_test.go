package main

import (
	"regexp"
	"strings"
	"testing"

	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/sms"
)

func TestCompose(t *testing.T) {
	for l, want := range map[i18n.Language][]string{
		i18n.English: {
			"VOICE: We have your request K7P4-QDX2 and will contact you. Questions? 1-855-488-6423. Reply STOP to end.",
			"VOICE: Somebody has your request K7P4-QDX2 now and will contact you. Questions? 1-855-488-6423. Reply STOP to end.",
			"VOICE: We tried to reach you about your request K7P4-QDX2. Please call us. Questions? 1-855-488-6423. Reply STOP to end.",
			"VOICE: Your request K7P4-QDX2 went to another office, which will contact you. Questions? 1-855-488-6423. Reply STOP to end.",
			"VOICE: Your request K7P4-QDX2 is closed. If you need anything else, please call us. Questions? 1-855-488-6423. Reply STOP to end."},
		i18n.Spanish: {
			"VOICE: Recibimos su solicitud K7P4-QDX2 y nos comunicaremos con usted. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar.",
			"VOICE: Una persona ya tiene su solicitud K7P4-QDX2 y se comunicara con usted. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar.",
			"VOICE: Intentamos comunicarnos con usted por su solicitud K7P4-QDX2. Por favor, llamenos. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar.",
			"VOICE: Su solicitud K7P4-QDX2 paso a otra oficina, que se comunicara con usted. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar.",
			"VOICE: Su solicitud K7P4-QDX2 esta cerrada. Si necesita algo mas, llamenos. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar."},
		i18n.Vietnamese: {
			"VOICE: Chúng tôi đã nhận yêu cầu K7P4-QDX2 và sẽ liên lạc với quý vị. Hỏi: 1-855-488-6423. Gửi STOP để ngưng."},
		i18n.Chinese: {
			"VOICE：已收到您的申请K7P4-QDX2，我们会联系您。咨询1-855-488-6423。回STOP退订"},
		"es-MX": {
			"VOICE: Recibimos su solicitud K7P4-QDX2 y nos comunicaremos con usted. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar."},
		"xx": {
			"VOICE: We have your request K7P4-QDX2 and will contact you. Questions? 1-855-488-6423. Reply STOP to end."},
	} {
		for n, want := range want {
			step := inquiry.Steps()[n]
			t.Run(string(l)+"/"+string(step), func(t *testing.T) {
				if got := compose(step, inquiry.Inquiry{Reference: "K7P4-QDX2", Language: l}, "VOICE", "1-855-488-6423"); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

// TestComposeFits holds every text to its length: one part with a usual sender and hotline, but for Vietnamese with its marks, and
// two at most with the longest; in the GSM alphabet where the language does.
func TestComposeFits(t *testing.T) {
	for _, l := range i18n.Languages() {
		for _, step := range inquiry.Steps() {
			t.Run(string(l)+"/"+string(step), func(t *testing.T) {
				i := inquiry.Inquiry{Reference: "K7P4-QDX2", Language: l}
				usual := compose(step, i, "VOICE", "1-855-488-6423")
				longest := compose(step, i, strings.Repeat("W", 20), strings.Repeat("8", 20))
				usually, encoding := sms.Parts(usual)
				atMost, _ := sms.Parts(longest)
				if inGSM7 := l != i18n.Vietnamese && l != i18n.Chinese; inGSM7 != (encoding == sms.GSM7) {
					t.Errorf("in %s: %s", encoding, usual)
				}
				if usually > 1 && l != i18n.Vietnamese || atMost > sms.MaxParts {
					t.Errorf("%d parts: %s\n%d parts: %s", usually, usual, atMost, longest)
				}
				for _, must := range []string{"K7P4-QDX2", "STOP", strings.Repeat("8", 20)} {
					if strings.Count(longest, must) != 1 {
						t.Errorf("%q is not once in: %s", must, longest)
					}
				}
				if strings.Contains(longest, "sms_") || !strings.HasPrefix(longest, strings.Repeat("W", 20)) {
					t.Errorf("got %s", longest)
				}
			})
		}
	}
}

// telling finds what would tell somebody who looks on what a request is about: the words of the other texts for custody, crime
// and harm, in every language, with and without their marks.
var telling = regexp.MustCompile(`(?i)custod|detain|detention|détention|detenc|detens|jail|prison|prisi|victim|víctim|viktim|nạn nhân|nan nhan|crim|krim|` +
	`police|polic|immigra|inmigra|imigra|releas|libert|giam|关押|拘|受害|犯罪|罪|911|danger|peligro|perig|danje|\bPIN\b|\bRef\b|A-number`)

// TestComposeTellsNobodyElse: whoever looks over the shoulder learns that there is a request. No text can be taken for an alert,
// whose code /verify knows.
func TestComposeTellsNobodyElse(t *testing.T) {
	for _, l := range i18n.Languages() {
		for _, step := range inquiry.Steps() {
			for _, reason := range inquiry.Reasons() {
				i := inquiry.Inquiry{Reference: "K7P4-QDX2", Language: l, Reason: reason, ANumber: "001234567", Office: "PHO"}
				text := compose(step, i, "VOICE", "1-855-488-6423")
				if found := telling.FindString(text); found != "" {
					t.Errorf("%q is in: %s", found, text)
				}
				if text != compose(step, inquiry.Inquiry{Reference: "K7P4-QDX2", Language: l}, "VOICE", "1-855-488-6423") {
					t.Errorf("it depends on what is asked: %s", text)
				}
			}
		}
	}
}
