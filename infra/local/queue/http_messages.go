package queue

import (
	"context"
	"slices"
	"strings"
	"time"
)

// sendRequest is one message of SendMessage or SendMessageBatch.
type sendRequest struct {
	ID                string               `json:"Id"`
	MessageBody       string               `json:"MessageBody"`
	DelaySeconds      *int                 `json:"DelaySeconds"`
	MessageAttributes map[string]Attribute `json:"MessageAttributes"`
}

// outgoing checks what only the protocol's callers get wrong.
func (r sendRequest) outgoing() (Outgoing, error) {
	m := Outgoing{Body: r.MessageBody, Attributes: r.MessageAttributes}
	if r.DelaySeconds != nil {
		if *r.DelaySeconds < 0 || *r.DelaySeconds > 900 {
			return m, invalid("DelaySeconds must be between 0 and 900")
		}
		d := time.Duration(*r.DelaySeconds) * time.Second
		m.Delay = &d
	}
	if len(r.MessageAttributes) > 10 {
		return m, invalid("a message has at most 10 attributes")
	}
	for name, a := range r.MessageAttributes {
		if kind, _, _ := strings.Cut(a.DataType, "."); !slices.Contains([]string{"String", "Number", "Binary"}, kind) {
			return m, invalid("the attribute %s has the type %q, not String, Number or Binary", name, a.DataType)
		}
	}
	return m, check(m)
}

// sent is what a sender is told.
type sent struct {
	ID                     string `json:"Id,omitempty"`
	MessageID              string `json:"MessageId"`
	MD5OfMessageBody       string `json:"MD5OfMessageBody"`
	MD5OfMessageAttributes string `json:"MD5OfMessageAttributes,omitempty"`
}

func receiptOf(id, messageID string, m Outgoing) sent {
	return sent{id, messageID, md5Hex([]byte(m.Body)), md5OfAttributes(m.Attributes)}
}

func sendMessage(s *Service, ctx context.Context, _ string, body []byte) (any, error) {
	var in struct {
		target
		sendRequest
	}
	q, err := read(s, body, &in)
	if err != nil {
		return nil, err
	}
	m, err := in.outgoing()
	if err != nil {
		return nil, err
	}
	id, err := q.Send(ctx, m)
	if err != nil {
		return nil, err
	}
	return receiptOf("", id, m), nil
}

// batchAnswer tells of each entry of a batch.
type batchAnswer struct {
	Successful []any         `json:"Successful"`
	Failed     []batchFailed `json:"Failed,omitempty"`
}

type batchFailed struct {
	ID          string `json:"Id"`
	Code        string `json:"Code"`
	Message     string `json:"Message"`
	SenderFault bool   `json:"SenderFault"`
}

func (a *batchAnswer) fail(id string, err error) {
	f := asFailure(err)
	a.Failed = append(a.Failed, batchFailed{id, f.query, f.message, f.status < 500})
}

