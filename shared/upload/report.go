package upload

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"time"

	"voice.example/shared/reject"
	"voice.example/shared/roster"
)

// Summary is reports/UPLOAD_ID/summary.json.
type Summary struct {
	UploadID string `json:"upload_id"`
	Key      string `json:"key"`
	State    State  `json:"state"`
	Counts
	Warnings int     `json:"warnings"`
	RRU      float64 `json:"rru"`
	WRU      float64 `json:"wru"`
	CostUSD  float64 `json:"cost_usd"` // of DynamoDB, at on-demand prices

	Kind   Kind   `json:"kind"`
	Of     string `json:"of,omitempty"` // the upload that this one belongs to, see Kind
	Mode   Mode   `json:"mode"`
	Feed   string `json:"feed"`
	DryRun bool   `json:"dry_run"`
	// Plan is what the plan would do, and why it is held, if it is. PlanHash is what an approval names.
	Plan     *Brake `json:"plan,omitempty"`
	PlanHash string `json:"plan_hash,omitempty"`
	// Missing is how many people whom the feed holds a roster lacks; they are in missing.csv, and MissingUpload is the
	// upload that holds them until people decide.
	Missing       int        `json:"missing"`
	MissingUpload string     `json:"missing_upload,omitempty"`
	Decisions     []Decision `json:"decisions,omitempty"`
	// RejectsNotListed is how many rejects rejects.csv leaves out.
	RejectsNotListed int `json:"rejects_not_listed,omitempty"`
	// Problem and Fix say why a file as a whole was not used.
	Problem string `json:"problem,omitempty"`
	Fix     string `json:"fix,omitempty"`
	// IgnoredColumns are the titles of columns that were passed over.
	IgnoredColumns []string  `json:"ignored_columns,omitempty"`
	ReceivedAt     time.Time `json:"received_at"`
	FinishedAt     time.Time `json:"finished_at,omitzero"`
}

func (p *Pipeline) summary(u *item) Summary {
	return Summary{UploadID: u.ID, Key: u.Key, State: u.State, Counts: u.Counts, Warnings: u.Warnings, RRU: u.RRU, WRU: u.WRU,
		CostUSD: cost(u.RRU, u.WRU), Kind: u.Kind, Of: u.Of, Mode: u.Mode, Feed: u.Feed, DryRun: u.DryRun, Plan: u.Brake,
		PlanHash: u.PlanHash, Missing: u.Planned.Missing, MissingUpload: u.MissingID, Decisions: u.Decisions,
		RejectsNotListed: u.Unlisted, Problem: u.Problem, Fix: u.Fix, IgnoredColumns: u.Ignored,
		ReceivedAt: u.ReceivedAt, FinishedAt: u.FinishedAt}
}

func reportKey(uploadID, name string) string { return "reports/" + uploadID + "/" + name }

// report writes the upload's reports: rejects.csv with a line for each reject and conflict, warnings.csv alike and
// missing.csv if there are any, report.html, which is a picture of it all and, last, summary.json, so that whoever sees that
// finds the others.
func (p *Pipeline) report(ctx context.Context, u *item) error {
	if err := p.reportNotes(ctx, u, "rejects.csv", func(n note) *roster.Reject { return n.Reject }); err != nil {
		return err
	}
	if u.Warnings > 0 {
		if err := p.reportNotes(ctx, u, "warnings.csv", func(n note) *roster.Reject { return n.Warning }); err != nil {
			return err
		}
	}
	if u.MissingHash != "" {
		if err := p.reportMissing(ctx, u); err != nil {
			return err
		}
	}
	if err := p.reportPicture(ctx, u); err != nil {
		return err
	}
	body, err := json.MarshalIndent(p.summary(u), "", "  ")
	if err != nil {
		return err
	}
	return p.write(ctx, u.Bucket, reportKey(u.ID, "summary.json"), "application/json", append(body, '\n'))
}

// reportNotes writes those notes that pick takes as CSV.
func (p *Pipeline) reportNotes(ctx context.Context, u *item, name string, pick func(note) *roster.Reject) error {
	return p.stream(ctx, u.Bucket, reportKey(u.ID, name), "text/csv; charset=utf-8", func(w io.Writer) error {
		out := reject.NewWriter(w)
		if u.Problem != "" && name == "rejects.csv" {
			out.Write(roster.Reject{Line: 1, Problem: u.Problem, Fix: u.Fix})
		}
		err := p.eachNote(ctx, u, func(n note) error {
			if line := pick(n); line != nil {
				return out.Write(*line)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return out.Flush()
	})
}

// reportMissing writes missing.csv: the people whom the feed holds and the roster lacks. The file has no line of theirs, so
// that it must name them; the bucket is for staff only.
func (p *Pipeline) reportMissing(ctx context.Context, u *item) error {
	var missing manifest
	if err := p.readJSON(ctx, u.Bucket, missingManifestKey(u.ID), &missing); err != nil {
		return err
	}
	return p.stream(ctx, u.Bucket, reportKey(u.ID, "missing.csv"), "text/csv; charset=utf-8", func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write([]string{"a_number", "facility", "field_office", "since", "as_of"}); err != nil {
			return err
		}
		for _, part := range missing.Parts {
			changes, err := p.readPart(ctx, u.Bucket, part)
			if err != nil {
				return err
			}
			for _, c := range changes {
				r := c.Record
				row := []string{string(r.ANumber), reject.Inert(r.Facility), reject.Inert(r.FieldOffice), r.Since.Format(time.RFC3339), r.AsOf.Format(time.RFC3339)}
				if err := out.Write(row); err != nil {
					return err
				}
			}
		}
		out.Flush()
		return out.Error()
	})
}
