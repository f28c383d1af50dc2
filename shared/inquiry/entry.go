package inquiry

import (
	"context"
	"fmt"
	"time"

	"voice.example/shared/staff"
)

// Kind is what happened to an inquiry.
type Kind string

// The kinds.
const (
	WasOpened    Kind = "opened"
	WasAssigned  Kind = "assigned"  // to a person, by routing or by a supervisor
	WasTaken     Kind = "taken"     // by the person themselves
	WasPutBack   Kind = "put_back"  // into the queue
	WasContacted Kind = "contacted" // somebody has been in contact
	WasTried     Kind = "tried"     // somebody tried to, and nobody answered
	WasNoted     Kind = "noted"
	WasReferred  Kind = "referred" // to another office, role or person
	WasResolved  Kind = "resolved"
	WasReopened  Kind = "reopened"
	WasAmended   Kind = "amended"   // whoever asked changed how they are reached
	WasEscalated Kind = "escalated" // nobody was in contact in time
	WasHeld      Kind = "held"      // for a court
	WasUnheld    Kind = "unheld"
)

// Entry is one thing that happened to an inquiry.
type Entry struct {
	At   time.Time `dynamodbav:"at"`
	Kind Kind      `dynamodbav:"kind"`
	// By is the subject of who did it and ByName their name; both are empty for the service itself and for whoever asked.
	By     string `dynamodbav:"by,omitempty"`
	ByName string `dynamodbav:"by_name,omitempty"`
	// Office is where it went and Person who got it, where it moved.
	Office string `dynamodbav:"office,omitempty"`
	Person string `dynamodbav:"person,omitempty"`
	// SealedText is what was written; Table.Text opens it.
	SealedText string `dynamodbav:"text,omitempty"`
}

// noteSeal is the purpose under which what staff write is sealed.
const noteSeal = "inquiry/note"

// noteText adds an entry of somebody, with what they wrote. Without its text nothing is added.
func (t *Table) noteText(ctx context.Context, i *Inquiry, kind Kind, who staff.Identity, text string) error {
	if text == "" {
		t.note(i, kind, who)
		return nil
	}
	sealed, err := t.Keys.SealField(ctx, noteSeal, text)
	if err != nil {
		return fmt.Errorf("inquiry: a note: %w", err)
	}
	t.note(i, kind, who)
	i.Timeline[len(i.Timeline)-1].SealedText = sealed
	return nil
}

// note adds an entry of somebody who wrote nothing.
func (t *Table) note(i *Inquiry, kind Kind, who staff.Identity) {
	e := Entry{At: t.Now().UTC(), Kind: kind, By: who.Subject, ByName: who.Name}
	switch kind {
	case WasAssigned, WasTaken, WasPutBack, WasReferred, WasEscalated, WasReopened:
		e.Office, e.Person = i.Office, i.Assignee
	}
	i.Timeline = append(i.Timeline, e)
}

// Text opens what was written with an entry; it is empty where nothing was.
func (t *Table) Text(ctx context.Context, e Entry) (string, error) {
	if e.SealedText == "" {
		return "", nil
	}
	return t.Keys.OpenField(ctx, noteSeal, e.SealedText)
}
