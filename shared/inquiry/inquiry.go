package inquiry

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/secret"
)

// State is how far an inquiry has come.
type State string

// Open is an inquiry that nobody has seen to.
const Open State = "open"

// Reason is what an inquiry is about.
type Reason string

const (
	Unanswered Reason = "unanswered_alert" // an urgent alert that nobody has acknowledged: call them
	CallMe     Reason = "call_me"          // somebody replied 2 to a text: call them
)

// National is the queue of inquiries that are no field office's.
const National = "national"

// Inquiry is an item of the inquiries table. It holds no phone: that is the subscription's.
type Inquiry struct {
	// Reference names it to people: nine characters, such as K7P4-QDX2.
	Reference string `dynamodbav:"reference"`
	// Cause is a keyed hash of what it was opened for.
	Cause  string `dynamodbav:"cause"`
	Reason Reason `dynamodbav:"reason"`
	State  State  `dynamodbav:"state"`
	Office string `dynamodbav:"office"`
	// Queue is the key of the index by_queue: office and state.
	Queue     string          `dynamodbav:"queue"`
	OpenedAt  time.Time       `dynamodbav:"opened_at"`
	Language  i18n.Language   `dynamodbav:"language"`
	PhoneHash string          `dynamodbav:"phone_hash"`
	ANumber   custody.ANumber `dynamodbav:"a_number,omitempty"`
	// SubscriptionID is whose phone to call, with ANumber the key of the subscription; "" for a phone without one, which is
	// then in SealedPhone.
	SubscriptionID string `dynamodbav:"subscription_id,omitempty"`
	SealedPhone    string `dynamodbav:"phone,omitempty"`
	AlertID        string `dynamodbav:"alert_id,omitempty"`
	// DueAt is when staff are told of it, in RFC 3339 with whole seconds, and DueShard the key of the sparse index by_due: an
	// inquiry that somebody has seen to has neither.
	DueAt     string `dynamodbav:"due_at,omitempty"`
	DueShard  string `dynamodbav:"due_shard,omitempty"`
	ExpiresAt int64  `dynamodbav:"expires_at"`
}

// PhoneSeal is the purpose under which an inquiry's phone is sealed.
const PhoneSeal = "inquiry/phone"

// Table is the inquiries table.
type Table struct {
	Client    *dynamodb.Client
	Name      string
	Keys      *secret.Keys
	Retention time.Duration // how long an inquiry is remembered
	Now       func() time.Time
}

// queue is the key of a queue in the index by_queue.
func queue(office string, s State) string { return office + "#" + string(s) }
