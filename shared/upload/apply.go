package upload

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
	"voice.example/shared/roster"
)

const (
	writers    = 16              // calls that write under way at once
	checkpoint = 2500            // changes between two checkpoints within a part
	reserve    = 8 * time.Second // left at the end of a worker's time for what is under way, and to save
	retries    = 3               // comparisons anew before a conflict is reported
)

// applied is what came of writing changes.
type applied struct {
	Counts    Counts `json:"counts" dynamodbav:"counts"`
	Conflicts []int  `json:"-" dynamodbav:"-"` // lines
	Used      Used   `json:"used" dynamodbav:"-"`
}

func (a *applied) add(other applied) {
	a.Counts.add(other.Counts)
	a.Conflicts = append(a.Conflicts, other.Conflicts...)
}

// placed is a change and where it stands in the plan.
type placed struct {
	Change
	part, index int
}

// applyPlan writes the plan, part by part.
func (p *Pipeline) applyPlan(ctx context.Context, u *item) error {
	plan, err := p.readPlan(ctx, u)
	if err != nil {
		return err
	}
	u.State = Applying
	u.Applies++
	if err := p.save(ctx, u); err != nil {
		return err
	}
	err = p.each(ctx, u, len(plan.Parts), &u.Applied, func(ctx context.Context, i int) error {
		done, err := p.applyPart(ctx, u, plan.Parts[i], i)
		if err != nil {
			return err
		}
		u.NextChange, u.Partial = 0, nil
		return p.keep(ctx, u, resultKey("applied", i), done)
	})
	if err != nil {
		return err
	}
	return p.planApplied(ctx, u, len(plan.Parts))
}

// applyPart writes one part of the plan, from the checkpoint on.
func (p *Pipeline) applyPart(ctx context.Context, u *item, part planPart, i int) (applied, error) {
	var changes []Change
	if u.small() && u.memory != nil && u.memory.plan != nil {
		changes = u.memory.plan
	} else {
		var err error
		if changes, err = p.readPart(ctx, u.Bucket, part); err != nil {
			return applied{}, err
		}
	}
	var done applied
	if u.Partial != nil {
		done = *u.Partial
	}
	for start := u.NextChange; start < len(changes); {
		end := min(start+checkpoint, len(changes))
		some, err := p.applySome(ctx, u, i, start, changes[start:end])
		if err != nil {
			return applied{}, err
		}
		if err := p.noteConflicts(ctx, u, i*maxChanges+start, some.Conflicts); err != nil {
			return applied{}, err
		}
		done.Counts.add(some.Counts)
		if start = end; start < len(changes) && !u.Mapped {
			u.NextChange, u.Partial, u.Slow = start, &done, 0
			if err := p.save(ctx, u); err != nil {
				return applied{}, err
			}
		}
	}
	return done, nil
}

// maxChanges is more than a part has changes; it keeps the names of notes apart.
const maxChanges = 1_000_000

// noteConflicts notes rows that were not written.
func (p *Pipeline) noteConflicts(ctx context.Context, u *item, at int, lines []int) error {
	var n notes
	for _, line := range lines {
		n.reject(roster.Reject{Line: line, Problem: "another upload changed this record meanwhile", Fix: "Upload the row again."})
	}
	if n.body.Len() == 0 && (u.Applies > 1 || u.Mapped) {
		n.body.WriteByte('\n') // an attempt before this one may have met a conflict that is none now
	}
	return p.writeNotes(ctx, u, "write", at, &n)
}

// applySome writes the changes of a part from an index on, side by side: first versions 25 a call, others one by one.
func (p *Pipeline) applySome(ctx context.Context, u *item, part, from int, changes []Change) (applied, error) {
	var all applied
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	run := func(some []placed, write func(context.Context, *item, []placed) (applied, error)) {
		group.Go(func() error {
			done, err := write(ctx, u, some)
			mu.Lock()
			defer mu.Unlock()
			all.add(done)
			return err
		})
	}
	var first []placed
	for i := range changes {
		c := placed{changes[i], part, from + i}
		if c.Record.Version > 1 {
			run([]placed{c}, p.applyOne)
			continue
		}
		if first = append(first, c); len(first) == custody.MaxInsert {
			run(first, p.insert)
			first = nil
		}
	}
	if len(first) > 0 {
		run(first, p.insert)
	}
	return all, group.Wait()
}

// insert writes the records of people of whom there was none.
func (p *Pipeline) insert(ctx context.Context, u *item, changes []placed) (applied, error) {
	records := make([]custody.Record, len(changes))
	for i := range changes {
		records[i] = changes[i].Record
	}
	outcomes, err := p.Custody.Insert(ctx, records)
	if err != nil {
		return applied{}, err
	}
	var done applied
	for i, err := range outcomes {
		one := wrote(changes[i].Change)
		if err != nil {
			if one, err = p.settle(ctx, u, changes[i]); err != nil {
				return done, err
			}
		}
		done.add(one)
	}
	return done, nil
}

