package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"voice.example/shared/custody"
)

// maxListed is how many rejects and how many warnings of one range are listed; further ones are counted.
const maxListed = 10_000

// SpoolBytes is how much of a range is in memory at a time before it is spooled.
const SpoolBytes = 8 << 20

// validated is what came of reading one range.
type validated struct {
	Rejected int       `json:"rejected"`
	Unlisted int       `json:"unlisted"`
	Warnings int       `json:"warnings"`
	Spools   int       `json:"spools"`
	AsOf     time.Time `json:"as_of"`   // the latest moment that a row speaks of
	Undated  int       `json:"undated"` // rows that only say when something began or ended
	Ignored  []string  `json:"ignored,omitempty"`
}

// errNotSmall says that a small file unpacks to more than is kept in memory.
var errNotSmall = errors.New("upload: the file has too many rows for one part")

// validate reads the rows of one range: an observation of each goes to the spool, and what is wrong with it to the
// notes. A *[roster.FileError] means that none of the file may be used.
func (p *Pipeline) validate(ctx context.Context, u *item, i int) (validated, error) {
	rows, done, err := p.openRange(ctx, u, i)
	if err != nil {
		return validated{}, err
	}
	defer done()
	v := validated{Ignored: rows.Ignored()}
	var notes notes
	notes.warn(rows.Warnings()...)
	out := p.sink(ctx, u, i)
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return validated{}, err
		}
		notes.warn(row.Warnings...)
		next := latest{Line: row.Line, Observation: row.Observation}
		if len(row.Rejects) > 0 {
			v.Rejected++
			notes.reject(row.Rejects...)
			if row.ANumber == "" {
				continue
			}
			next.Unread, next.Observation.ANumber = true, row.ANumber
		} else if next.Observation.AsOf.After(v.AsOf) {
			v.AsOf = next.Observation.AsOf
		}
		if !row.Dated && !next.Unread {
			v.Undated++
		}
		if err := out.add(next); err != nil {
			return validated{}, err
		}
	}
	if err := out.end(); err != nil {
		return validated{}, err
	}
	v.Spools, v.Unlisted, v.Warnings = out.spools, notes.unlisted, notes.warnings
	return v, p.writeNotes(ctx, u, "validate", i, &notes)
}

// sink is where the rows of a range go: to memory, or in spools of about SpoolBytes to the bucket.
type sink struct {
	*Pipeline
	ctx    context.Context
	u      *item
	key    func(n int) string
	spool  *spool
	spools int
	held   bool // rows are people whom the feed holds
}

func (p *Pipeline) sink(ctx context.Context, u *item, i int) *sink {
	if u.small() {
		u.memory = new(memory)
	}
	return &sink{Pipeline: p, ctx: ctx, u: u, key: func(n int) string { return rowsKey(u.ID, i, n) }, spool: newSpool(u.Parts)}
}

func (s *sink) add(row latest) error {
	if s.u.small() {
		if s.held {
			s.u.memory.held = append(s.u.memory.held, row.Observation.ANumber)
			return nil
		}
		if len(s.u.memory.rows) >= maxPeople {
			return errNotSmall
		}
		s.u.memory.rows = append(s.u.memory.rows, row)
		return nil
	}
	if err := s.spool.add(row); err != nil {
		return err
	}
	if s.spool.size >= SpoolBytes {
		return s.flush()
	}
	return nil
}

func (s *sink) flush() error {
	key := s.key(s.spools)
	s.spools++
	err := s.write(s.ctx, s.u.Bucket, key, "application/octet-stream", s.spool.bytes())
	s.spool = newSpool(s.u.Parts)
	return err
}

func (s *sink) end() error {
	if s.spool.size == 0 {
		return nil
	}
	return s.flush()
}

// readFile reads the file range by range.
func (p *Pipeline) readFile(ctx context.Context, u *item) error {
	err := p.each(ctx, u, u.Ranges, &u.Validated, func(ctx context.Context, i int) error {
		v, err := p.validate(ctx, u, i)
		if err != nil {
			return err
		}
		return p.keep(ctx, u, resultKey("validated", i), v)
	})
	if errors.Is(err, errNotSmall) {
		u.memory, u.Progress = nil, Progress{Ranges: 1, Parts: wholeParts}
		return p.save(ctx, u)
	}
	if err != nil {
		return err
	}
	return p.fileRead(ctx, u)
}

// fileRead adds up what reading the ranges gave and, for a roster, asks whom the feed holds.
func (p *Pipeline) fileRead(ctx context.Context, u *item) error {
	u.Counts, u.Warnings, u.Unlisted, u.AsOf = Counts{}, 0, 0, time.Time{}
	var spooled spooled
	undated := 0
	for i := range u.Ranges {
		var v validated
		if err := p.kept(ctx, u, resultKey("validated", i), &v); err != nil {
			return err
		}
		u.Counts.add(Counts{Rejected: v.Rejected})
		u.Warnings += v.Warnings
		u.Unlisted += v.Unlisted
		if v.AsOf.After(u.AsOf) {
			u.AsOf = v.AsOf
		}
		undated += v.Undated
		if i == 0 {
			u.Ignored = v.Ignored
		}
		for n := range v.Spools {
			spooled.Rows = append(spooled.Rows, rowsKey(u.ID, i, n))
		}
	}
	if u.Mode == Roster {
		// A roster of stays says when each began and not when it was made: then it speaks of when it came.
		if undated > 0 || u.AsOf.IsZero() || u.AsOf.After(u.ReceivedAt) {
			u.AsOf = u.ReceivedAt
		}
		var err error
		if spooled.Held, err = p.census(ctx, u); err != nil {
			return fmt.Errorf("upload: asking whom the feed holds: %w", err)
		}
	}
	if !u.small() {
		if err := p.writeJSON(ctx, u.Bucket, workKey(u.ID, "spools.json"), spooled); err != nil {
			return err
		}
	}
	u.State = Diffing
	return p.saveLarge(ctx, u)
}

// spooled is which spools there are, in work/UPLOAD_ID/spools.json.
type spooled struct {
	Rows []string `json:"rows"`
	Held []string `json:"held,omitempty"`
}

// census spools the people whom a roster's feed holds, to be compared with whom the roster has.
func (p *Pipeline) census(ctx context.Context, u *item) (spools []string, err error) {
	out := &sink{Pipeline: p, ctx: ctx, u: u, key: func(n int) string { return heldKey(u.ID, n) }, spool: newSpool(u.Parts), held: true}
	for a, err := range p.Custody.Held(ctx, u.Feed) {
		if err != nil {
			return nil, err
		}
		if err := out.add(latest{Observation: custody.Observation{ANumber: a}}); err != nil {
			return nil, err
		}
	}
	if err := out.end(); err != nil {
		return nil, err
	}
	for n := range out.spools {
		spools = append(spools, heldKey(u.ID, n))
	}
	return spools, nil
}
