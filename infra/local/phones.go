package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"voice.example/infra/local/gateway"
	"voice.example/infra/local/lambda"
	"voice.example/infra/local/phone"
	"voice.example/infra/local/template"
)

// repliesTopic is the logical id of the topic that people's texts are published to. In AWS the origination number is set
// to it, which no resource of the template says, so here it goes by its name.
const repliesTopic = "RepliesTopic"

// receiptsGroup is the log group that SNS writes receipts into; those of texts that did not arrive have one of their own.
const receiptsGroup = "sns/" + template.Region + "/" + template.AccountID + "/DirectPublishToPhoneNumber"

// openPhones makes the phone network. What the template has no use for, replies or receipts, stays there.
func (s *stack) openPhones() (*phone.Network, error) {
	config := phone.Config{DB: s.db, Now: time.Now, Log: s.console.log()}
	topics, err := s.template.Topics()
	if err != nil {
		return nil, err
	}
	for _, t := range topics {
		if t.LogicalID == repliesTopic {
			config.SelfManagedOptOuts = true // for then somebody obeys STOP
			config.Replies = func(ctx context.Context, r phone.Reply) error {
				body, err := json.Marshal(r)
				if err != nil {
					return err
				}
				return s.topics.Publish(ctx, t.ARN, string(body))
			}
		}
	}
	functions, err := s.template.Functions()
	if err != nil {
		return nil, err
	}
	events, err := s.template.SMSEventGroups()
	if err != nil {
		return nil, err
	}
	written := append([]string{receiptsGroup, receiptsGroup + "/Failure"}, events...)
	readers := map[string][]string{} // log group → logical ids of functions
	for _, f := range functions {
		for _, source := range f.Logs {
			if !slices.Contains(written, source.LogGroup) {
				return nil, fmt.Errorf("%s, event %s: the local runner writes no log group %s", f.LogicalID, source.Event, source.LogGroup)
			}
			readers[source.LogGroup] = append(readers[source.LogGroup], f.LogicalID)
		}
	}
	if len(readers) > 0 {
		log := func(ctx context.Context, group, messageID string, record any) error {
			event, err := logEvent(group, messageID, record)
			if err != nil {
				return err
			}
			for _, id := range readers[group] {
				if err := insist(ctx, s.pools[id].From("receipts"), event); err != nil {
					return err
				}
			}
			return nil
		}
		config.Receipts = func(ctx context.Context, r phone.Receipt) error {
			group := receiptsGroup
			if r.Status != "SUCCESS" {
				group += "/Failure"
			}
			return log(ctx, group, r.Notification.MessageID, r)
		}
		config.Events = func(ctx context.Context, e phone.Event) error {
			for _, group := range events {
				if err := log(ctx, group, e.MessageID, e); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return phone.New(config)
}

// logEvent is what CloudWatch Logs calls a function with.
func logEvent(group, messageID string, record any) ([]byte, error) {
	line, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(map[string]any{
		"messageType": "DATA_MESSAGE", "owner": template.AccountID, "logGroup": group, "logStream": "local",
		"subscriptionFilters": []string{"local"},
		"logEvents":           []any{map[string]any{"id": messageID, "timestamp": time.Now().UnixMilli(), "message": string(line)}},
	})
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(text); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"awslogs": map[string]string{"data": base64.StdEncoding.EncodeToString(packed.Bytes())}})
}

// insist calls a function as Lambda does asynchronously: three times, if it fails, and then no more. The pauses are
// shorter, and nothing is kept of what failed but the lines in the function's log.
func insist(ctx context.Context, function gateway.Invoker, event []byte) error {
	for pause := time.Second; ; pause *= 2 {
		_, err := function.Invoke(ctx, event)
		var failed *lambda.FunctionError
		if !errors.As(err, &failed) {
			return err
		}
		if pause > 2*time.Second {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
