package alert

import (
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/custody"
	"voice.example/shared/secret"
)

// State is how far an alert has come.
type State string

const (
	Planned  State = "planned"
	Claimed  State = "claimed"
	Sent     State = "sent"      // accepted by the carrier's gateway; whether it arrived, receipts say
	Failed   State = "failed"    // it will never be sent, or a carrier said that it did not arrive; Outcome says why
	OptedOut State = "opted_out" // the subscriber ended the subscription or said STOP

	Delivered    State = "delivered"    // a carrier said that it arrived
	Acknowledged State = "acknowledged" // the subscriber said so
)

// Recipient is whom an alert of a subscription goes to.
type Recipient string

const (
	Subscriber Recipient = ""       // by text to the subscription's phone
	Second     Recipient = "second" // by text to the phone of the second contact
	Email      Recipient = "email"  // by e-mail, a copy of what the phone gets
)

// Outcomes of alerts that could not be told, which SettleFailed takes.
const (
	Unreachable = "phone"   // the phone or the address takes no messages
	Unknown     = "unknown" // after several attempts of which nobody knows whether they arrived
)

// Lease is how long a claim lasts. It is longer than deliver may run, so that no two hold one alert, and shorter than
// the queues' visibility timeout, so that the next try finds it free.
const Lease = 30 * time.Second

// Alert is one event for one subscription: an item of the ledger. It holds what its text will say, as it was when
// the event happened, and no phone.
type Alert struct {
	ID             string          `dynamodbav:"alert_id"`
	EventID        string          `dynamodbav:"event_id"`
	SubscriptionID string          `dynamodbav:"subscription_id"`
	ANumber        custody.ANumber `dynamodbav:"a_number"`
	Event          custody.Event   `dynamodbav:"event"`
	Initials       string          `dynamodbav:"initials,omitempty"`
	Version        int64           `dynamodbav:"version"` // of the record, that the event made
	Status         custody.Status  `dynamodbav:"status"`
	Facility       string          `dynamodbav:"facility,omitempty"`
	FacilityCode   string          `dynamodbav:"facility_code,omitempty"`
	InTransit      bool            `dynamodbav:"in_transit,omitempty"`
	Since          time.Time       `dynamodbav:"since"`
	UnlistedSince  time.Time       `dynamodbav:"unlisted_since,omitempty"`
	// Relisted says of the event Returned that the person is back on a list which lacked them, not back in custody.
	Relisted bool      `dynamodbav:"relisted,omitempty"`
	AsOf     time.Time `dynamodbav:"as_of"`
	// Corrects is the id of the alert that told something wrong, if this one is to take it back.
	Corrects string `dynamodbav:"corrects,omitempty"`
	// To is whom the alert goes to, if not to the subscriber's phone. An alert to somebody else, or a repeat, is an alert of
	// its own beside the first.
	To Recipient `dynamodbav:"to,omitempty"`
	// Repeat is how often the same was told before to this recipient without an answer.
	Repeat int `dynamodbav:"repeat,omitempty"`

	State        State     `dynamodbav:"state"`
	PlannedAt    time.Time `dynamodbav:"planned_at"`
	ClaimedUntil int64     `dynamodbav:"claimed_until,omitempty"` // Unix milliseconds
	Attempts     int       `dynamodbav:"attempts"`
	Unsent       int       `dynamodbav:"unsent,omitempty"`     // attempts that certainly sent nothing
	SentAt       time.Time `dynamodbav:"sent_at,omitempty"`    // or when it was tried last, if nobody knows whether it was
	MessageID    string    `dynamodbav:"message_id,omitempty"` // the gateway's
	// PhoneHash is the keyed hash of the phone that was texted. With the message id it is the key of the index by_phone,
	// which only alerts that were sent are in.
	PhoneHash string `dynamodbav:"phone_hash,omitempty"`
	// Check is the code that the text ended in, if it was sent or may have been (see CheckOf). It is the key of the index
	// by_check.
	Check          string    `dynamodbav:"check,omitempty"`
	DeliveredAt    time.Time `dynamodbav:"delivered_at,omitempty"`    // when the receipt came
	AcknowledgedAt time.Time `dynamodbav:"acknowledged_at,omitempty"` // when the subscriber replied
	Outcome        string    `dynamodbav:"outcome,omitempty"`         // why it failed, in a word

	// DueAt is when escalate looks at the alert again, in RFC 3339 with whole seconds, and DueShard the key under which it
	// finds it; what is settled for good has neither. Chased is how often its job was published once more.
	DueAt    string `dynamodbav:"due_at,omitempty"`
	DueShard string `dynamodbav:"due_shard,omitempty"`
	Chased   int    `dynamodbav:"chased,omitempty"`
	// Step is what happens then, if it has been sent.
	Step Step `dynamodbav:"step,omitempty"`
	// Inquiry is the reference of the inquiry that it ended in, since nobody answered.
	Inquiry string `dynamodbav:"inquiry,omitempty"`

	ExpiresAt int64 `dynamodbav:"expires_at"`
}

