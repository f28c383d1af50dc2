package upload

import (
	"cmp"
	"context"
	"fmt"

	"voice.example/shared/roster"
)

// A file is read in ranges and compared with the table in parts: each is as much as is in memory at once. Rows of one
// person are in one part, whatever ranges they are in.
const (
	RangeBytes = 16 << 20
	PartBytes  = 2 << 20
	maxParts   = 4096
	// wholeParts is into how many parts a file goes that cannot be cut, such as a compressed one: enough for the most
	// that it may be.
	wholeParts = 128
	// maxPeople is how many rows a small file, one of a single range and part, may have.
	maxPeople = 30_000
)

// ranges says how a large file is cut, in work/UPLOAD_ID/ranges.json.
type ranges struct {
	Layout roster.Layout  `json:"layout"`
	Ranges []roster.Range `json:"ranges"`
}

func workKey(uploadID, name string) string { return "work/" + uploadID + "/" + name }

// look looks at the file, and says how many ranges and parts there are to work through.
func (p *Pipeline) look(ctx context.Context, u *item) error {
	if u.Kind == Retraction {
		return p.lookAtRetracted(ctx, u)
	}
	if u.Feed == "" {
		return &roster.FileError{Problem: "the name of the file's folder gives no name of a feed", Fix: "Use small letters, digits and dashes, as in roster/springfield/FILE."}
	}
	size, by, err := p.head(ctx, u.object())
	if err != nil {
		return err
	}
	if u.Size = size; by.Subject != "" {
		u.UploadedBy, u.UploadedByName = by.Subject, by.Name
	}
	if err := p.split(ctx, u); err != nil {
		return err
	}
	u.State = Validating
	return p.saveLarge(ctx, u)
}

// saveLarge notes a step of an upload that takes more than one go.
func (p *Pipeline) saveLarge(ctx context.Context, u *item) error {
	if u.small() {
		return nil
	}
	return p.save(ctx, u)
}

func (p *Pipeline) partBytes() int64 { return cmp.Or(p.PartBytes, PartBytes) }

func (p *Pipeline) split(ctx context.Context, u *item) error {
	u.Progress = Progress{Ranges: 1, Parts: 1}
	if u.Size <= p.partBytes() {
		return nil
	}
	layout, err := p.layout(ctx, u)
	if err != nil {
		return err
	}
	if !layout.Splittable {
		u.Parts = wholeParts
		return nil
	}
	u.Parts = int(min((u.Size+p.partBytes()-1)/p.partBytes(), maxParts))
	file, err := p.open(ctx, u.object(), 0, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	cut := ranges{Layout: layout}
	if cut.Ranges, err = roster.Split(file, layout, cmp.Or(p.RangeBytes, RangeBytes)); err != nil {
		return err
	}
	u.Ranges = max(len(cut.Ranges), 1)
	if u.Ranges == 1 {
		return nil
	}
	return p.writeJSON(ctx, u.Bucket, workKey(u.ID, "ranges.json"), cut)
}

func (p *Pipeline) layout(ctx context.Context, u *item) (roster.Layout, error) {
	file, err := p.open(ctx, u.object(), 0, 0)
	if err != nil {
		return roster.Layout{}, err
	}
	defer file.Close()
	rows, err := roster.Open(file, p.options())
	if err != nil {
		return roster.Layout{}, err
	}
	defer rows.Close()
	return rows.Layout(), nil
}

// openRange returns the rows of one range, and what to close after them.
func (p *Pipeline) openRange(ctx context.Context, u *item, i int) (*roster.Reader, func(), error) {
	if u.Ranges == 1 {
		file, err := p.open(ctx, u.object(), 0, 0)
		if err != nil {
			return nil, nil, err
		}
		rows, err := roster.Open(file, p.options())
		if err != nil {
			file.Close()
			return nil, nil, err
		}
		return rows, func() { rows.Close(); file.Close() }, nil
	}
	var cut ranges
	if err := p.readJSON(ctx, u.Bucket, workKey(u.ID, "ranges.json"), &cut); err != nil {
		return nil, nil, err
	}
	if i >= len(cut.Ranges) {
		return nil, nil, fmt.Errorf("upload: range %d of %d", i, len(cut.Ranges))
	}
	at := cut.Ranges[i]
	file, err := p.open(ctx, u.object(), at.Start, at.End)
	if err != nil {
		return nil, nil, err
	}
	rows, err := roster.Resume(file, cut.Layout, at.Line, p.options())
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return rows, func() { rows.Close(); file.Close() }, nil
}
