package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"sort"
	"time"

	"voice.example/shared/aws"
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
	// Problem and Fix say why a file as a whole was not used.
	Problem string `json:"problem,omitempty"`
	Fix     string `json:"fix,omitempty"`
	// IgnoredColumns are the titles of columns that were passed over.
	IgnoredColumns []string  `json:"ignored_columns,omitempty"`
	ReceivedAt     time.Time `json:"received_at"`
	FinishedAt     time.Time `json:"finished_at"`
}

// report writes the upload's reports: rejects.csv with a line for each reject and conflict, warnings.csv alike if there
// are any and, last, summary.json, so that whoever sees it finds the others.
func (p *Pipeline) report(ctx context.Context, bucket string, s Summary, rejects, warnings []roster.Reject) error {
	folder := "reports/" + s.UploadID + "/"
	files := map[string][]roster.Reject{"rejects.csv": rejects}
	if len(warnings) > 0 {
		files["warnings.csv"] = warnings
	}
	for name, lines := range files {
		sort.SliceStable(lines, func(i, j int) bool { return lines[i].Line < lines[j].Line })
		var body bytes.Buffer
		if err := roster.WriteRejects(&body, lines); err != nil {
			return err
		}
		if err := p.put(ctx, bucket, folder+name, "text/csv; charset=utf-8", body.Bytes()); err != nil {
			return err
		}
	}
	body, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return p.put(ctx, bucket, folder+"summary.json", "application/json", append(body, '\n'))
}

func (p *Pipeline) summary(u item, o Object) Summary {
	return Summary{UploadID: u.ID, Key: o.Key, State: u.State, Counts: u.Counts, RRU: u.RRU, WRU: u.WRU,
		CostUSD: math.Round(aws.Consumed{RRU: u.RRU, WRU: u.WRU}.Cost()*1e9) / 1e9, ReceivedAt: u.ReceivedAt, FinishedAt: p.Now().UTC()}
}
