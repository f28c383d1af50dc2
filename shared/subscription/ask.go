package subscription

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/limit"
	"voice.example/shared/phone"
)

// ContactCodeLife is how long a contact's code is good for: whoever has it may be asleep, or hard to reach.
const ContactCodeLife = 24 * time.Hour

// ErrEmailNotSent is a code that could not be sent by e-mail.
var ErrEmailNotSent = errors.New("subscription: the e-mail could not be sent")

// asked is the item of the limits table in which a contact waits for its code.
type asked struct {
	waiting
	Contact Contact `dynamodbav:"contact"`
	Of      string  `dynamodbav:"of"` // the subscription's key, sealed
	Done    bool    `dynamodbav:"done,omitempty"`
}

const (
	askedPrefix = "contact#"
	askedSeal   = "subscription/asked"
)

// askedKey is where a contact of the subscription with this request id waits.
func askedKey(requestID string, kind Kind) string {
	return askedPrefix + requestID + "#" + string(kind)
}

// throttleContact counts one code for the contact, one for all, and one for the subscriber, whom a confirmed phone does not
// entitle to bother everybody else's.
func (s *Store) throttleContact(ctx context.Context, sub Subscription, kind Kind, address string) error {
	uses := s.codeUses("codes/email/"+s.contactHash(kind, address), "")
	if kind == SecondPhone { // counted alike, whoever's phone it is
		uses = s.codeUses(s.phoneCodes(phone.Number(address)), phone.Number(address))
	}
	mine := limit.Use{Key: "codes/contacts/" + sub.PhoneHash, Most: len(contacts) * s.CodesPerPhonePerHour, Window: time.Hour}
	return s.Limits.TakeEach(ctx, append([]limit.Use{mine}, uses...)...)
}

// ask sends a contact a code, in place of one sent before. The subscription must say already that it was asked.
func (s *Store) ask(ctx context.Context, sub Subscription, kind Kind, address string) error {
	code, err := newCode()
	if err != nil {
		return err
	}
	key := askedKey(sub.RequestID, kind)
	sealed, err := s.Keys.SealField(ctx, contactSeal+string(kind), address, sub.ID)
	if err != nil {
		return fmt.Errorf("subscription: asking a contact: %w", err)
	}
	of, err := s.Keys.SealField(ctx, askedSeal, string(sub.ANumber)+"|"+sub.ID, key)
	if err != nil {
		return fmt.Errorf("subscription: asking a contact: %w", err)
	}
	item, err := attributevalue.MarshalMap(asked{
		waiting: s.newWaiting(key, s.contactCodeHash(sub.RequestID, kind, code), ContactCodeLife),
		Contact: Contact{Sealed: sealed, Hash: s.contactHash(kind, address)},
		Of:      of,
	})
	if err != nil {
		return err
	}
	if _, err := s.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.Limits.Name, Item: item}); err != nil {
		return fmt.Errorf("subscription: asking a contact: %w", err)
	}
	if kind == Email {
		err = s.mail(ctx, sub, address, code)
	} else {
		err = s.text(ctx, phone.Number(address), sub.Language, "sms_code_second", code)
	}
	if err != nil {
		return err
	}
	return s.mark(ctx, key, expression.Set(expression.Name("sent"), expression.Value(true)))
}

func (s *Store) mail(ctx context.Context, sub Subscription, address, code string) error {
	if s.Mail == nil {
		return &InvalidError{"email", ProblemNotOffered}
	}
	data := map[string]any{"Agency": s.Agency, "Code": code}
	if _, err := s.Mail.Send(ctx, address, sub.Language.Text("email_code_subject", data), sub.Language.Text("email_code", data)); err != nil {
		return fmt.Errorf("%w: %w", ErrEmailNotSent, err)
	}
	return nil
}

func (s *Store) contactCodeHash(requestID string, kind Kind, code string) string {
	return s.Keys.Hash("contact code", requestID, string(kind), code)
}

// wasAsked reports whether a code that still works was sent to this contact.
func (s *Store) wasAsked(ctx context.Context, sub Subscription, kind Kind, hash string) (bool, error) {
	var a asked
	err := s.pending(ctx, askedKey(sub.RequestID, kind), &a)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && a.Sent && a.Contact.Hash == hash && s.Now().Before(a.Until), err
}

// forget ends the wait for a contact's code.
func (s *Store) forget(ctx context.Context, requestID string, kind Kind) error {
	_, err := s.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.Limits.Name, Key: limitsKey(askedKey(requestID, kind))})
	if err != nil {
		return fmt.Errorf("subscription: forgetting a contact: %w", err)
	}
	return nil
}
