package upload

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"voice.example/shared/custody"
)

// lookAtRetracted sets out to take another upload back, part by part of its plan.
func (p *Pipeline) lookAtRetracted(ctx context.Context, u *item) error {
	wrong, err := p.get(ctx, u.Of)
	if err != nil {
		return fmt.Errorf("upload: reading what is to be retracted: %w", err)
	}
	plan, err := p.readPlan(ctx, &wrong)
	if err != nil {
		return err
	}
	u.Progress = Progress{Parts: len(plan.Parts)}
	u.State = Diffing
	return p.saveLarge(ctx, u)
}

// diffRetracted plans what takes one part of another upload back: each record says again what it said before, unless
// something newer has come. What a record was told to say by mistake is corrected to those who were told.
func (p *Pipeline) diffRetracted(ctx context.Context, u *item, part int) (diffed, error) {
	wrong, err := p.get(ctx, u.Of)
	if err != nil {
		return diffed{}, fmt.Errorf("upload: reading what is retracted: %w", err)
	}
	plan, err := p.readPlan(ctx, &wrong)
	if err != nil {
		return diffed{}, err
	}
	written, err := p.written(ctx, &wrong, plan, part)
	if err != nil {
		return diffed{}, err
	}
	var d diffed
	var changes []Change
	for start := 0; start < len(written); start += chunk {
		some := written[start:min(start+chunk, len(written))]
		keys := make([]custody.ANumber, len(some))
		for i := range some {
			keys[i] = some[i].Record.ANumber
		}
		records, err := p.Custody.GetMany(ctx, keys)
		if err != nil {
			return diffed{}, err
		}
		for _, c := range some {
			old, ok := records[c.Record.ANumber]
			if !ok {
				continue
			}
			record, changed := old.Retract(c.Old, c.Record, u.ID, u.ReceivedAt)
			if !changed {
				d.Counts.add(Counts{Unchanged: 1})
				continue
			}
			change := Change{Line: c.Line, Old: &old, Record: record}
			if c.Event != custody.NoEvent {
				change.Event, change.Alerts = custody.Change(&old, &record, p.Now()), c.Alerts
			}
			changes = append(changes, change)
		}
	}
	d.Tally.Known = len(written)
	for _, c := range changes {
		d.Tally.count(c)
	}
	if d.Plan, err = p.writePart(ctx, u, partKey(u.ID, "part", part), changes); err != nil {
		return diffed{}, err
	}
	if u.small() {
		if u.memory == nil {
			u.memory = new(memory)
		}
		u.memory.plan = changes
	}
	return d, nil
}

// A change that was compared anew with a record that another upload had changed is another one than planned, or none. It
// is kept in plans/UPLOAD_ID/amended-PART-INDEX.json, so that a retraction knows what was written.

func amendedPrefix(uploadID string, part int) string {
	return fmt.Sprintf("plans/%s/amended-%05d-", uploadID, part)
}

func (p *Pipeline) amend(ctx context.Context, u *item, c placed) error {
	return p.writeJSON(ctx, u.Bucket, fmt.Sprintf("%s%07d.json", amendedPrefix(u.ID, c.part), c.index), c.Change)
}

// written is the changes of one part as they were written. A confirmation told nobody anything, and is not taken back.
func (p *Pipeline) written(ctx context.Context, u *item, plan manifest, part int) ([]Change, error) {
	changes, err := p.readPart(ctx, u.Bucket, plan.Parts[part])
	if err != nil {
		return nil, err
	}
	prefix := amendedPrefix(u.ID, part)
	keys, err := p.list(ctx, u.Bucket, prefix)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		i, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(key, prefix), ".json"))
		if err != nil || i >= len(changes) {
			return nil, fmt.Errorf("upload: %s is none of its plan's", key)
		}
		var c Change
		if err := p.readJSON(ctx, u.Bucket, key, &c); err != nil {
			return nil, err
		}
		changes[i] = c
	}
	return slices.DeleteFunc(changes, func(c Change) bool { return c.Confirms || c.Dropped }), nil
}
