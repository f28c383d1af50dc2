package upload

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"voice.example/shared/staff"
)

// Approve notes that somebody approves the plan with that hash. Once two different people have, neither of them the one
// who uploaded the file, ingest applies exactly that plan; see Upload.Waits. A retraction takes one approval beside the
// one who asked for it. Errors: ErrNotFound, ErrNotHeld, ErrOtherPlan, ErrSamePerson.
func (d *Desk) Approve(ctx context.Context, uploadID, planHash string, by staff.Identity) (Upload, error) {
	return d.decide(ctx, uploadID, func(u *item) error {
		switch {
		case u.State != Held:
			return ErrNotHeld
		case planHash != u.PlanHash:
			return ErrOtherPlan
		case by.Subject == "" || by.Subject == u.UploadedBy || u.decidedBy(by.Subject):
			return ErrSamePerson
		}
		u.Decisions = append(u.Decisions, d.decision(by, Approved, ""))
		if u.approved() {
			u.State, u.Resting = PlanReady, false
		}
		return nil
	})
}

// Reject ends a held upload: its plan is never applied, and its records and reports are kept. One person is enough,
// whoever it is: nothing happens to a victim. Errors: ErrNotFound, ErrNotHeld.
func (d *Desk) Reject(ctx context.Context, uploadID string, by staff.Identity, why string) (Upload, error) {
	var rejected *item
	u, err := d.decide(ctx, uploadID, func(u *item) error {
		if u.State == Rejected && u.PlanHash != "" && u.decidedBy(by.Subject) { // again, perhaps since the report failed
			rejected = u
			return nil
		}
		if u.State != Held {
			return ErrNotHeld
		}
		u.Decisions = append(u.Decisions, d.decision(by, Refused, why))
		u.State, u.FinishedAt = Rejected, d.Now().UTC()
		rejected = u
		return nil
	})
	if err != nil {
		return Upload{}, err
	}
	return u, d.reader().report(ctx, rejected)
}

// Retract asks for an upload that is done, or that failed when some of it may have been applied, to be taken back: a new upload of kind Retraction, which somebody else must
// approve once its plan is made. It is returned. Errors: ErrNotFound, ErrNotDone.
func (d *Desk) Retract(ctx context.Context, uploadID string, by staff.Identity, why string) (Upload, error) {
	var child item
	_, err := d.decide(ctx, uploadID, func(u *item) error {
		if u.State != Done && !(u.State == Failed && u.PlanHash != "") || u.DryRun || u.Kind == Retraction {
			return ErrNotDone
		}
		if u.RetractID != "" {
			before, err := d.get(ctx, u.RetractID)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			if err == nil && before.State != Rejected && before.State != Failed {
				return ErrNotDone
			}
		}
		o := u.object()
		u.Retractions++
		o.Version += fmt.Sprintf("#%s-%d", Retraction, u.Retractions)
		child = item{ID: o.ID(), Kind: Retraction, Of: u.ID, Bucket: o.Bucket, Key: o.Key, Version: o.Version, Versioned: o.Versioned,
			Mode: u.Mode, Feed: u.Feed, State: Received, ReceivedAt: d.Now().UTC(), UploadedBy: by.Subject,
			UploadedByName: by.Name, Decisions: []Decision{d.decision(by, Requested, why)}}
		u.RetractID = child.ID
		// The child first: a retraction that its upload does not know of is only asked for again.
		return d.reader().create(ctx, &child)
	})
	if err != nil {
		return Upload{}, err
	}
	return child.view(), nil
}

func (d *Desk) decision(by staff.Identity, what, why string) Decision {
	return Decision{By: by.Subject, ByName: by.Name, What: what, Why: why, At: d.Now().UTC()}
}

func (u *item) decidedBy(by string) bool {
	for _, d := range u.Decisions {
		if d.By == by {
			return true
		}
	}
	return false
}

// approved reports whether as many people as it takes approved the plan.
func (u *item) approved() bool {
	n := 0
	for _, d := range u.Decisions {
		if d.What == Approved {
			n++
		}
	}
	return n >= u.approvals()
}

func (u *item) approvals() int {
	if u.Kind == Retraction {
		return 1
	}
	return 2
}

// tries is how often a decision is tried against others of the same moment.
const tries = 5

// decide changes an upload that rests, if nobody else has in between.
func (d *Desk) decide(ctx context.Context, uploadID string, change func(u *item) error) (Upload, error) {
	for range tries {
		u, err := d.get(ctx, uploadID)
		if err != nil {
			return Upload{}, err
		}
		if !u.Resting {
			return Upload{}, d.notResting(u)
		}
		same := expression.Name("revision").Equal(expression.Value(u.Revision)).
			And(expression.Name("resting").Equal(expression.Value(true)))
		if err := change(&u); err != nil {
			return Upload{}, err
		}
		u.Revision++
		u.LeaseUntil = 0
		err = put(ctx, d.DynamoDB, d.Table, &u, same)
		if errors.Is(err, ErrBusy) {
			continue
		}
		if err != nil {
			return Upload{}, err
		}
		return u.view(), nil
	}
	return Upload{}, errors.New("upload: others keep deciding on it at the same moment")
}

// notResting says why an upload that is under way cannot be decided on.
func (d *Desk) notResting(u item) error {
	if u.State == Applying || u.State == PlanReady {
		return ErrNotHeld
	}
	return fmt.Errorf("%w yet: it is %s", ErrNotHeld, u.State)
}
