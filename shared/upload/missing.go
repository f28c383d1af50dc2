package upload

import (
	"context"

	"voice.example/shared/custody"
	"voice.example/shared/feed"
)

// diffMissing plans what happens to people whom the feed holds and its roster lacks, if people approve it: nobody can
// say that they are free, so their status stays, and their subscribers are told that they are not on the list any more.
func (p *Pipeline) diffMissing(ctx context.Context, u *item, source feed.Feed, part int, missing []custody.ANumber) (planPart, error) {
	records, err := p.Custody.GetMany(ctx, missing)
	if err != nil {
		return planPart{}, err
	}
	at := u.AsOf
	var changes []Change
	for _, a := range missing {
		old, ok := records[a]
		if !ok || old.HeldBy() != u.Feed || old.AsOf.After(at) {
			continue // left since, or booked in after the roster was made
		}
		known := old
		known.AsOf = source.KnownAsOf(old) // the last roster that had them
		record := known.Unlist(at, u.missing().ID(), u.ReceivedAt)
		changes = append(changes, Change{Old: &old, Record: record, Event: custody.Change(&old, &record, p.Now())})
	}
	if err := p.countAlerts(ctx, changes); err != nil {
		return planPart{}, err
	}
	return p.writePart(ctx, u, partKey(u.ID, "missing", part), changes)
}

// missing is the object of the upload that holds the people whom this roster lacks.
func (u *item) missing() Object {
	o := u.object()
	o.Version += "#" + string(Missing)
	return o
}

// holdMissing makes the upload that holds the people whom a roster lacks, once the roster is done.
func (p *Pipeline) holdMissing(ctx context.Context, u *item) error {
	if u.MissingHash == "" || u.DryRun {
		return nil
	}
	var m manifest
	if err := p.readJSON(ctx, u.Bucket, missingManifestKey(u.ID), &m); err != nil {
		return err
	}
	o := u.missing()
	child := item{ID: o.ID(), Kind: Missing, Of: u.ID, Bucket: o.Bucket, Key: o.Key, Version: o.Version, Versioned: o.Versioned,
		Mode: u.Mode, Feed: u.Feed, State: Held, Resting: true, ReceivedAt: u.ReceivedAt, UploadedBy: u.UploadedBy, UploadedByName: u.UploadedByName, AsOf: u.AsOf,
		Planned: m.Tally, HeldOf: u.HeldOf, Unread: u.Counts.Rejected + u.Counts.Conflicts, PlanHash: u.MissingHash, Progress: Progress{Parts: len(m.Parts), Diffed: len(m.Parts)}}
	child.Brake = ptr(p.Limits.weigh(&child))
	if err := p.writeManifest(ctx, u.Bucket, child.ID, m); err != nil {
		return err
	}
	if err := p.create(ctx, &child); err != nil {
		return err
	}
	u.MissingID = child.ID
	if err := p.report(ctx, &child); err != nil {
		return err
	}
	return p.tellHeld(ctx, &child)
}
