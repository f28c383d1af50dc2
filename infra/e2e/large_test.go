package e2e

import (
	"fmt"
	"testing"
)

// TestLarge sends files that are too large for one function, and so are worked through by the state machine.
func TestLarge(t *testing.T) {
	t.Parallel()
	s := start(t, "--template", impatient(t), "--param", "LargeUploadMegabytes=1")
	o := office{s, s.employee(t, "data-officer-1"), s.employee(t, "data-officer-2"), s.employee(t, "supervisor-1")}
	feed := newFeed("large")
	people, _ := s.roomful(t, 400)
	watched, phone := people[0], s.phone()
	s.subscribe(t, watched.application(phone))
	machineRan := func() bool { return len(s.Functions(t, "ingestmap")) > 0 }

	t.Run("DryRunChangesNothing", func(t *testing.T) {
		m := s.upload(t, inFeed("dry-run/uploads", feed), bulky(t, people, person.held20))
		if m.State != "planned" || m.Rejected != 0 || s.lookUp(t, watched.aNumber, watched.country).status != 404 {
			t.Fatalf("%+v", m)
		}
	})
	t.Run("Applied", func(t *testing.T) {
		m := s.upload(t, inFeed("uploads", feed), bulky(t, people, person.held20))
		if m.State != "done" || m.counts() != (counts{Rows: len(people), Applied: len(people)}) || !machineRan() {
			t.Fatalf("%+v", m)
		}
		s.awaitAlerts(t, phone, 1, heldWithin)
	})
	t.Run("OneOfThemMoved", func(t *testing.T) {
		m := s.upload(t, inFeed("uploads", feed), bulky(t, people, func(p person) stint {
			if p.aNumber != watched.aNumber {
				return p.held20()
			}
			return stint{person: p, stay: ago(20), in: ago(8), facility: "SOUTHFIELD EXAMPLE CENTER", code: "SFEX"}
		}))
		if m.State != "done" || m.Applied != 1 || m.Alerts != 1 {
			t.Fatalf("%+v", m)
		}
		s.awaitAlerts(t, phone, 2, heldWithin)
	})
	t.Run("HeldApprovedAndSaidAgain", func(t *testing.T) {
		name := inFeed("uploads", feed)
		n := s.putKnown(t, name, bulky(t, people, person.removed))
		m := s.awaitReport(t, name, nil)
		if u := o.ann.becomes(t, m.UploadID, "held"); u.Brake.Ends != len(people) {
			t.Fatalf("%+v", u)
		}
		o.ann.approve(t, m.UploadID)
		o.ben.approve(t, m.UploadID)
		for range 3 { // while the machine has it, and when it is done
			s.announce(t, n, goOn(m.UploadID))
		}
		u := o.ben.becomes(t, m.UploadID, "done")
		if u.Counts.Applied != len(people) {
			t.Errorf("%+v", u)
		}
		s.awaitAlerts(t, phone, 3, heldWithin)
	})
	t.Run("Roster", func(t *testing.T) {
		m := s.upload(t, inFeed("roster", feed), bulky(t, people, person.back))
		if m.State != "done" || m.Applied != len(people) {
			t.Fatalf("%+v", m)
		}
		s.awaitAlerts(t, phone, 4, heldWithin)
	})
	t.Run("UnreadableIsRejected", func(t *testing.T) {
		m := s.upload(t, inFeed("uploads", feed), padded([]byte("colour,taste\n"), "red,sweet\n"))
		if m.State != "rejected" {
			t.Fatalf("%+v", m)
		}
	})
	s.drained(t)
	t.Run("CtrlCLeavesNoProcess", func(t *testing.T) { s.Stop(t) })
}

func (p person) held20() stint  { return p.held(ago(20)) }
func (p person) removed() stint { return p.out(ago(20), ago(5), "Paroled") }
func (p person) back() stint {
	return stint{person: p, stay: ago(3), in: ago(3), facility: "NORTHFIELD EXAMPLE CENTER", code: "NFEX"}
}

// bulky is a file of people that is made larger than a megabyte by what nobody reads.
func bulky(t *testing.T, people []person, row func(person) stint) []byte {
	t.Helper()
	lines := [][]string{append(append([]string{}, agencyTitles...), "Notes")}
	for i, p := range people {
		lines = append(lines, append(row(p).cells(), fmt.Sprintf("%03000d", i)))
	}
	return sheet(t, lines)
}

// padded repeats a line until there is more than a megabyte.
func padded(head []byte, line string) []byte {
	for len(head) <= 1<<20 {
		head = append(head, line...)
	}
	return head
}
