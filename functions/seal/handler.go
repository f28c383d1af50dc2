package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/audit"
	"voice.example/shared/aws"
)

type handler struct {
	Log *audit.Log
	Now func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) *handler {
	return &handler{Log: &audit.Log{Client: dynamodb.NewFromConfig(cfg), Name: env.Text("AUDIT_TABLE"), Now: aws.Now}, Now: aws.Now}
}

// batch is the part of Lambda's DynamoDB stream event that is used. Its records stay JSON until each is read, so that one
// which cannot be read does not fail the others.
type batch struct {
	Records []json.RawMessage `json:"Records"`
}

// record is one change of an item.
type record struct {
	Name   string `json:"eventName"`
	Change struct {
		Sequence string          `json:"SequenceNumber"`
		NewImage json.RawMessage `json:"NewImage"`
	} `json:"dynamodb"`
	By struct {
		Principal string `json:"principalId"`
	} `json:"userIdentity"`
}

// expiry is who takes items out whose life is over.
const expiry = "dynamodb.amazonaws.com"

// answer is Lambda's partial batch response. The item identifier of a stream is the sequence number.
type answer struct {
	BatchItemFailures []failure `json:"batchItemFailures"`
}

type failure struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

// Handle seals the entries of a batch in one block, all or none: a batch that comes again makes another block with the same
// digests, which verify knows. What is no entry is logged and left out, so that it stops nothing; verify finds it unsealed.
// An entry that was changed, or taken out before its life was over, is logged at once: nothing of ours does that.
func (h *handler) Handle(ctx context.Context, b batch) (answer, error) {
	var items []audit.Item
	var first string // the sequence number of the batch's first record
	unreadable, changed, removed := 0, 0, 0
	for _, raw := range b.Records {
		var r record
		if json.Unmarshal(raw, &r) != nil || r.Change.Sequence == "" {
			unreadable++
			slog.ErrorContext(ctx, "not a record of a stream")
			continue
		}
		if first == "" {
			first = r.Change.Sequence
		}
		switch r.Name {
		case "MODIFY":
			changed++
			slog.ErrorContext(ctx, "an item of the audit was changed", "sequence_number", r.Change.Sequence)
		case "REMOVE":
			if r.By.Principal != expiry {
				removed++
				slog.ErrorContext(ctx, "an item of the audit was taken out", "sequence_number", r.Change.Sequence)
			}
		case "INSERT":
			item, err := attributevalue.UnmarshalMapJSON(r.Change.NewImage)
			if err != nil || !audit.Readable(item) {
				if !isBlock(item) {
					unreadable++
					slog.ErrorContext(ctx, "no entry of the audit", "sequence_number", r.Change.Sequence)
				}
				continue
			}
			items = append(items, item)
		}
	}
	out := answer{BatchItemFailures: []failure{}}
	var head audit.Head
	var err error
	if len(items) > 0 {
		if head, err = h.Log.Seal(ctx, items); err != nil {
			out.BatchItemFailures = append(out.BatchItemFailures, failure{first})
			slog.ErrorContext(ctx, "not sealed", "sequence_number", first, "error", err)
		}
	}
	// The head stands here where whoever may write the table has no hand: see package audit.
	line := aws.LineOf(ctx)
	line.Add("records", len(b.Records))
	line.Add("sealed", len(items))
	line.Add("unreadable", unreadable)
	line.Add("changed", changed)
	line.Add("removed", removed)
	line.Set("head", head.String())
	line.Again(len(out.BatchItemFailures))
	line.Count(aws.AuditAltered, changed+removed)
	return out, nil
}

// isBlock reports whether an item is a block of the chain, which comes by here too where no filter keeps it away.
func isBlock(item audit.Item) bool {
	var b audit.Block
	return attributevalue.UnmarshalMap(item, &b) == nil && b.IsBlock()
}
