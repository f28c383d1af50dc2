package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/optout"
	"voice.example/shared/secret"
)

// settling is how long after its text was published a receipt of no alert is asked about once more: deliver records the
// message id a moment after the text has gone, and the index follows a moment later.
const settling = 3 * time.Second

type handler struct {
	Ledger   *alert.Ledger
	OptOuts  *optout.List
	Keys     *secret.Keys
	Settling time.Duration
	Now      func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) (*handler, error) {
	keys, err := secret.New(env.Text("DATA_KEY"))
	db := dynamodb.NewFromConfig(cfg)
	return &handler{
		Ledger:   &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Now: aws.Now},
		OptOuts:  &optout.List{Client: db, Table: env.Text("OPT_OUTS_TABLE")},
		Keys:     keys,
		Settling: settling, Now: aws.Now,
	}, err
}

// control is the type of a message by which CloudWatch Logs checks that the function can be reached.
const control = "CONTROL_MESSAGE"

// Handle records the receipts of one call. If some cannot be recorded, it fails, and all come again: recording a receipt
// twice changes nothing. What cannot be read never could be, so it is counted and logged, without what it says.
func (h *handler) Handle(ctx context.Context, event events.CloudwatchLogsEvent) error {
	logs, err := event.AWSLogs.Parse()
	if err != nil {
		slog.ErrorContext(ctx, "not an event of CloudWatch Logs") // again is no better
		return nil
	}
	if logs.MessageType == control {
		return nil
	}
	started := h.Now()
	counts := map[string]int{}
	var early []news
	var failed []error
	note := func(n news, last bool) {
		became, err := h.record(ctx, n)
		switch {
		case errors.Is(err, alert.ErrNotFound) && !last && h.Now().Sub(n.publishedAt) < h.Settling:
			early = append(early, n)
		case errors.Is(err, alert.ErrNotFound):
			counts["of_no_alert"]++ // a code, an answer to a reply, or an alert that is forgotten
		case err != nil:
			failed = append(failed, fmt.Errorf("message %s: %w", n.messageID, err))
		default:
			counts[became]++
		}
	}
	for _, line := range logs.LogEvents {
		n, err := decode(line.Message)
		if errors.Is(err, errNoNews) {
			counts["no_news"]++
			continue
		}
		if err != nil {
			counts["unreadable"]++
			slog.ErrorContext(ctx, "receipt cannot be read", "log_event", line.ID)
			continue
		}
		note(n, false)
	}
	for _, n := range early {
		wait(ctx, h.Settling-h.Now().Sub(n.publishedAt))
		note(n, true)
	}
	slog.InfoContext(ctx, "receipts", "records", len(logs.LogEvents), "delivered", counts[string(alert.Delivered)],
		"failed", counts[string(alert.Failed)], "opted_out", counts[string(alert.OptedOut)], "repeated", counts[repeated],
		"of_no_alert", counts["of_no_alert"], "no_news", counts["no_news"], "unreadable", counts["unreadable"], "not_recorded", len(failed),
		"ms", h.Now().Sub(started).Milliseconds())
	return errors.Join(failed...)
}

// repeated is a receipt that changed nothing.
const repeated = "repeated"

// record writes what a receipt says into the ledger, and a phone that is opted out onto our own list, as of the text's
// publication: a START since then stands. The phone counts whatever the text was; ErrNotFound says that it was no alert.
func (h *handler) record(ctx context.Context, n news) (became string, err error) {
	hash := optout.Hash(h.Keys, n.phone)
	if n.became == alert.OptedOut {
		if _, err := h.OptOuts.Stop(ctx, hash, n.publishedAt, n.messageID, optout.Receipt); err != nil {
			return "", err
		}
	}
	changed, err := h.Ledger.Receipt(ctx, hash, n.messageID, n.became, n.outcome)
	if err != nil || changed {
		return string(n.became), err
	}
	return repeated, nil
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
