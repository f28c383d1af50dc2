package browser

import (
	"strings"
	"testing"
)

// ask is given the number of others, then asks for somebody nearby, follows that, changes how they are reached, takes it back and
// deletes it.
func ask(t *testing.T, s service, r reader) {
	b, number := open(t, s.API, r), phone()
	b.visit("/")
	b.follow(b.say("nav.ask"))
	b.at("ask.title")
	b.look("ask")
	b.press(b.say("ask.reason.report_crime"))
	b.at("ask.number.report_crime.title")
	b.look("ask, others answer")
	b.thereAndBack("ask.number.report_crime.title")
	b.follow(b.say("ask.again"))
	b.press(b.say("ask.reason.custody_status"))
	b.at("ask.contact.title")
	b.look("ask about custody")
	b.follow(b.say("ask.contact.change"))
	b.press(b.say("ask.reason.local_contact"))
	b.at("ask.contact.title")
	b.look("ask, how to reach")
	b.press(b.say("ask.submit"))
	b.shows("problem.contact.missing_online")
	b.refusedWell("ask refused")
	b.typed = []string{digitsOf(number), number, "Marisol", "aviary", "not before noon"}
	mine := answers{
		{"ask.phone.label", number}, {"ask.may_text.label", "yes"}, {"ask.name.label", "Marisol"}, {"ask.hours.label", "not before noon"},
		{"ask.zip.label", "85001"}, {"ask.message.label", "aviary"}, {"ask.county.label", "Maricopa"},
	}
	b.through(mine, "ask.contact.title", "ask.submit")
	b.shows("problem.state.missing")
	b.thereAndBack("ask.contact.title")
	b.look("ask, typed")
	b.through(answers{{"ask.state.label", "Arizona"}}, "asked.title", "ask.submit")
	b.shows("asked.name", "Name", "Marisol")
	b.shows("asked.no_voicemail")
	b.look("asked")
	var kept []string
	b.inspect(`[...document.querySelectorAll("main dd")].map(e => e.innerText.trim())`, &kept)
	if len(kept) != 2 {
		t.Fatalf("%s: a reference and a PIN are not on the page, but %q", r, kept)
	}
	b.typed = append(b.typed, kept[1])

	b.follow(b.say("nav.follow"))
	b.at("follow.title")
	b.look("follow")
	wrong := "135790"
	if kept[1] == wrong {
		wrong = "097531"
	}
	b.through(answers{{"follow.reference.label", strings.ToLower(kept[0])}, {"follow.pin.label", wrong}}, "follow.title", "follow.submit")
	b.shows("problem.follow.unknown")
	b.look("follow, wrong PIN")
	b.through(answers{{"follow.pin.label", kept[1]}}, "follow.request.title", "follow.submit")
	b.shows("follow.step.received")
	b.look("a request")
	b.thereAndBack("follow.request.title")

	b.press(b.say("follow.can.reach"))
	b.at("follow.reach.title")
	b.look("a request, how to reach")
	b.through(answers{{"ask.may_voicemail.label", "yes"}}, "follow.request.title", "manage.save")
	b.shows("follow.note.amended")
	b.press(b.say("follow.can.withdraw"))
	b.at("follow.withdraw.title")
	b.look("a request, take back")
	b.press(b.say("follow.withdraw.submit"))
	b.at("follow.request.title")
	b.shows("follow.stands.withdrawn")
	b.look("a request, taken back")
	b.press(b.say("follow.can.forget"))
	b.at("follow.forget.title")
	b.look("a request, delete")
	b.press(b.say("follow.forget.submit"))
	b.at("follow.forgotten.title")
	b.look("a request, deleted")
}