// checkBatch refuses a batch as a whole.
func checkBatch(ids []string) error {
	switch {
	case len(ids) == 0:
		return &failure{"EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest", 400, "The batch has no entries."}
	case len(ids) > MaxBatch:
		return &failure{"TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400, "A batch has at most 10 entries."}
	}
	sorted := slices.Sorted(slices.Values(ids))
	if len(slices.Compact(sorted)) < len(ids) {
		return &failure{"BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400, "Two entries of the batch have the same Id."}
	}
	return nil
}

func sendMessageBatch(s *Service, ctx context.Context, _ string, body []byte) (any, error) {
	var in struct {
		target
		Entries []sendRequest
	}
	q, err := read(s, body, &in)
	if err != nil {
		return nil, err
	}
	ids, total := make([]string, len(in.Entries)), 0
	for i, e := range in.Entries {
		ids[i] = e.ID
		total += size(e.MessageBody, e.MessageAttributes)
	}
	if err := checkBatch(ids); err != nil {
		return nil, err
	}
	if total > MaxMessageBytes {
		return nil, &failure{"BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong", 400, "The messages of a batch are together longer than 1 MiB."}
	}
	answer := batchAnswer{Successful: []any{}}
	var good []Outgoing
	var goodIDs []string
	for _, e := range in.Entries {
		m, err := e.outgoing()
		if err != nil {
			answer.fail(e.ID, err)
			continue
		}
		good, goodIDs = append(good, m), append(goodIDs, e.ID)
	}
	sentIDs, err := q.SendBatch(ctx, good)
	if err != nil {
		return nil, err
	}
	for i, m := range good {
		answer.Successful = append(answer.Successful, receiptOf(goodIDs[i], sentIDs[i], m))
	}
	return answer, nil
}

func receiveMessage(s *Service, ctx context.Context, _ string, body []byte) (any, error) {
	var in struct {
		target
		MaxNumberOfMessages                                                int
		VisibilityTimeout                                                  *int
		WaitTimeSeconds                                                    int
		AttributeNames, MessageSystemAttributeNames, MessageAttributeNames []string
	}
	in.MaxNumberOfMessages = 1
	q, err := read(s, body, &in)
	if err != nil {
		return nil, err
	}
	if in.MaxNumberOfMessages < 1 || in.MaxNumberOfMessages > MaxBatch || in.WaitTimeSeconds < 0 || in.WaitTimeSeconds > 20 {
		return nil, invalid("MaxNumberOfMessages is between 1 and 10, WaitTimeSeconds between 0 and 20")
	}
	ask := Ask{Max: in.MaxNumberOfMessages, Wait: time.Duration(in.WaitTimeSeconds) * time.Second}
	if in.VisibilityTimeout != nil {
		d := time.Duration(*in.VisibilityTimeout) * time.Second
		ask.Visibility = &d
	}
	messages, err := q.Receive(ctx, ask)
	if err != nil {
		return nil, err
	}
	wanted := append(in.AttributeNames, in.MessageSystemAttributeNames...)
	out := []map[string]any{}
	for _, m := range messages {
		one := map[string]any{
			"MessageId": m.ID, "ReceiptHandle": m.ReceiptHandle, "Body": m.Body, "MD5OfBody": md5Hex([]byte(m.Body)),
		}
		system := systemAttributes(m)
		for name := range system {
			if !slices.Contains(wanted, "All") && !slices.Contains(wanted, name) {
				delete(system, name)
			}
		}
		if len(system) > 0 {
			one["Attributes"] = system
		}
		if chosen := choose(m.Attributes, in.MessageAttributeNames); len(chosen) > 0 {
			one["MessageAttributes"], one["MD5OfMessageAttributes"] = chosen, md5OfAttributes(chosen)
		}
		out = append(out, one)
	}
	return map[string]any{"Messages": out}, nil
}

// choose gives the attributes that a receiver asked for by name, by "prefix.*" or with "All".
func choose(all map[string]Attribute, names []string) map[string]Attribute {
	chosen := map[string]Attribute{}
	for name, a := range all {
		for _, want := range names {
			prefix, isPrefix := strings.CutSuffix(want, ".*")
			if want == "All" || want == name || isPrefix && strings.HasPrefix(name, prefix) {
				chosen[name] = a
			}
		}
	}
	return chosen
}

func deleteMessage(s *Service, ctx context.Context, _ string, body []byte) (any, error) {
	var in struct {
		target
		ReceiptHandle string
	}
	q, err := read(s, body, &in)
	if err != nil {
		return nil, err
	}
	return struct{}{}, q.Delete(ctx, in.ReceiptHandle)[0]
}

func deleteMessageBatch(s *Service, ctx context.Context, _ string, body []byte) (any, error) {
	var in struct {
		target
		Entries []struct {
			ID            string `json:"Id"`
			ReceiptHandle string
		}
	}
	q, err := read(s, body, &in)
	if err != nil {
		return nil, err
	}
	var ids, handles []string
	for _, e := range in.Entries {
		ids, handles = append(ids, e.ID), append(handles, e.ReceiptHandle)
	}
	if err := checkBatch(ids); err != nil {
		return nil, err
	}
	answer := batchAnswer{Successful: []any{}}
	for i, err := range q.Delete(ctx, handles...) {
		if err != nil {
			answer.fail(ids[i], err)
			continue
		}
		answer.Successful = append(answer.Successful, map[string]string{"Id": ids[i]})
	}
	return answer, nil
}

func changeMessageVisibility(s *Service, ctx context.Context, _ string, body []byte) (any, error) {
	var in struct {
		target
		ReceiptHandle     string
		VisibilityTimeout int
	}
	q, err := read(s, body, &in)
	if err != nil {
		return nil, err
	}
	return struct{}{}, q.ChangeVisibility(ctx, in.ReceiptHandle, time.Duration(in.VisibilityTimeout)*time.Second)
}
