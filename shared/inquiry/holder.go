package inquiry

import (
	"context"

	"voice.example/shared/secret"
	"voice.example/shared/staff"
)

// Whoever asked is its holder: they have the reference and the PIN, which Follow checks, or the phone. What is here takes that
// for shown.

const visitSeal = "inquiry/visit"

// Begin begins a visit of an inquiry's holder.
func (t *Table) Begin(i Inquiry) secret.Visit { return secret.BeginVisit(i.Reference, t.Now()) }

// VisitToken seals a visit, which lasts on by that, to be taken from page to page.
func (t *Table) VisitToken(v secret.Visit) string {
	return t.Keys.VisitToken(visitSeal, v.Renew(t.Now()))
}

// OpenVisit reads the token of a visit. Errors: secret.ErrVisitOver.
func (t *Table) OpenVisit(token string) (secret.Visit, error) {
	return t.Keys.OpenVisit(visitSeal, token, t.Now())
}

// Withdraw resolves an inquiry as its holder asks: nobody is to be in contact any more. ErrResolved: it is resolved already.
func (t *Table) Withdraw(ctx context.Context, reference string) (Inquiry, error) {
	return t.amend(ctx, reference, 0, func(i *Inquiry) error {
		if i.State == Resolved {
			return ErrResolved
		}
		t.end(i, Withdrawn)
		t.note(i, WasResolved, staff.Identity{}, "")
		return nil
	})
}

// Amend changes how an inquiry's holder is reached. change gets what is kept now; it may be called again if somebody else
// changes the inquiry at the same time. ErrResolved: nobody is going to reach them any more.
func (t *Table) Amend(ctx context.Context, reference string, change func(*Contact)) (Inquiry, error) {
	return t.amend(ctx, reference, 0, func(i *Inquiry) error {
		if i.State == Resolved {
			return ErrResolved
		}
		c, err := t.Contact(*i)
		if err != nil {
			return err
		}
		change(&c)
		if err := t.Reach(i, c); err != nil {
			return err
		}
		t.note(i, WasAmended, staff.Identity{}, "")
		return nil
	})
}
