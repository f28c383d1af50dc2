package upload

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"voice.example/shared/roster"
)

// Plan is what an upload would change, as it is kept in plans/UPLOAD_ID.ndjson: a line of head, then a line for each
// change, reject and warning.
type Plan struct {
	Head     Head
	Changes  []Change
	Rejects  []roster.Reject
	Warnings []roster.Reject
}

// Head is the first line of a plan: the rows that change nothing.
type Head struct {
	UploadID string   `json:"upload_id"`
	Counts   Counts   `json:"counts"`
	Ignored  []string `json:"ignored_columns,omitempty"`
}

// line is one line of a plan after the head; one of its fields is set.
type line struct {
	Change  *Change        `json:"change,omitempty"`
	Reject  *roster.Reject `json:"reject,omitempty"`
	Warning *roster.Reject `json:"warning,omitempty"`
}

func planKey(uploadID string) string { return "plans/" + uploadID + ".ndjson" }

func (p *Pipeline) writePlan(ctx context.Context, bucket string, plan Plan) error {
	var body bytes.Buffer
	out := json.NewEncoder(&body)
	if err := out.Encode(plan.Head); err != nil {
		return err
	}
	for i := range plan.Changes {
		if err := out.Encode(line{Change: &plan.Changes[i]}); err != nil {
			return err
		}
	}
	for i := range plan.Rejects {
		if err := out.Encode(line{Reject: &plan.Rejects[i]}); err != nil {
			return err
		}
	}
	for i := range plan.Warnings {
		if err := out.Encode(line{Warning: &plan.Warnings[i]}); err != nil {
			return err
		}
	}
	return p.put(ctx, bucket, planKey(plan.Head.UploadID), "application/x-ndjson", body.Bytes())
}

func (p *Pipeline) readPlan(ctx context.Context, bucket, uploadID string) (Plan, error) {
	body, err := p.open(ctx, Object{Bucket: bucket, Key: planKey(uploadID)})
	if err != nil {
		return Plan{}, fmt.Errorf("upload: reading the plan: %w", err)
	}
	defer body.Close()
	var plan Plan
	in := json.NewDecoder(bufio.NewReader(body))
	if err := in.Decode(&plan.Head); err != nil {
		return Plan{}, fmt.Errorf("upload: the plan's head: %w", err)
	}
	for in.More() {
		var l line
		if err := in.Decode(&l); err != nil {
			return Plan{}, fmt.Errorf("upload: a line of the plan: %w", err)
		}
		switch {
		case l.Change != nil:
			plan.Changes = append(plan.Changes, *l.Change)
		case l.Reject != nil:
			plan.Rejects = append(plan.Rejects, *l.Reject)
		case l.Warning != nil:
			plan.Warnings = append(plan.Warnings, *l.Warning)
		}
	}
	return plan, nil
}
