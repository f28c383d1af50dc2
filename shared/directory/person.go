package directory

import (
	"slices"

	"voice.example/shared/i18n"
	"voice.example/shared/staff"
)

// Person is somebody who works for the agency with people who ask.
type Person struct {
	// Email is their work address, in small letters: what tells them from others here, and what their sign-in says.
	Email     string
	Name      string
	Role      staff.Role // Operator, Officer, Specialist or Supervisor
	Office    string     // a code, or National
	Languages []i18n.Language
	Phone     string // E.164, or ""

	Filed Absence // what the file says
	Own   Absence // what they say themselves
	// Open is how many inquiries they have now, and AssignedAt when they last got one, in RFC 3339 with nine digits after the
	// second; "" for never.
	Open       int
	AssignedAt string
}

// Away reports whether the person is absent on a day, such as 2026-06-01, by the file or by their own word.
func (p Person) Away(day string) bool { return p.Filed.Covers(day) || p.Own.Covers(day) }

// Speaks reports whether the person speaks a language.
func (p Person) Speaks(l i18n.Language) bool { return slices.Contains(p.Languages, l) }
