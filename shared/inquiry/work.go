package inquiry

import (
	"context"
	"slices"
	"time"

	"voice.example/shared/staff"
)

// MayRead reports whether a member of staff may read an inquiry: officers and specialists those of their own office and those
// that they have, operators and supervisors all.
func (i Inquiry) MayRead(who staff.Identity) bool {
	if who.Has(staff.Operator) || who.Has(staff.Supervisor) {
		return true
	}
	return i.Assignee != "" && i.Assignee == who.Email || who.Office != "" && i.Office == who.Office
}

// mayWork reports whether a member of staff may change an inquiry that somebody has: those who have it, and those who may assign
// any, supervisors.
func (i Inquiry) mayWork(who staff.Identity) error {
	switch {
	case i.State == Resolved:
		return ErrResolved
	case who.Email == "" || !i.MayRead(who):
		return ErrNotYours
	case i.State == Assigned && i.Assignee != who.Email && !who.May(staff.AssignInquiries):
		return ErrTaken
	}
	return nil
}

// Take gives an inquiry that waits in a queue to whoever asks for it. ErrTaken: somebody else was faster. Taking what one has
// changes nothing.
func (t *Table) Take(ctx context.Context, reference string, who staff.Identity) (Inquiry, error) {
	return t.amend(ctx, reference, 0, func(i *Inquiry) error {
		switch {
		case i.State == Resolved:
			return ErrResolved
		case who.Email == "" || !i.MayRead(who):
			return ErrNotYours
		case i.State == Assigned && i.Assignee != who.Email:
			return ErrTaken
		}
		i.State, i.Assignee = Assigned, who.Email
		t.note(i, WasTaken, who)
		return nil
	})
}

// PutBack has an inquiry wait in its queue again.
func (t *Table) PutBack(ctx context.Context, reference string, seen Seen, who staff.Identity, why string) (Inquiry, error) {
	return t.amend(ctx, reference, seen, func(i *Inquiry) error {
		if err := i.mayWork(who); err != nil {
			return err
		}
		i.State, i.Assignee = Open, ""
		return t.noteText(ctx, i, WasPutBack, who, why)
	})
}

// Contacted records that somebody has been in contact, or that they tried and nobody answered. The first contact is what the
// due time was for.
func (t *Table) Contacted(ctx context.Context, reference string, seen Seen, who staff.Identity, reached bool, text string) (Inquiry, error) {
	return t.amend(ctx, reference, seen, func(i *Inquiry) error {
		if err := i.mayWork(who); err != nil {
			return err
		}
		if !reached {
			return t.noteText(ctx, i, WasTried, who, text)
		}
		if i.FirstContactAt == nil {
			now := t.Now().UTC()
			i.FirstContactAt = &now
		}
		i.DueAt, i.DueShard = "", ""
		return t.noteText(ctx, i, WasContacted, who, text)
	})
}

// Note adds a note. Whoever may read an inquiry may add one, whoever has it.
func (t *Table) Note(ctx context.Context, reference string, who staff.Identity, text string) (Inquiry, error) {
	return t.amend(ctx, reference, 0, func(i *Inquiry) error {
		if !i.MayRead(who) {
			return ErrNotYours
		}
		return t.noteText(ctx, i, WasNoted, who, text)
	})
}

// Referral is where an inquiry is handed to: a person, or whoever of an office has a role; the office of the caller's county
// where none is named.
type Referral struct {
	Person string // work e-mail address; then Office must be theirs
	Office string
	Role   staff.Role
}

// Refer hands an inquiry to somebody else. The new one has as long for the first contact as if it had come today.
func (t *Table) Refer(ctx context.Context, reference string, seen Seen, who staff.Identity, to Referral, why string) (Inquiry, error) {
	return t.amend(ctx, reference, seen, func(i *Inquiry) error {
		if err := i.mayWork(who); err != nil {
			return err
		}
		if to.Role != "" {
			i.Role = to.Role
		}
		i.Office = to.Office
		if to.Person != "" {
			i.State, i.Assignee = Assigned, to.Person
			if i.Office == "" {
				i.Office = National
			}
		} else if err := t.route(ctx, i); err != nil {
			return err
		}
		i.Transfers++
		t.dueAgain(i)
		return t.noteText(ctx, i, WasReferred, who, why)
	})
}

// dueAgain gives whoever has an inquiry now the whole time for a first contact, unless there has been one.
func (t *Table) dueAgain(i *Inquiry) {
	if i.FirstContactAt != nil {
		return
	}
	i.DueBy = stamp(t.Now().Add(t.Terms.of(i.Reason)))
	i.DueAt, i.DueShard = i.DueBy, shard
}

// Resolve ends an inquiry. With it begins the time after which it is forgotten.
func (t *Table) Resolve(ctx context.Context, reference string, seen Seen, who staff.Identity, outcome Outcome, text string) (Inquiry, error) {
	return t.amend(ctx, reference, seen, func(i *Inquiry) error {
		if err := i.mayWork(who); err != nil {
			return err
		}
		now := t.Now().UTC()
		if i.FirstContactAt == nil && slices.Contains([]Outcome{Answered, ReferredOutside, OffTopic}, outcome) {
			i.FirstContactAt = &now
		}
		if i.Assignee == "" {
			i.Assignee = who.Email
		}
		t.end(i, outcome)
		return t.noteText(ctx, i, WasResolved, who, text)
	})
}

// end resolves an inquiry.
func (t *Table) end(i *Inquiry, outcome Outcome) {
	now := t.Now().UTC()
	i.State, i.Outcome, i.ResolvedAt = Resolved, outcome, &now
	i.DueAt, i.DueShard = "", ""
	t.forgetLater(i, now)
}

// forgetLater sets when a resolved inquiry is forgotten.
func (t *Table) forgetLater(i *Inquiry, from time.Time) {
	if i.ExpiresAt = 0; !i.LegalHold && i.State == Resolved {
		i.ExpiresAt = from.Add(t.Retention).Unix()
	}
}

// Reopen takes a resolution back: whoever does so has the inquiry.
func (t *Table) Reopen(ctx context.Context, reference string, seen Seen, who staff.Identity, why string) (Inquiry, error) {
	return t.amend(ctx, reference, seen, func(i *Inquiry) error {
		switch {
		case i.State != Resolved || i.Outcome == OffTopic && i.SealedContact == "":
			return ErrChanged
		case who.Email == "" || !i.MayRead(who):
			return ErrNotYours
		}
		i.State, i.Outcome, i.ResolvedAt, i.ExpiresAt, i.Assignee = Assigned, "", nil, 0, who.Email
		t.dueAgain(i)
		return t.noteText(ctx, i, WasReopened, who, why)
	})
}

// Hold keeps an inquiry beyond its life, as for a court, or ends that.
func (t *Table) Hold(ctx context.Context, reference string, who staff.Identity, held bool, why string) (Inquiry, error) {
	return t.amend(ctx, reference, 0, func(i *Inquiry) error {
		if !who.May(staff.HoldInquiries) {
			return ErrNotYours
		}
		kind := WasHeld
		if !held {
			kind = WasUnheld
		}
		i.LegalHold = held
		t.forgetLater(i, t.Now())
		return t.noteText(ctx, i, kind, who, why)
	})
}