// EventID returns the id of the change that made a record's version: a keyed hash, so that it means nothing in logs
// to those without the key. The same change is the same event however often it is seen. The upload is part of it, so
// that versions which repeat after a table was restored are events of their own.
func EventID(keys *secret.Keys, r custody.Record) string {
	return keys.Hash("event", string(r.ANumber), strconv.FormatInt(r.Version, 10), r.UploadID)
}

// New returns the alert that tells a subscription of an event. It is not in the ledger yet.
func New(eventID string, event custody.Event, r custody.Record, subscriptionID string) Alert {
	a := Alert{ID: eventID + "." + subscriptionID, EventID: eventID, SubscriptionID: subscriptionID, ANumber: r.ANumber}
	a.Tell(event, r)
	return a
}

// Tell makes the alert about an event that has left the record as it is now.
func (a *Alert) Tell(event custody.Event, r custody.Record) {
	a.Event, a.Version, a.Status, a.Initials = event, r.Version, r.Status, r.Initials()
	a.Facility, a.FacilityCode, a.InTransit, a.Since, a.AsOf = r.Facility, r.FacilityCode, r.InTransit, r.Since, r.KnownAsOf()
	a.UnlistedSince = r.UnlistedSince
	if r.Unlisted() {
		a.AsOf = r.UnlistedSince // the list's moment, which is what the text is about
	}
}

// Said is as much of a record as the alert tells.
func (a Alert) Said() custody.Record {
	return custody.Record{Status: a.Status, InTransit: a.InTransit, Facility: a.Facility, FacilityCode: a.FacilityCode, UnlistedSince: a.UnlistedSince}
}

// Overtaken reports whether the record has gone on since the event, to where a text about the event would be wrong.
func (a Alert) Overtaken(r custody.Record) bool {
	return r.Version > a.Version && r.Contradicts(a.Said())
}

// EventSince is the event that tells where the record stands now to whoever knows this alert.
func (a Alert) EventSince(r custody.Record) custody.Event { return r.EventSince(a.Said()) }

// What Claim and Settle may answer.
var (
	ErrNotFound = errors.New("alert: not in the ledger")
	ErrClaimed  = errors.New("alert: claimed by another")
	ErrSettled  = errors.New("alert: settled before")
)

// ErrUnreadable is an item of the ledger that cannot be read. It never says why, which can repeat what the item says.
var ErrUnreadable = errors.New("alert: an item is no alert")

// Ledger is the alerts table.
type Ledger struct {
	Client    *dynamodb.Client
	Table     string
	Retention time.Duration // how long an alert is remembered
	Schedule  Schedule      // of urgent alerts that nobody acknowledges; for who settles alerts
	Now       func() time.Time
}
