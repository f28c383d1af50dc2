package world

import (
	"fmt"
	"strings"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
)

// phrases are what texts say of where somebody stands, the first that is in a text counts.
var phrases = []struct{ phrase, says string }{
	{"Please disregard it", disregard},
	{"may be free", unlisted},
	{"RELEASED", string(custody.Released)},
	{"removed from the United States", string(custody.Removed)},
	{"the United States", string(custody.Departed)},
	{"ESCAPED", string(custody.Escaped)},
	{"another agency", string(custody.TransferredOut)},
	{"died in custody", string(custody.Deceased)},
	{"in custody", string(custody.InCustody)},
}

// What a text says besides a status.
const (
	unlisted  = "unlisted"
	disregard = "disregard"
)

// Says is what a text says of the person; "" for nothing.
func Says(text string) string {
	for _, p := range phrases {
		if strings.Contains(text, p.phrase) {
			return p.says
		}
	}
	return ""
}

// Stands is what a text should say of a record.
func Stands(r custody.Record) string {
	if r.Unlisted() {
		return unlisted
	}
	return string(r.Status)
}

// atLarge reports whether somebody of whom that is said may be free, or is not held by us.
func atLarge(says string) bool {
	return says != "" && says != disregard && says != string(custody.InCustody)
}

// show is an alert in a line.
func show(a alert.Alert) string {
	return fmt.Sprintf("%s: %s v%d to %q repeat %d: %s %s, attempts %d, unsent %d, due %q, step %q", a.ID, a.Event, a.Version, a.To, a.Repeat,
		a.State, a.Outcome, a.Attempts, a.Unsent, a.DueAt, a.Step)
}
