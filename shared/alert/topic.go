package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
)

// maxBatch is the most messages that PublishBatch takes.
const maxBatch = 10

// Topic is the SNS topic that alerts go through: its subscriptions' filter policies choose by the attributes kind,
// channel and urgency which queue a message takes.
type Topic struct {
	Client *sns.Client
	ARN    string
}

// Message is one message to the topic.
type Message struct {
	Body       string
	Attributes map[string]string
}

// Job is the body of a message of kind alert: which alert to deliver. It carries no phone and no name.
type Job struct {
	AlertID string `json:"alert_id"`
}

// Notice is the body of a message of kind event, for partner agencies: what happened to a person whose record may be
// disclosed.
type Notice struct {
	EventID string        `json:"event_id"`
	Event   custody.Event `json:"event"`
	// ANumber, Version, Status and AsOf are missing when an event is taken back and nothing may be told of the person now.
	ANumber custody.ANumber `json:"a_number,omitempty"`
	Version int64           `json:"version,omitempty"` // of the record; of two events of a person the higher one is later
	Status  custody.Status  `json:"status,omitempty"`
	AsOf    time.Time       `json:"as_of,omitzero"`
	// UnlistedSince is the moment of the list that lacks a person in custody: they may be free.
	UnlistedSince time.Time `json:"unlisted_since,omitzero"`
	// RetractsEventID is the event that was wrong, for an event that takes one back.
	RetractsEventID string `json:"retracts_event_id,omitempty"`
}

// JobMessage is the message that has an alert delivered.
func JobMessage(a Alert) Message {
	body, _ := json.Marshal(Job{AlertID: a.ID}) // a struct of one string cannot fail
	channel := "sms"
	if a.To == Email {
		channel = "email"
	}
	return Message{Body: string(body), Attributes: map[string]string{
		"kind": "alert", "channel": channel, "urgency": Urgency(a.Event), "event": string(a.Event)}}
}

// NewNotice is the notice of an event that left the record as it is. The record must be one that may be disclosed.
func NewNotice(eventID string, event custody.Event, r custody.Record) Notice {
	return Notice{EventID: eventID, Event: event, ANumber: r.ANumber, Version: r.Version, Status: r.Status, AsOf: r.KnownAsOf(), UnlistedSince: r.UnlistedSince}
}

// Message is the message that tells partner agencies of the event.
func (n Notice) Message() (Message, error) {
	body, err := json.Marshal(n)
	if err != nil {
		return Message{}, fmt.Errorf("alert: encoding a notice: %w", err)
	}
	return Message{Body: string(body), Attributes: map[string]string{
		"kind": "event", "urgency": Urgency(n.Event), "event": string(n.Event)}}, nil
}

// Urgency is the urgency attribute of an event's messages: urgent or routine.
func Urgency(e custody.Event) string {
	if e.Urgent() {
		return "urgent"
	}
	return "routine"
}

// publishers are how many calls are under way at once.
const publishers = 4

// Publish sends the messages, ten a call, and returns the indices of those that the topic did not take. Publishing one
// again is harmless: its alert is claimed once.
func (t *Topic) Publish(ctx context.Context, messages []Message) (failed []int, err error) {
	var group errgroup.Group
	group.SetLimit(publishers)
	var mu sync.Mutex
	for start := 0; start < len(messages); start += maxBatch {
		group.Go(func() error {
			refused, why := t.publish(ctx, messages, start, min(start+maxBatch, len(messages)))
			mu.Lock()
			defer mu.Unlock()
			failed = append(failed, refused...)
			return why
		})
	}
	err = group.Wait()
	slices.Sort(failed)
	return failed, err
}

// publish sends messages[start:end] in one call.
func (t *Topic) publish(ctx context.Context, messages []Message, start, end int) (failed []int, err error) {
	in := &sns.PublishBatchInput{TopicArn: &t.ARN}
	for i, m := range messages[start:end] {
		entry := types.PublishBatchRequestEntry{Id: aws.String(strconv.Itoa(start + i)), Message: &m.Body,
			MessageAttributes: map[string]types.MessageAttributeValue{}}
		for name, value := range m.Attributes {
			entry.MessageAttributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &value}
		}
		in.PublishBatchRequestEntries = append(in.PublishBatchRequestEntries, entry)
	}
	all := func() (failed []int) {
		for i := start; i < end; i++ {
			failed = append(failed, i)
		}
		return failed
	}
	out, err := t.Client.PublishBatch(ctx, in)
	if err != nil {
		return all(), fmt.Errorf("alert: publishing: %w", err)
	}
	for _, entry := range out.Failed {
		err = fmt.Errorf("alert: publishing: the topic refused a message (%s)", aws.ToString(entry.Code))
		i, unreadable := strconv.Atoi(aws.ToString(entry.Id))
		if unreadable != nil || i < start || i >= end {
			return all(), err // no telling which: publishing again is harmless, and losing one is not
		}
		failed = append(failed, i)
	}
	return failed, err
}
