package inquiry

import (
	"context"
	"errors"

	"voice.example/shared/i18n"
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

// TextsOf reports whether whoever asked something with a phone allowed texts to it, and in which language they get them: of
// several, the latest's.
func (t *Table) TextsOf(ctx context.Context, phoneHash string) (i18n.Language, bool, error) {
	asked, err := t.OfPhone(ctx, phoneHash, 100)
	for _, i := range asked {
		if i.MayText {
			return i.Language, true, nil
		}
	}
	return "", false, err
}

// ForgetPhone deletes all inquiries of a phone, as its holder asks, and returns how many are under legal hold and stay. forgetting
// is called before each is deleted; its error ends it.
func (t *Table) ForgetPhone(ctx context.Context, phoneHash string, forgetting func(reference string) error) (held int, err error) {
	const most = 500
	seen := map[string]bool{} // the index follows the table, and may still list what is gone
	for {
		all, err := t.OfPhone(ctx, phoneHash, most)
		if err != nil {
			return held, err
		}
		before := len(seen)
		for _, i := range all {
			if seen[i.Reference] {
				continue
			}
			seen[i.Reference] = true
			if err := forgetting(i.Reference); err != nil {
				return held, err
			}
			err := t.Forget(ctx, i.Reference)
			if errors.Is(err, ErrHeld) {
				held++
			} else if err != nil {
				return held, err
			}
		}
		if len(all) < most || len(seen) == before {
			return held, nil
		}
	}
}

// Withdraw resolves an inquiry as its holder asks: nobody is to be in contact any more. ErrResolved: it is resolved already.
func (t *Table) Withdraw(ctx context.Context, reference string) (Inquiry, error) {
	return t.amend(ctx, reference, 0, func(i *Inquiry) error {
		if i.State == Resolved {
			return ErrResolved
		}
		t.end(i, Withdrawn)
		t.note(i, WasResolved, staff.Identity{})
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
		c, err := t.Contact(ctx, *i)
		if err != nil {
			return err
		}
		change(&c)
		if err := t.Reach(ctx, i, c); err != nil {
			return err
		}
		t.note(i, WasAmended, staff.Identity{})
		return nil
	})
}
