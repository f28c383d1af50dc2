package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"golang.org/x/sync/errgroup"

	"voice.example/shared/aws"
	"voice.example/shared/deadletter"
	"voice.example/shared/email"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
	"voice.example/shared/sms"
)

// width is of how many inquiries people are told at once. With a text and a mail of five seconds each, 25 of them, the most in
// a batch, are done before the function's time is over.
const width = 8

// sender texts a phone; sms.SNS does. An error of its is an *sms.Error.
type sender interface {
	Send(ctx context.Context, to phone.Number, text string) (messageID string, err error)
}

// mailer sends e-mail; email.SES does. An error of its is an *email.Error.
type mailer interface {
	Send(ctx context.Context, to, subject, body string) (messageID string, err error)
}

type handler struct {
	Inquiries *inquiry.Table
	OptOuts   *optout.List
	Limits    *limit.Table
	Letters   *deadletter.Queue
	Keys      *secret.Keys
	Sender    sender
	Mail      mailer // nil: this deployment sends none
	Agency    string
	Hotline   string
	Site      string         // what addresses of the console begin with; "" where that is not known
	Zone      *time.Location // of the times in mails
	Now       func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) (*handler, error) {
	keys, err := keyring.New(cfg, env)
	db := dynamodb.NewFromConfig(cfg)
	return &handler{
		Inquiries: &inquiry.Table{Client: db, Name: env.Text("INQUIRIES_TABLE"), Keys: keys.Fields, Now: aws.Now},
		OptOuts:   &optout.List{Client: db, Table: env.Text("OPT_OUTS_TABLE")},
		Limits:    &limit.Table{Client: db, Name: env.Text("LIMITS_TABLE"), Now: aws.Now},
		Letters:   &deadletter.Queue{Client: sqs.NewFromConfig(cfg), URL: env.Text("DEAD_LETTERS_URL"), Now: aws.Now},
		Keys:      keys.Fields,
		Sender:    sms.New(cfg, env),
		Mail:      email.New(cfg, env),
		Agency:    env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Site: env.Optional("SITE_URL"), Zone: env.Zone("FEED_TIME_ZONE"),
		Now: aws.Now,
	}, err
}

// batch is the part of Lambda's DynamoDB stream event that is used. Its records stay JSON until each is read, so that one
// unreadable record fails by itself and not the whole batch.
type batch struct {
	Records []json.RawMessage `json:"Records"`
}

// answer is Lambda's partial batch response. The item identifier of a stream is the sequence number.
type answer struct {
	BatchItemFailures []failure `json:"batchItemFailures"`
}

type failure struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

// Handle tells people of the inquiries that a batch has changes of, each as it is now and not as the record has it: of several
// changes within moments, and of one that comes late or again, the last step is told, once. It reports the first change whose
// people could not be told; Lambda comes again from it, and who was told already is not told again.
//
// What cannot be read is never going to be: it is told to staff through the dead letters, and nothing waits for it.
func (h *handler) Handle(ctx context.Context, b batch) (answer, error) {
	out := answer{BatchItemFailures: []failure{}}
	records := make([]record, len(b.Records))
	for i, raw := range b.Records {
		records[i] = read(raw)
	}
	all := h.tellAll(ctx, changesOf(records))
	stop, never, counts := len(records), map[int]error{}, map[result]int{}
	for i, r := range records {
		if r.err != nil {
			never[i] = r.err
		}
	}
	for _, t := range all {
		for _, became := range t.results {
			counts[became]++
		}
		for _, note := range t.notes {
			slog.WarnContext(ctx, "settled", "sequence_number", records[t.first].Change.Sequence, "error", note)
		}
		switch {
		case t.again != nil:
			stop = min(stop, t.first)
			slog.ErrorContext(ctx, "not told", "sequence_number", records[t.first].Change.Sequence, "error", t.again)
		case t.never != nil:
			never[t.first] = t.never
		}
	}
	stop = h.giveUp(ctx, records, never, stop)
	if stop < len(records) {
		out.BatchItemFailures = append(out.BatchItemFailures, failure{ItemIdentifier: records[stop].Change.Sequence})
	}
	line := aws.LineOf(ctx)
	line.Add("records", len(records))
	line.Add("inquiries", len(all))
	for _, r := range []result{texted, withheld, refused, bounded, unknown, mailed} {
		line.Add(string(r), counts[r])
	}
	line.Add("unreadable", len(never))
	line.Again(len(out.BatchItemFailures))
	return out, nil
}

// changesOf are the inquiries that were changed, by their references, each with the first of its records.
func changesOf(records []record) map[string]int {
	first := map[string]int{}
	for i, r := range records {
		if reference := r.Change.Keys.Reference.S; r.err == nil && r.changed() {
			if _, there := first[reference]; !there {
				first[reference] = i
			}
		}
	}
	return first
}

// tellAll tells of inquiries side by side.
func (h *handler) tellAll(ctx context.Context, first map[string]int) []*told {
	var all []*told
	var group errgroup.Group
	group.SetLimit(width)
	for reference, record := range first {
		t := &told{first: record}
		all = append(all, t)
		group.Go(func() error {
			h.tell(ctx, reference, t)
			return nil
		})
	}
	_ = group.Wait() // no error: each is in its told
	return all
}

// giveUp tells staff of records before stop of which no try can tell anybody. It returns where Lambda is to come again from:
// stop, or a record before it of which staff could not be told.
func (h *handler) giveUp(ctx context.Context, records []record, never map[int]error, stop int) int {
	for i := 0; i < stop; i++ {
		if never[i] == nil {
			continue
		}
		slog.ErrorContext(ctx, "unreadable", "sequence_number", records[i].Change.Sequence, "error", never[i])
		if err := h.Letters.Send(ctx, records[i].Stream, records[i].Change.Sequence); err != nil {
			slog.ErrorContext(ctx, "and that cannot be told", "sequence_number", records[i].Change.Sequence, "error", err)
			return i
		}
	}
	return stop
}
