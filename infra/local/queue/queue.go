// Package queue is the local runner's SQS: queues, and the mapping that feeds a Lambda function from one.
//
// A message that Send has acknowledged is on disk. Receiving hides it for the visibility timeout; one
// that is received more often than its redrive policy allows moves to the dead-letter queue instead.
// Service also speaks the SQS JSON protocol, so that the aws command and the SDKs can look in.
//
// Limits: standard queues only (no FIFO), no long-term metrics, no policies or encryption settings, and
// no signature check. Every queue's outline is held in memory, bodies stay on disk.
package queue

import (
	"errors"
	"time"
)

// The limits and defaults of the service.
const (
	MaxMessageBytes   = 1 << 20 // body and attributes of one message, and of one batch together
	MaxBatch          = 10      // entries in a batch call, messages in one ReceiveMessage
	DefaultVisibility = 30 * time.Second
	DefaultRetention  = 4 * 24 * time.Hour
)

// Errors that callers tell apart.
var (
	ErrNoQueue        = errors.New("no such queue")
	ErrTooLong        = errors.New("the message is longer than 1 MiB")
	ErrReceiptHandle  = errors.New("the receipt handle is not valid")
	ErrNotInFlight    = errors.New("the message is not in flight")
	ErrInvalidContent = errors.New("the message has characters that SQS refuses")
)

// Config describes one queue. The zero durations mean the service's defaults.
type Config struct {
	Name              string
	ARN               string
	VisibilityTimeout time.Duration  // 0 = 30 s
	Delay             time.Duration  // how long a new message stays hidden
	RetentionPeriod   time.Duration  // 0 = 4 days
	Redrive           *RedrivePolicy // nil: no dead-letter queue
}

// RedrivePolicy says where a message goes that could not be handled.
type RedrivePolicy struct {
	DeadLetterARN   string
	MaxReceiveCount int // it moves on the receive after this many
}

// Attribute is one message attribute: a type such as String, Number or Binary, and its value.
type Attribute struct {
	DataType    string `json:"DataType"`
	StringValue string `json:"StringValue,omitempty"`
	BinaryValue []byte `json:"BinaryValue,omitempty"`
}

// Outgoing is a message to send.
type Outgoing struct {
	Body       string
	Attributes map[string]Attribute
	Delay      *time.Duration // nil: the queue's own delay
}

// Addressed is a message and the ARN of the queue it is for.
type Addressed struct {
	QueueARN string
	Outgoing
}

// Message is one that has been received.
type Message struct {
	ID            string
	ReceiptHandle string
	Body          string
	Attributes    map[string]Attribute
	Sent          time.Time
	FirstReceived time.Time
	ReceiveCount  int
	DeadLetterOf  string // ARN of the queue it was redriven from, if any
}

// Counts is how many messages a queue has, by what can be done with them.
type Counts struct {
	Visible  int // ready to be received
	InFlight int // received, hidden until their visibility timeout
	Delayed  int // sent with a delay that is not over
}
