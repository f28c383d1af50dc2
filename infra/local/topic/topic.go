// Package topic is the local runner's SNS: it publishes to queues by filter policy and to phones.
//
// It answers the AWS Query protocol that the SDKs speak. A publish to a topic is acknowledged only
// when the message is on disk in every queue whose subscription wants it.
//
// Limits: subscriptions come from the configuration and go to queues or mailboxes, messages are not signed,
// there are no FIFO topics and no delivery retries (a queue in the same process does not fail).
package topic

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"voice.example/infra/local/phone"
	"voice.example/infra/local/queue"
)

// Topic describes one topic and who listens to it.
type Topic struct {
	Name          string
	ARN           string
	Subscriptions []Subscription
}

// Subscription says that a queue, or a mailbox, wants a topic's messages.
type Subscription struct {
	ARN                string          // of the subscription itself; "" = made from the topic's
	QueueARN           string          // where its messages go
	Address            string          // or to this address, as mail
	RawMessageDelivery bool            // the message itself, not the JSON envelope
	FilterPolicy       json.RawMessage // nil: everything
	FilterPolicyScope  string          // MessageAttributes (also "") or MessageBody
}

// Queues puts messages in queues: all of them, durably, or none. *queue.Service does.
type Queues interface {
	SendAll(ctx context.Context, messages []queue.Addressed) error
}

// Carrier sends text messages and mail, and knows who wants no texts. *phone.Network does.
type Carrier interface {
	Send(ctx context.Context, sms phone.SMS) (messageID string, err error)
	SendMail(ctx context.Context, mail phone.Mail) (messageID string, err error)
	CheckOptedOut(number string) (bool, error)
	OptIn(number string) error
}

// Config is everything the service needs.
type Config struct {
	Topics []Topic
	Queues Queues
	Phone  Carrier
	Region string           // "" = us-east-1
	Now    func() time.Time // nil = time.Now
	Log    *slog.Logger     // nil = silent
}
