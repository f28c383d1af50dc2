package browser

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
	"voice.example/shared/i18n"
)

var (
	referenceShown = regexp.MustCompile(`\b[2-9B-Z]{4}-[2-9B-Z]{4}\b`)
	pinShown       = regexp.MustCompile(`PIN (\d{6})`)
)

// TestDay is a day of the office: one person asks on a phone, another calls and an operator writes it down by the keyboard alone.
// Both reach officers of the office of their county. One request is handed to a colleague and resolved; whoever asked sees each
// step, on the page and by text; and the numbers of the day agree.
func TestDay(t *testing.T) {
	browse(t)
	s := serve(t)
	english := reader{language: i18n.English, width: 390, scripts: true}
	desk := reader{language: i18n.English, width: 1280, scripts: true, keyboard: true}

	// Somebody in Maricopa County asks on a phone. Texts are welcome.
	number := phone()
	asked := open(t, s.API, english)
	asked.visit("/ask")
	asked.press(asked.say("ask.reason.local_contact"))
	asked.at("ask.contact.title")
	asked.through(answers{
		{"ask.phone.label", number}, {"ask.may_text.label", "yes"}, {"ask.name.label", "Marisol"}, {"ask.zip.label", "85001"},
	}, "asked.title", "ask.submit")
	var kept []string
	asked.inspect(`[...document.querySelectorAll("main dd")].map(e => e.innerText.trim())`, &kept)
	if len(kept) != 2 {
		t.Fatalf("a reference and a PIN are not on the page, but %q", kept)
	}
	first, pin := kept[0], kept[1]

	// Somebody in Cook County calls. The operator has nothing but the keyboard.
	operator := atWork(t, s, desk, "Theo Marsh")
	operator.follow("Log a call")
	operator.reads("Log a call")
	operator.fill(operator.need("A contact at the local office", "radio"), "yes")
	operator.fill(operator.need("Name to ask for", fields...), "Otis")
	operator.fill(operator.need("Phone", fields...), "312 555 0150")
	operator.fill(operator.need("ZIP code", fields...), "60601")
	operator.press("Save the call")
	operator.reads("The call is logged")
	operator.look("a call is logged")
	second := referenceShown.FindString(operator.words())
	if second == "" || pinShown.FindString(operator.words()) == "" {
		t.Fatalf("no reference or no PIN: %s", operator.words())
	}

	// Each is with an officer of the right office, and with nobody else.
	who := map[string]string{first: "", second: ""}
	for _, name := range []string{"Rosa Delgado-Finch", "Hugo Brandvold"} {
		b := atWork(t, s, english, name)
		b.follow("Queue")
		if strings.Contains(b.words(), first) {
			who[first] = name
		}
		if strings.Contains(b.words(), second) {
			t.Errorf("%s of Phoenix has the request from Chicago", name)
		}
	}
	if who[first] == "" {
		t.Fatal("nobody in Phoenix has the request from Phoenix")
	}
	operator.visit("/staff/queue?queue=CHI&state=assigned")
	operator.has(second)

	// Whoever has it reads how it is safe to call, calls, and hands it to the colleague, who resolves it.
	other := "Hugo Brandvold"
	if who[first] == other {
		other = "Rosa Delgado-Finch"
	}
	officer := atWork(t, s, english, who[first])
	officer.visit("/staff/inquiries/" + first)
	officer.reads("Request " + first)
	officer.has("Ask for Marisol.")
	officer.has("Do NOT leave a voicemail.")
	officer.look("a request")
	officer.fill(officer.need("What was said, or why", fields...), "We spoke about the office.")
	officer.press("I reached them")
	officer.has("Was in contact")
	officer.unfold()
	officer.fill(officer.need("What was said, or why", fields...), "My colleague knows the family.")
	officer.press("Choose another office, or a person")
	officer.reads("Hand " + first + " over")
	officer.look("to whom a request is handed")
	officer.fill(officer.need("Or one person", fields...), other+", community relations officer, PHO")
	officer.press("Hand it over")
	colleague := atWork(t, s, english, other)
	colleague.follow("Queue")
	colleague.has(first)
	colleague.follow(first)
	colleague.has("We spoke about the office.")
	colleague.unfold()
	colleague.fill(colleague.need("What was said, or why", fields...), "All said.")
	colleague.fill(colleague.need("How it ended", fields...), "Answered")
	colleague.press("Resolve")
	colleague.has("All said.")
	colleague.look("a request, resolved")

	// Whoever asked sees each step, and none of the notes.
	asked.visit("/follow")
	asked.through(answers{{"follow.reference.label", first}, {"follow.pin.label", pin}}, "follow.request.title", "follow.submit")
	for _, step := range []string{"follow.step.received", "follow.stands.answered"} {
		asked.shows(step)
	}
	if words := asked.words(); strings.Contains(words, "All said") || strings.Contains(words, "Rosa") || strings.Contains(words, "Hugo") {
		t.Errorf("the page says what staff wrote or who they are: %s", words)
	}
	stacktest.Eventually(t, time.Minute, "whoever asked is texted that it is over", func() bool {
		return slices.ContainsFunc(s.texts(t, "+1"+digitsOf(number)), func(text string) bool {
			return strings.Contains(text, first) && strings.Contains(text, "closed")
		})
	})

	// The numbers agree: two were opened, one by phone, one is resolved.
	leader := atWork(t, s, desk, "Sofia Lindqvist")
	stacktest.Eventually(t, time.Minute, "the day's numbers agree", func() bool {
		leader.visit("/staff/volumes")
		words := strings.Join(strings.Fields(leader.words()), " ")
		for _, says := range []string{"Opened 2 Resolved 1 Somebody was in contact 1", "Handed to somebody else once", "Calls 1"} {
			if !strings.Contains(words, says) {
				return false
			}
		}
		return true
	})
	leader.look("volumes of the day")
}
