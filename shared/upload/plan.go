package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// planPart is one object of a plan: changes, one after the other.
type planPart struct {
	Key     string `json:"key,omitempty"` // empty: there are no changes in the part
	Changes int    `json:"changes"`
	SHA256  string `json:"sha256,omitempty"`
}

// manifest is a plan, in plans/UPLOAD_ID/manifest.json. Its hash is the plan's hash: who approves it approves the exact
// bytes of every part.
type manifest struct {
	Tally Tally      `json:"tally"`
	Parts []planPart `json:"parts"`
}

// errOtherPlan says that a part of the plan is not what it was when the plan was made.
var errOtherPlan = errors.New("upload: a part of the plan has been changed")

func partKey(uploadID, name string, i int) string {
	return fmt.Sprintf("plans/%s/%s-%05d.cbor", uploadID, name, i)
}
func manifestKey(uploadID string) string        { return "plans/" + uploadID + "/manifest.json" }
func missingManifestKey(uploadID string) string { return "plans/" + uploadID + "/missing.json" }

// writePart writes the changes of one part.
func (p *Pipeline) writePart(ctx context.Context, u *item, key string, changes []Change) (planPart, error) {
	if len(changes) == 0 {
		return planPart{}, nil
	}
	var body bytes.Buffer
	out := wire.NewEncoder(&body)
	for i := range changes {
		if err := out.Encode(&changes[i]); err != nil {
			return planPart{}, fmt.Errorf("upload: encoding a plan: %w", err)
		}
		if i == 99 {
			body.Grow(body.Len() / 90 * len(changes)) // about what the rest will take
		}
	}
	part := planPart{Key: key, Changes: len(changes), SHA256: hash(body.Bytes())}
	return part, p.write(ctx, u.Bucket, key, "application/cbor-seq", body.Bytes())
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// readPart reads the changes of one part, and makes sure that they are those of the plan.
func (p *Pipeline) readPart(ctx context.Context, bucket string, part planPart) ([]Change, error) {
	if part.Key == "" {
		return nil, nil
	}
	data, err := p.read(ctx, bucket, part.Key, 0, 0)
	if err != nil {
		return nil, err
	}
	if hash(data) != part.SHA256 {
		return nil, errOtherPlan
	}
	changes := make([]Change, 0, part.Changes)
	return changes, decodeEach(part.Key, data, func(c Change) { changes = append(changes, c) })
}

// makePlan compares the upload with the table, part by part.
func (p *Pipeline) makePlan(ctx context.Context, u *item) error {
	err := p.each(ctx, u, u.Parts, &u.Diffed, func(ctx context.Context, i int) error {
		d, err := p.diff(ctx, u, i)
		if err != nil {
			return err
		}
		return p.keep(ctx, u, resultKey("diffed", i), d)
	})
	if err != nil {
		return err
	}
	return p.planMade(ctx, u)
}

// planMade seals the plan, weighs it and, if it would do too much, holds it.
func (p *Pipeline) planMade(ctx context.Context, u *item) error {
	if u.Parts == 0 {
		return errors.New("upload: there is no part to plan")
	}
	var plan, missing manifest
	rejected := u.Counts.Rejected
	u.Counts, u.Planned = Counts{}, Tally{}
	u.Counts.add(Counts{Rejected: rejected})
	for i := range u.Parts {
		var d diffed
		if err := p.kept(ctx, u, resultKey("diffed", i), &d); err != nil {
			return err
		}
		u.Counts.add(d.Counts)
		u.Planned.add(d.Tally)
		u.use(d.Used)
		plan.Parts = append(plan.Parts, d.Plan)
		missing.Parts = append(missing.Parts, d.Missing)
	}
	var err error
	if u.HeldOf, err = p.held(ctx, u); err != nil {
		return err
	}
	if u.Recent, err = p.recent(ctx, u); err != nil {
		return err
	}
	plan.Tally = u.Planned
	if u.PlanHash, err = p.seal(ctx, u.Bucket, manifestKey(u.ID), plan); err != nil {
		return err
	}
	if u.Planned.Missing > 0 {
		if missing.Tally, err = p.tally(ctx, u.Bucket, missing.Parts); err != nil {
			return err
		}
		if u.MissingHash, err = p.seal(ctx, u.Bucket, missingManifestKey(u.ID), missing); err != nil {
			return err
		}
	}
	u.Brake = ptr(p.Limits.weigh(u))
	u.State = PlanReady
	switch {
	case u.DryRun:
		u.Resting, u.FinishedAt = true, p.Now().UTC()
	case len(u.Brake.Reasons) > 0:
		u.State, u.Resting = Held, true
	}
	if !u.Resting {
		return p.save(ctx, u)
	}
	// The report first: an attempt killed in between reports the same again.
	u.meter(p.Meter)
	if err := p.report(ctx, u); err != nil {
		return err
	}
	if u.State == Held {
		if err := p.tellHeld(ctx, u); err != nil {
			return err
		}
	}
	return p.save(ctx, u)
}

// held is how many people are held by each feed of whom the plan would end the custody of some, and by the feed of a roster.
func (p *Pipeline) held(ctx context.Context, u *item) (map[string]int, error) {
	feeds := map[string]bool{}
	for feed := range u.Planned.EndsOf {
		feeds[feed] = true
	}
	if u.Mode == Roster {
		feeds[u.Feed] = true
	}
	held := map[string]int{}
	for feed := range feeds {
		n, err := p.Custody.CountHeld(ctx, feed)
		if err != nil {
			return nil, fmt.Errorf("upload: counting whom a feed holds: %w", err)
		}
		held[feed] = n
	}
	return held, nil
}

// recent adds up what other uploads of the last day did, or are about to do, that nobody had to approve.
func (p *Pipeline) recent(ctx context.Context, u *item) (r Recent, err error) {
	if u.Planned.ends() == 0 && u.Planned.Alerts == 0 {
		return r, nil
	}
	for _, state := range []State{PlanReady, Applying, Done} {
		others, err := p.receivedSince(ctx, state, p.Now().Add(-recently))
		if err != nil {
			return Recent{}, err
		}
		for _, other := range others {
			if other.ID == u.ID || other.DryRun || other.exact() {
				continue
			}
			r.Alerts += other.Planned.Alerts
			for feed := range u.Planned.EndsOf {
				if n := other.Planned.EndsOf[feed]; n > 0 {
					r.EndsOf = bump(r.EndsOf, feed, n)
				}
			}
		}
	}
	return r, nil
}

// tally adds up what the parts of a plan would do.
func (p *Pipeline) tally(ctx context.Context, bucket string, parts []planPart) (t Tally, err error) {
	for _, part := range parts {
		changes, err := p.readPart(ctx, bucket, part)
		if err != nil {
			return Tally{}, err
		}
		for _, c := range changes {
			t.count(c)
			t.Missing++
		}
	}
	return t, nil
}

// seal writes a manifest and returns its hash.
func (p *Pipeline) seal(ctx context.Context, bucket, key string, m manifest) (string, error) {
	data, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	return hash(data), p.write(ctx, bucket, key, "application/json", data)
}

func (p *Pipeline) writeManifest(ctx context.Context, bucket, uploadID string, m manifest) error {
	_, err := p.seal(ctx, bucket, manifestKey(uploadID), m)
	return err
}

// readPlan reads the manifest of an upload's plan, and makes sure that it is the one that was made.
func (p *Pipeline) readPlan(ctx context.Context, u *item) (manifest, error) {
	data, err := p.read(ctx, u.Bucket, manifestKey(u.ID), 0, 0)
	if err != nil {
		return manifest{}, err
	}
	if hash(data) != u.PlanHash {
		return manifest{}, errOtherPlan
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return manifest{}, fmt.Errorf("upload: the plan cannot be read: %w", err)
	}
	return m, nil
}
