package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/secret"
)

// WrongCodeError says that a code was wrong and how often another may be tried.
type WrongCodeError struct{ TriesLeft int }

func (e *WrongCodeError) Error() string {
	return fmt.Sprintf("subscription: wrong code, %d tries left", e.TriesLeft)
}

// Confirmed is a subscription and what of it was confirmed: its own phone, which makes it, or a contact.
type Confirmed struct {
	Subscription Subscription
	Kind         Kind
	// ManageToken manages the subscription; only the code of its own phone gives one. It is not kept; only its hash is.
	ManageToken string
	// First is false where the code was tried before.
	First bool
	// NotSent is why a contact's code could not be sent. The contact waits nevertheless; Change asks again.
	NotSent error
}

// Confirm makes a request into a subscription when the code is right, and sends the contacts that it names theirs. A
// subscription of the same phone to the same person is replaced, with its token; a contact that it had stays if it is named
// again. From then on Confirm takes the contacts' codes too, under the same id, for ContactCodeLife each.
//
// The right code may be confirmed again while it lasts, which gives a new token. Every try, right or wrong, counts
// towards MaxTries of each code that it might have been.
// Errors: ErrNotFound, ErrCodeExpired, ErrTooManyTries, *WrongCodeError.
func (s *Store) Confirm(ctx context.Context, id, code string) (Confirmed, error) {
	if !secret.ValidID(id) {
		return Confirmed{}, ErrNotFound
	}
	code = tidyCode(code)
	refused, left := ErrNotFound, -1
	for _, kind := range contacts {
		var a asked
		err := s.pending(ctx, askedKey(id, kind), &a) // most often there is none, which a try would be billed for
		if err == nil && !a.Done {
			err = s.try(ctx, askedKey(id, kind), &a, &a.waiting)
		}
		switch {
		case errors.Is(err, ErrCodeExpired), errors.Is(err, ErrTooManyTries):
			refused = err
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return Confirmed{}, err
		case secret.Equal(s.contactCodeHash(id, kind, code), a.CodeHash):
			return s.confirmContact(ctx, id, kind, a)
		case !a.Done:
			left = max(left, MaxTries-a.Tries)
		}
	}
	made, err := s.confirmRequest(ctx, id, code)
	var wrong *WrongCodeError
	isRefused := errors.Is(err, ErrNotFound) || errors.Is(err, ErrCodeExpired) || errors.Is(err, ErrTooManyTries)
	switch {
	case left >= 0 && (isRefused || errors.As(err, &wrong)): // it was meant to be a contact's
		return Confirmed{}, &WrongCodeError{TriesLeft: left}
	case isRefused && refused != ErrNotFound:
		return Confirmed{}, refused
	}
	return made, err
}

func (s *Store) confirmRequest(ctx context.Context, id, code string) (Confirmed, error) {
	var r request
	if err := s.try(ctx, requestPrefix+id, &r, &r.waiting); err != nil {
		return Confirmed{}, err
	}
	if !secret.Equal(s.Keys.Hash("code", id, code), r.CodeHash) {
		return Confirmed{}, &WrongCodeError{TriesLeft: MaxTries - r.Tries}
	}
	app, err := s.open(ctx, r)
	if err != nil {
		return Confirmed{}, err
	}
	subID := s.idOf(app.Phone, app.ANumber)
	sealed, err := s.Keys.SealField(ctx, phoneSeal, app.Phone.E164(), subID)
	if err != nil {
		return Confirmed{}, fmt.Errorf("subscription: writing a subscription: %w", err)
	}
	sub := Subscription{
		ANumber: app.ANumber, ID: subID, RequestID: id, PhoneHash: s.phoneHash(app.Phone), SealedPhone: sealed,
		CountryOfBirth: app.CountryOfBirth, Language: app.Language, Events: app.Events,
		Discreet: app.Discreet, CodeWord: app.CodeWord, Quiet: app.Quiet, CreatedAt: s.Now().UTC(),
	}
	if err := s.wanted(ctx, r.waiting, s.phoneCodes(app.Phone), app.Phone); err != nil {
		return Confirmed{}, err
	}
	token, hash := s.newToken(sub)
	sub.TokenHash = hash
	if sub, err = s.put(ctx, sub, app); err != nil {
		return Confirmed{}, err
	}
	return Confirmed{Subscription: sub, Kind: OwnPhone, First: r.Tries == 1, ManageToken: token, NotSent: s.askAll(ctx, sub, app)}, nil
}

// put writes a new subscription, with those contacts which the one in its place had and the application names again. A
// contact that is confirmed meanwhile is seen the next time round.
func (s *Store) put(ctx context.Context, sub Subscription, app Application) (Subscription, error) {
	for range 5 {
		before, err := s.Get(ctx, sub.ANumber, sub.ID)
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrUnreadable) {
			return Subscription{}, err
		}
		readable := !errors.Is(err, ErrUnreadable)
		sub.Second, sub.AskedSecond = s.keep(before, SecondPhone, app.Second.E164())
		sub.Email, sub.AskedEmail = s.keep(before, Email, app.Email)
		item, err := attributevalue.MarshalMap(sub)
		if err != nil {
			return Subscription{}, err
		}
		in := &dynamodb.PutItemInput{TableName: &s.Table, Item: item}
		if readable {
			expr, err := expression.NewBuilder().WithCondition(has(before, SecondPhone).And(has(before, Email))).Build()
			if err != nil {
				return Subscription{}, err
			}
			in.ConditionExpression, in.ExpressionAttributeNames, in.ExpressionAttributeValues = expr.Condition(), expr.Names(), expr.Values()
		}
		_, err = s.Client.PutItem(ctx, in)
		if aws.ConditionFailed(err) {
			continue
		}
		if err != nil {
			return Subscription{}, fmt.Errorf("subscription: writing a subscription: %w", err)
		}
		return sub, nil
	}
	return Subscription{}, errors.New("subscription: contacts change faster than a subscription is written")
}

