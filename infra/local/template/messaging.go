package template

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Queue is an SQS queue, with SQS's defaults filled in.
type Queue struct {
	LogicalID, Name, ARN string
	VisibilityTimeout    time.Duration
	Delay                time.Duration
	Retention            time.Duration
	DeadLetterARN        string // "" for none
	MaxReceiveCount      int
}

type redriveProperties struct {
	DeadLetterTargetArn string `json:"deadLetterTargetArn"`
	MaxReceiveCount     number `json:"maxReceiveCount"`
}

// Queues gives every queue of the template.
func (t *Template) Queues() ([]Queue, error) {
	found, err := t.ofKind(kindQueue)
	if err != nil {
		return nil, err
	}
	var queues []Queue
	for _, r := range found {
		p := struct {
			VisibilityTimeout, MessageRetentionPeriod number
			DelaySeconds                              number
			FifoQueue                                 flag
			RedrivePolicy                             redriveProperties
		}{VisibilityTimeout: 30, MessageRetentionPeriod: 345600}
		if err := t.decode(r, &p); err != nil {
			return nil, err
		}
		if p.FifoQueue {
			return nil, fmt.Errorf("line %d: %s: the local runner has no FIFO queues", r.line, r.id)
		}
		name, err := t.name(r)
		if err != nil {
			return nil, err
		}
		queues = append(queues, Queue{
			LogicalID: r.id, Name: name, ARN: arn(r.kind, name),
			VisibilityTimeout: time.Duration(p.VisibilityTimeout) * time.Second,
			Retention:         time.Duration(p.MessageRetentionPeriod) * time.Second,
			Delay:             time.Duration(p.DelaySeconds) * time.Second,
			DeadLetterARN:     p.RedrivePolicy.DeadLetterTargetArn,
			MaxReceiveCount:   int(p.RedrivePolicy.MaxReceiveCount),
		})
	}
	return queues, nil
}

func (t *Template) queueByARN(arn string) (Queue, error) {
	queues, err := t.Queues()
	if err != nil {
		return Queue{}, err
	}
	for _, q := range queues {
		if q.ARN == arn {
			return q, nil
		}
	}
	return Queue{}, fmt.Errorf("no queue of this template has the ARN %q", arn)
}

// Topic is an SNS topic and who listens to it.
type Topic struct {
	LogicalID, Name, ARN string
	Subscriptions        []Subscription
}

// Subscription takes a topic's messages to a queue, or as mail to an address.
type Subscription struct {
	LogicalID          string
	QueueARN           string
	Address            string
	RawMessageDelivery bool
	FilterPolicy       json.RawMessage // nil for everything
	FilterPolicyScope  string          // MessageAttributes (also "") or MessageBody
	DeadLetterARN      string          // "" for none
}

// Topics gives every topic of the template with its subscriptions, those written as resources of
// their own as well as those inside the topic.
func (t *Template) Topics() ([]Topic, error) {
	found, err := t.ofKind(kindTopic)
	if err != nil {
		return nil, err
	}
	var topics []Topic
	for _, r := range found {
		var p struct {
			FifoTopic    flag
			Subscription []subscriptionProperties
		}
		if err := t.decode(r, &p); err != nil {
			return nil, err
		}
		if p.FifoTopic {
			return nil, fmt.Errorf("line %d: %s: the local runner has no FIFO topics", r.line, r.id)
		}
		name, err := t.name(r)
		if err != nil {
			return nil, err
		}
		topic := Topic{LogicalID: r.id, Name: name, ARN: arn(r.kind, name)}
		for _, s := range p.Subscription {
			if topic.Subscriptions, err = t.subscribe(r, s, topic.Subscriptions); err != nil {
				return nil, err
			}
		}
		topics = append(topics, topic)
	}
	return topics, t.addSubscriptions(topics)
}

type subscriptionProperties struct {
	TopicArn, Protocol, Endpoint string
	RawMessageDelivery           flag
	FilterPolicy                 json.RawMessage
	FilterPolicyScope            string
	RedrivePolicy                redriveProperties
}

func (t *Template) addSubscriptions(topics []Topic) error {
	found, err := t.ofKind(kindSubscription)
	if err != nil {
		return err
	}
	byARN := map[string]*Topic{}
	for i := range topics {
		byARN[topics[i].ARN] = &topics[i]
	}
	for _, r := range found {
		var p subscriptionProperties
		if err := t.decode(r, &p); err != nil {
			return err
		}
		topic := byARN[p.TopicArn]
		if topic == nil {
			return fmt.Errorf("line %d: %s: no topic of this template has the ARN %q", r.line, r.id, p.TopicArn)
		}
		if topic.Subscriptions, err = t.subscribe(r, p, topic.Subscriptions); err != nil {
			return err
		}
	}
	return nil
}

func (t *Template) subscribe(r *resource, p subscriptionProperties, to []Subscription) ([]Subscription, error) {
	if strings.EqualFold(p.Protocol, "email") {
		return append(to, Subscription{LogicalID: r.id, Address: p.Endpoint, FilterPolicy: p.FilterPolicy, FilterPolicyScope: p.FilterPolicyScope}), nil
	}
	if !strings.EqualFold(p.Protocol, "sqs") {
		return nil, fmt.Errorf("line %d: %s: the local runner takes a topic's messages to queues and mailboxes, not by %s", r.line, r.id, p.Protocol)
	}
	if _, err := t.queueByARN(p.Endpoint); err != nil {
		return nil, fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
	}
	return append(to, Subscription{
		LogicalID: r.id, QueueARN: p.Endpoint,
		RawMessageDelivery: bool(p.RawMessageDelivery),
		FilterPolicy:       p.FilterPolicy, FilterPolicyScope: p.FilterPolicyScope,
		DeadLetterARN: p.RedrivePolicy.DeadLetterTargetArn,
	}), nil
}
