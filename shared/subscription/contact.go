package subscription

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"voice.example/shared/phone"
)

// Kind is which address of a subscription is meant.
type Kind string

// The kinds. Those after the first are contacts.
const (
	OwnPhone    Kind = "phone"
	SecondPhone Kind = "second_phone"
	Email       Kind = "email"
)

// contacts lists the kinds of contacts, in the order in which their codes are tried.
var contacts = []Kind{SecondPhone, Email}

// attribute is where a subscription keeps the contact, and asked where it keeps that the contact waits.
func (k Kind) attribute() expression.NameBuilder { return expression.Name(string(k)) }
func (k Kind) asked() expression.NameBuilder     { return expression.Name("asked_" + string(k)) }

// Contact is another address of a subscription than its phone: the phone of somebody who is told when the subscriber does
// not answer, or an e-mail address. It is kept only once a code that was sent there has been confirmed.
type Contact struct {
	// Sealed is the address, encrypted. Store.SecondPhone and Store.EmailAddress open it.
	Sealed string `dynamodbav:"address"`
	// Hash is the address's keyed hash; of a phone that of optout.Hash.
	Hash string `dynamodbav:"hash"`
}

// Asked says that a contact was named whose code has not been confirmed: which, by its hash, and until when the code works.
type Asked struct {
	Hash  string    `dynamodbav:"hash"`
	Until time.Time `dynamodbav:"until"`
}

// Waiting lists the contacts that wait for their code.
func (s Subscription) Waiting(now time.Time) []Kind {
	var kinds []Kind
	for _, kind := range contacts {
		if a := s.askedFor(kind); a != nil && now.Before(a.Until) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (s Subscription) contact(kind Kind) *Contact {
	if kind == Email {
		return s.Email
	}
	return s.Second
}

func (s Subscription) askedFor(kind Kind) *Asked {
	if kind == Email {
		return s.AskedEmail
	}
	return s.AskedSecond
}

// SecondPhone opens the second contact's phone number. None is ErrNotFound.
func (s *Store) SecondPhone(ctx context.Context, sub Subscription) (phone.Number, error) {
	number, err := s.openContact(ctx, sub, SecondPhone)
	return phone.Number(number), err
}

// EmailAddress opens the e-mail address. None is ErrNotFound.
func (s *Store) EmailAddress(ctx context.Context, sub Subscription) (string, error) {
	return s.openContact(ctx, sub, Email)
}

func (s *Store) openContact(ctx context.Context, sub Subscription, kind Kind) (string, error) {
	c := sub.contact(kind)
	if c == nil {
		return "", ErrNotFound
	}
	address, err := s.Keys.OpenField(ctx, contactSeal+string(kind), c.Sealed, sub.ID)
	if err != nil {
		return "", fmt.Errorf("subscription: a contact cannot be opened: %w", err)
	}
	return address, nil
}

const contactSeal = "subscription/"

// contactHash hashes an address. That of an e-mail address does not tell capital letters from small ones.
func (s *Store) contactHash(kind Kind, address string) string {
	if kind == Email {
		return s.Keys.Hash("email", strings.ToLower(address))
	}
	return s.phoneHash(phone.Number(address))
}
