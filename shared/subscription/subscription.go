package subscription

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
)

// What can go wrong with a request or a subscription, besides *WrongCodeError, *limit.ThrottledError (too many
// codes), *sms.Error (the code could not be texted) and *InvalidError.
var (
	ErrNotFound     = errors.New("subscription: no such request or subscription")
	ErrCodeExpired  = errors.New("subscription: the code is too old")
	ErrTooManyTries = errors.New("subscription: too many wrong codes for this request")
	ErrManageToken  = errors.New("subscription: not the manage token of this subscription")
)

// Subscription is a phone that wants one person's events, as the subscriptions table keeps it.
type Subscription struct {
	ANumber custody.ANumber `dynamodbav:"a_number"`
	// ID is a keyed hash of phone and A-number.
	ID string `dynamodbav:"subscription_id"`
	// RequestID is the id under which the subscription was requested; callers may use either.
	RequestID string `dynamodbav:"request_id"`
	PhoneHash string `dynamodbav:"phone_hash"`
	// SealedPhone is the phone, encrypted. Store.Phone opens it.
	SealedPhone string `dynamodbav:"phone"`
	// CountryOfBirth is what the subscriber said; no alert goes to one who had it wrong.
	CountryOfBirth country.Code    `dynamodbav:"country_of_birth"`
	Language       i18n.Language   `dynamodbav:"language"`
	Events         []custody.Event `dynamodbav:"events,omitempty"` // none listed means all
	Discreet       bool            `dynamodbav:"discreet,omitempty"`
	CodeWord       string          `dynamodbav:"code_word,omitempty"`
	Quiet          *Quiet          `dynamodbav:"quiet_hours,omitempty"`
	// Second is who is told when the subscriber does not answer an urgent text, and Email where a copy of each alert goes.
	Second *Contact `dynamodbav:"second_phone,omitempty"`
	Email  *Contact `dynamodbav:"email,omitempty"`
	// AskedSecond and AskedEmail are what waits for its code; see Waiting.
	AskedSecond *Asked    `dynamodbav:"asked_second_phone,omitempty"`
	AskedEmail  *Asked    `dynamodbav:"asked_email,omitempty"`
	TokenHash   string    `dynamodbav:"token_hash"`
	CreatedAt   time.Time `dynamodbav:"created_at"`
}

// Wants reports whether the subscriber asked for events of this kind. A correction of what was said before is
// always wanted, and whoever asked to be told of a release is told of somebody who may be free.
func (s Subscription) Wants(e custody.Event) bool {
	if len(s.Events) == 0 || e == custody.Corrected {
		return true
	}
	for _, wanted := range s.Events {
		if wanted == e || wanted == custody.EventReleased && e == custody.Unlisted {
			return true
		}
	}
	return false
}

// Sender texts a phone; sms.SNS does. It is here so that the store need not know how texts travel.
type Sender interface {
	Send(ctx context.Context, to phone.Number, text string) (messageID string, err error)
}

// Mail sends an e-mail. Its errors must not repeat the address.
type Mail interface {
	Send(ctx context.Context, to string, subject, body string) (messageID string, err error)
}

// Store requests, confirms, finds and ends subscriptions. Every field must be set, except that a reader which
// only calls Get, Subscribers, OfPhone, Counts, Phone, SecondPhone or EmailAddress needs no Limits, OptOuts, Sender, Mail,
// Agency, Zone or figures.
type Store struct {
	Client  *dynamodb.Client
	Table   string
	Limits  *limit.Table
	OptOuts *optout.List // whom no code is texted; nil, where nothing is texted, lists nobody
	Keys    *secret.Keys
	Sender  Sender
	Mail    Mail   // nil where e-mail is not offered
	Agency  string // how our texts begin
	Now     func() time.Time
	Zone    *time.Location // of quiet hours whose zone is not known otherwise; UTC when nil

	// How many codes are sent: to one phone or e-mail address, to the thousand numbers that a phone is one of, and in all. 0 is
	// no limit for the last three.
	CodesPerPhonePerHour int
	CodesPerHour         int
	CodesPerPhonePerDay  int // that nobody confirmed
	CodesPerBlockPerHour int // that nobody confirmed
	CodesPerDay          int
	// TextCountries are the countries whose phones are sent a first code, by their codes of two letters; of all if there are none.
	TextCountries []string
	// CountryOf and ZoneOf are package numbering's, where a phone may be new or quiet hours are set. Without them no phone is of
	// one of TextCountries, and quiet hours are in Zone.
	CountryOf func(phone.Number) string
	ZoneOf    func(phone.Number) (string, bool)
	// VisitTakes is how long RequestVisit takes at least, so that its time does not tell whether there was a text to send.
	VisitTakes time.Duration
	// Others reports whether something else is kept of a phone that may be texted, and the language of its texts; nil for nothing.
	Others func(ctx context.Context, phoneHash string) (i18n.Language, bool, error)
}

// Phone opens a subscription's phone number.
func (s *Store) Phone(ctx context.Context, sub Subscription) (phone.Number, error) {
	number, err := s.Keys.OpenField(ctx, phoneSeal, sub.SealedPhone, sub.ID)
	if err != nil {
		return "", fmt.Errorf("subscription: a phone cannot be opened: %w", err)
	}
	return phone.Number(number), nil
}

const phoneSeal = "subscription/phone"

func (s *Store) phoneHash(n phone.Number) string { return optout.Hash(s.Keys, n) }

func (s *Store) idOf(n phone.Number, a custody.ANumber) string {
	return s.Keys.Hash("subscription", n.E164(), string(a))
}