func (p *Pipeline) applyOne(ctx context.Context, u *item, changes []placed) (applied, error) {
	err := p.Custody.Apply(ctx, changes[0].Record)
	if errors.Is(err, custody.ErrConflict) {
		return p.settle(ctx, u, changes[0])
	}
	if err != nil {
		return applied{}, err
	}
	return wrote(changes[0].Change), nil
}

// wrote is what a change counts for.
func wrote(c Change) applied {
	counts := Counts{Applied: 1}
	if c.Confirms {
		counts = Counts{Unchanged: 1}
	}
	if c.Event != custody.NoEvent {
		counts.Events, counts.Alerts = 1, c.Alerts
	}
	return applied{Counts: counts}
}

// settle deals with a record that is not the one the change was planned against. Either the change is in already, from
// an attempt that was killed, or another upload was faster. A plan that people approved is not to be made up anew: that
// is a conflict. Else the row is compared with what is there now, and written only if it still is the news.
func (p *Pipeline) settle(ctx context.Context, u *item, c placed) (applied, error) {
	for range retries {
		now, err := p.Custody.Get(ctx, c.Record.ANumber, true)
		if errors.Is(err, custody.ErrNotFound) {
			break
		}
		if err != nil {
			return applied{}, fmt.Errorf("upload: after a conflict: %w", err)
		}
		if now.UploadID == u.ID {
			return wrote(c.Change), nil
		}
		if u.exact() {
			break
		}
		feeds, err := p.sources(ctx)
		if err != nil {
			return applied{}, err
		}
		again, outcome := p.compare(u, feeds, latest{Line: c.Line, Observation: c.observation()}, &now)
		if outcome != (Counts{}) {
			return applied{Counts: outcome}, p.drop(ctx, u, c)
		}
		again.Alerts, c.Change = c.Alerts, again
		if err := p.amend(ctx, u, c); err != nil { // first: so that whatever is written can be retracted
			return applied{}, err
		}
		err = p.Custody.Apply(ctx, c.Record)
		if err == nil {
			return wrote(c.Change), nil
		}
		if !errors.Is(err, custody.ErrConflict) {
			return applied{}, err
		}
	}
	return applied{Counts: Counts{Conflicts: 1}, Conflicts: []int{c.Line}}, p.drop(ctx, u, c)
}

// drop notes that a change was not written, if that is certain: an attempt before this one may have written it and been
// killed, and another upload have gone on from there. Then a retraction takes it too; whom it was told to, the ledger of
// alerts knows.
func (p *Pipeline) drop(ctx context.Context, u *item, c placed) error {
	if c.Dropped = u.Applies == 1 && !u.Mapped; !c.Dropped {
		return nil
	}
	return p.amend(ctx, u, c)
}

// planApplied adds up what became of the plan, reports, and ends the upload.
func (p *Pipeline) planApplied(ctx context.Context, u *item, parts int) error {
	before, rru, wru := u.Counts, u.RRU, u.WRU
	for i := range parts {
		var done applied
		if err := p.kept(ctx, u, resultKey("applied", i), &done); err != nil {
			return err
		}
		u.Counts.add(done.Counts)
		u.use(done.Used)
	}
	if err := p.end(ctx, u); err != nil {
		u.Counts, u.RRU, u.WRU = before, rru, wru
		return err
	}
	return nil
}

// end reports, and only then ends the upload: an attempt killed in between reports the same again.
func (p *Pipeline) end(ctx context.Context, u *item) error {
	if err := p.outdateMissing(ctx, u); err != nil {
		return err
	}
	if err := p.holdMissing(ctx, u); err != nil {
		return err
	}
	if err := p.heard(ctx, u); err != nil {
		return err
	}
	state := u.State
	u.State, u.Resting, u.FinishedAt = Done, true, p.Now().UTC()
	u.meter(p.Meter)
	if err := p.report(ctx, u); err != nil {
		u.State, u.Resting = state, false
		return err
	}
	return p.save(ctx, u)
}

// heard notes that a feed has spoken and, for a roster of which every row was understood and nobody is missing without
// people having said so, that the feed vouches for everybody on it.
func (p *Pipeline) heard(ctx context.Context, u *item) error {
	if u.DryRun || u.Kind == Retraction {
		return nil
	}
	if u.Kind == File {
		if c := u.Counts; u.AsOf.IsZero() || c.Rejected > 0 && c.Rejected == c.Rows {
			return nil // no row was understood
		}
		if err := p.Feeds.Heard(ctx, u.Feed, u.ReceivedAt, u.AsOf); err != nil {
			return err
		}
	}
	if u.Mode != Roster || u.Planned.Missing > 0 && u.Kind == File || u.Counts.Rejected+u.Counts.Conflicts+u.Unread > 0 {
		return nil
	}
	return p.Feeds.Confirm(ctx, u.Feed, u.ReceivedAt, u.AsOf)
}
