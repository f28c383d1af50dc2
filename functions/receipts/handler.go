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
func (h *handler) Handle(ctx context.Context, e events.CloudwatchLogsEvent) error {
	logs, err := e.AWSLogs.Parse()
	if err != nil {
		slog.ErrorContext(ctx, "not an event of CloudWatch Logs") // again is no better
		return nil
	}
	if logs.MessageType == control {
		return nil
	}
	line := aws.LineOf(ctx)
	counts := map[string]int{}
	var early []news
	var failed []error
	note := func(n news, last bool) {
		became, err := h.record(ctx, n)
		switch {
		case errors.Is(err, alert.ErrNotFound) && !last && h.Now().Sub(n.publishedAt) < h.Settling:
			early = append(early, n)
		case errors.Is(err, alert.ErrNotFound):
			counts[ofNoAlert]++ // a code, an answer to a reply, or an alert that is forgotten
		case err != nil:
			failed = append(failed, fmt.Errorf("message %s: %w", n.messageID, err))
		default:
			counts[became]++
		}
	}
	for _, event := range logs.LogEvents {
		n, err := decode(event.Message)
		if errors.Is(err, errNoNews) {
			counts[noNews]++
			continue
		}
		if err != nil {
			counts[unreadable]++
			slog.ErrorContext(ctx, "receipt cannot be read", "log_event", event.ID)
			continue
		}
		line.Count(aws.Receipts, 1)
		if n.became == alert.Failed {
			line.Count(aws.ReceiptsFailed, 1)
		}
		if n.blocked() {
			line.Count(aws.ReceiptsBlocked, 1)
		}
		note(n, false)
	}
	for _, n := range early {
		wait(ctx, h.Settling-h.Now().Sub(n.publishedAt))
		note(n, true)
	}
	line.Add("records", len(logs.LogEvents))
	for _, became := range []string{string(alert.Delivered), string(alert.Failed), string(alert.OptedOut), repeated, ofNoAlert, noNews, unreadable} {
		line.Add(became, counts[became])
	}
	line.Add("not_recorded", len(failed))
	return errors.Join(failed...)
}

// What becomes of receipts beside the states of alerts.
const (
	repeated   = "repeated" // it changed nothing
	ofNoAlert  = "of_no_alert"
	noNews     = "no_news"
	unreadable = "unreadable"
)

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
