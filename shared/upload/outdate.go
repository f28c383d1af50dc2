package upload

import (
	"context"
	"errors"
	"time"
)

// Outdated is the decision that the service itself takes on people missing from a roster, once a newer roster of the same
// feed is in: who is missing from that one too is held anew.
const Outdated = "outdated"

// outdateMissing ends the groups of missing people that older rosters of the feed left to be decided.
func (p *Pipeline) outdateMissing(ctx context.Context, u *item) error {
	if u.Mode != Roster || u.Kind != File || u.DryRun {
		return nil
	}
	groups, err := p.receivedSince(ctx, Held, time.Time{})
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g.Kind != Missing || g.Feed != u.Feed || !g.AsOf.Before(u.AsOf) {
			continue
		}
		_, err := p.desk().decide(ctx, g.ID, func(g *item) error {
			if g.State != Held {
				return ErrNotHeld
			}
			g.Decisions = append(g.Decisions, Decision{By: "upload " + u.ID, What: Outdated, Why: "a newer roster of the feed is in", At: p.Now().UTC()})
			g.State, g.FinishedAt = Rejected, p.Now().UTC()
			return nil
		})
		if err != nil && !errors.Is(err, ErrNotHeld) {
			return err
		}
	}
	return nil
}

// desk is what the service itself decides at.
func (p *Pipeline) desk() *Desk {
	return &Desk{S3: p.S3, DynamoDB: p.DynamoDB, Table: p.Table, Now: p.Now}
}