// keep gives the contact that a subscription had, if it is this address, else that the address is to be asked.
func (s *Store) keep(before Subscription, kind Kind, address string) (*Contact, *Asked) {
	if address == "" {
		return nil, nil
	}
	hash := s.contactHash(kind, address)
	if c := before.contact(kind); c != nil && c.Hash == hash {
		return c, nil
	}
	return nil, &Asked{Hash: hash, Until: s.Now().Add(ContactCodeLife).UTC()}
}

// has is the condition that a subscription has the contact it was read with, or none.
func has(sub Subscription, kind Kind) expression.ConditionBuilder {
	if c := sub.contact(kind); c != nil {
		return expression.Name(string(kind) + ".hash").Equal(expression.Value(c.Hash))
	}
	return kind.attribute().AttributeNotExists()
}

// askAll sends codes to the contacts that wait, unless they have one that works.
func (s *Store) askAll(ctx context.Context, sub Subscription, app Application) error {
	var failed []error
	for _, kind := range sub.Waiting(s.Now()) {
		address := app.Email
		if kind == SecondPhone {
			address = app.Second.E164()
		}
		done, err := s.wasAsked(ctx, sub, kind, sub.askedFor(kind).Hash)
		if done {
			continue
		}
		if err == nil {
			err = s.throttleContact(ctx, sub, kind, address)
		}
		if err == nil {
			err = s.ask(ctx, sub, kind, address)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// confirmContact makes a contact part of its subscription, if that still is the one which asked for it. Doing it again
// changes nothing.
func (s *Store) confirmContact(ctx context.Context, id string, kind Kind, a asked) (Confirmed, error) {
	of, err := s.Keys.OpenField(ctx, askedSeal, a.Of, a.Key)
	if err != nil {
		return Confirmed{}, fmt.Errorf("subscription: a contact's item cannot be opened: %w", err)
	}
	aNumber, subID, _ := strings.Cut(of, "|")
	hash := expression.Value(a.Contact.Hash)
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(kind.attribute(), expression.Value(a.Contact)).Remove(kind.asked())).
		WithCondition(expression.Name("request_id").Equal(expression.Value(id)).
			And(expression.Name("asked_" + string(kind) + ".hash").Equal(hash).Or(expression.Name(string(kind) + ".hash").Equal(hash)))).
		Build()
	if err != nil {
		return Confirmed{}, err
	}
	out, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.Table, Key: key(custody.ANumber(aNumber), subID), ReturnValues: types.ReturnValueAllNew,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		return Confirmed{}, ErrNotFound // it was ended, replaced, or wants another contact now
	}
	if err != nil {
		return Confirmed{}, fmt.Errorf("subscription: confirming a contact: %w", err)
	}
	made := Confirmed{Kind: kind}
	if err := attributevalue.UnmarshalMap(out.Attributes, &made.Subscription); err != nil {
		return Confirmed{}, ErrUnreadable // and not what is in it
	}
	return made, s.mark(ctx, a.Key, expression.Set(expression.Name("done"), expression.Value(true)))
}

// try counts one try of a code, unless it is expired or used up, and reads what waits for it. w is the part of it that
// all such items have.
func (s *Store) try(ctx context.Context, key string, into any, w *waiting) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Add(expression.Name("tries"), expression.Value(1))).
		WithCondition(expression.Name("code_hash").AttributeExists().
			And(expression.Name("tries").LessThan(expression.Value(MaxTries))).
			And(expression.Name("expires_at").GreaterThan(expression.Value(s.Now().Unix())))).
		Build()
	if err != nil {
		return err
	}
	out, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.Limits.Name, Key: limitsKey(key), ReturnValues: types.ReturnValueAllNew,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		if err := s.pending(ctx, key, into); err != nil {
			return err
		}
		if !s.Now().Before(w.Until) {
			return ErrCodeExpired
		}
		return ErrTooManyTries
	}
	if err != nil {
		return fmt.Errorf("subscription: counting a try: %w", err)
	}
	if err := attributevalue.UnmarshalMap(out.Attributes, into); err != nil {
		return errors.New("subscription: an item is no request") // and not what is in it
	}
	if !s.Now().Before(w.Until) {
		return ErrCodeExpired
	}
	return nil
}

func (s *Store) open(ctx context.Context, r request) (Application, error) {
	plain, err := s.Keys.OpenField(ctx, requestSeal, r.Application, r.Key)
	if err != nil {
		return Application{}, fmt.Errorf("subscription: a request cannot be opened: %w", err)
	}
	var w sealedApplication
	if err := json.Unmarshal([]byte(plain), &w); err != nil {
		return Application{}, errors.New("subscription: a request is not JSON") // and not what is in it
	}
	return w.application(), nil
}

// tidyCode drops what people type around and between the digits.
func tidyCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, code)
}
