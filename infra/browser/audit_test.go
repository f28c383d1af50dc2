package browser

import (
	"testing"

	"voice.example/shared/i18n"
)

// TestAudit has an operator look at a record, and an auditor find out who did, and what else.
func TestAudit(t *testing.T) {
	browse(t)
	s := serve(t)
	for _, r := range []reader{
		{language: i18n.English, width: 390, scripts: true},
		{language: i18n.English, width: 1280, scripts: true, keyboard: true},
		{language: i18n.English, width: 390},
	} {
		t.Run(r.String(), func(t *testing.T) {
			theo := atWork(t, s, r, "Theo Marsh")
			theo.visit("/staff/search")
			theo.fill(theo.need("A-number", fields...), "A900-000-001")
			theo.press("Search")
			theo.reads("A custody record")

			b := atWork(t, s, r, "Walter Brandt")
			b.follow("Audit")
			b.reads("Who has seen or changed it")
			b.look("audit")
			b.fill(b.need("A record, by its A-number", fields...), "yes")
			b.fill(b.need("Its number, reference or address", fields...), "A900-000-001")
			b.press("Show who")
			b.has("Say in ten characters or more why you look.")
			b.look("audit refused")
			b.fill(b.need("Why you look", fields...), "a complaint of a family")
			b.press("Show who")
			b.has("Theo Marsh, hotline operator")
			b.has("saw: a custody record")
			b.look("audit of a record")
			b.press("What else they did")
			b.has("Theo Marsh, hotline operator")
			b.look("audit of somebody")
			b.press("Who else, of this")
			b.has("saw: a custody record")
			b.follow("Ask for something else")
			b.has("The chain")
			b.look("audit with a chain")
			b.fill(b.need("Somebody of the staff", fields...), "yes")
			b.fill(b.need("Its number, reference or address", fields...), "nobody@voice.example")
			b.fill(b.need("Why you look", fields...), "a complaint of a family")
			b.press("Show who")
			b.has("Nobody has seen or changed it")
			b.look("audit of nobody")
		})
	}
}
