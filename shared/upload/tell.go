package upload

import (
	"context"
	"fmt"
	"strings"
)

// tellHeld tells staff that an upload waits for people. Telling twice, after a crash, does no harm.
func (p *Pipeline) tellHeld(ctx context.Context, u *item) error {
	return p.tell(ctx, "VOICE: an upload is held", fmt.Sprintf(
		"The upload %s of the feed %s is held. Nothing of it is applied until %s approved it.\n\nWhy: %s\n\nIt would change %d records and send %d alerts. See it with: voicectl plan %s\n",
		u.ID, u.Feed, map[int]string{1: "one more person has", 2: "two people have"}[u.approvals()], strings.Join(u.Brake.Reasons, "; "), u.Brake.Changes, u.Brake.Alerts, u.ID))
}

// tellRefused tells staff that an upload was not used.
func (p *Pipeline) tellRefused(ctx context.Context, u *item) error {
	return p.tell(ctx, "VOICE: an upload was not used", fmt.Sprintf("The upload %s of the feed %s ended as %s: %s. %s\n",
		u.ID, u.Feed, u.State, u.Problem, u.Fix))
}

func (p *Pipeline) tell(ctx context.Context, subject, text string) error {
	if p.Staff == nil {
		return nil
	}
	if err := p.Staff.Notify(ctx, subject, text); err != nil {
		return fmt.Errorf("upload: telling staff: %w", err)
	}
	return nil
}
