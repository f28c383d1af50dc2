package subscription

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/phone"
)

// Changes is what to change of a subscription; a nil field stays as it is.
type Changes struct {
	Language *i18n.Language
	Events   *[]custody.Event
	Discreet *bool
	CodeWord *string
	Quiet    *Quiet        // one of no times ends quiet hours
	Second   *phone.Number // an empty one ends the contact, and so with Email
	Email    *string
}

// Change changes a subscription. A contact is sent a code, each time that it is named unless it is confirmed already; the
// one that the subscription has stays until then. No more is written than what changes, so that nothing is undone which is
// confirmed at the same moment.
//
// Errors: ErrManageToken, *InvalidError, *limit.ThrottledError, with which nothing is changed; and *sms.Error or
// ErrEmailNotSent for a contact's code that could not be sent, or perhaps: then all is changed, and asking again is safe.
func (s *Store) Change(ctx context.Context, id, manageToken string, c Changes) (Subscription, error) {
	sub, err := s.Find(ctx, id, manageToken)
	if err != nil {
		return Subscription{}, err
	}
	return s.change(ctx, sub, c)
}

// change is Change for one who may.
func (s *Store) change(ctx context.Context, sub Subscription, c Changes) (Subscription, error) {
	var e edit
	if err := s.checkChanges(ctx, sub, &c); err != nil {
		return Subscription{}, err
	}
	if c.Language != nil {
		e.set("language", *c.Language, true)
	}
	if c.Events != nil {
		e.set("events", *c.Events, len(*c.Events) > 0)
	}
	if c.CodeWord != nil {
		e.set("code_word", *c.CodeWord, *c.CodeWord != "")
	}
	if c.Discreet != nil {
		e.set("discreet", true, *c.Discreet)
	}
	if c.Quiet != nil {
		e.set("quiet_hours", *c.Quiet, *c.Quiet != Quiet{})
	}
	named := map[Kind]string{}
	if c.Second != nil {
		named[SecondPhone] = c.Second.E164()
	}
	if c.Email != nil {
		named[Email] = *c.Email
	}
	toAsk, err := s.changeContacts(ctx, sub, named, &e)
	if err != nil || e.empty() {
		return sub, err
	}
	if sub, err = s.write(ctx, sub, e); err != nil {
		return Subscription{}, err
	}
	var failed []error
	for _, kind := range contacts {
		address, isNamed := named[kind]
		switch {
		case toAsk[kind]:
			failed = append(failed, s.ask(ctx, sub, kind, address))
		case isNamed:
			failed = append(failed, s.forget(ctx, sub.RequestID, kind))
		}
	}
	return sub, errors.Join(failed...)
}

// checkChanges returns the first thing wrong with the changes, and tidies what it can.
func (s *Store) checkChanges(ctx context.Context, sub Subscription, c *Changes) error {
	if c.Language != nil {
		if err := checkLanguage(*c.Language); err != nil {
			return err
		}
	}
	if c.Events != nil {
		if err := checkEvents(*c.Events); err != nil {
			return err
		}
	}
	if c.CodeWord != nil {
		if err := checkCodeWord(c.CodeWord); err != nil {
			return err
		}
	}
	if c.Quiet != nil && *c.Quiet != (Quiet{}) {
		quiet := *c.Quiet
		if quiet.Zone == "" && sub.Quiet != nil {
			quiet.Zone = sub.Quiet.Zone
		}
		number, err := s.Phone(ctx, sub)
		if err != nil {
			return err
		}
		if c.Quiet, err = s.checkQuiet(quiet, number); err != nil {
			return err
		}
	}
	if c.Second != nil && *c.Second != "" && s.phoneHash(*c.Second) == sub.PhoneHash {
		return &InvalidError{"second_phone", ProblemSame}
	}
	if c.Second != nil && *c.Second != "" && !s.Texts(*c.Second) {
		return &InvalidError{"second_phone", ProblemAbroad}
	}
	if c.Email != nil {
		return s.checkEmail(c.Email)
	}
	return nil
}

// changeContacts says in e what becomes of the named contacts, and returns which of them are to be sent a code: those which
// the subscription does not have.
func (s *Store) changeContacts(ctx context.Context, sub Subscription, named map[Kind]string, e *edit) (map[Kind]bool, error) {
	toAsk := map[Kind]bool{}
	for _, kind := range contacts {
		address, ok := named[kind]
		if !ok {
			continue
		}
		_, wait := s.keep(sub, kind, address)
		e.set("asked_"+string(kind), wait, wait != nil)
		if address == "" {
			e.set(string(kind), nil, false)
		}
		if wait == nil {
			continue
		}
		if err := s.throttleContact(ctx, sub, kind, address); err != nil {
			return nil, err
		}
		toAsk[kind] = true
	}
	return toAsk, nil
}

// edit is which attributes of an item to set or to remove.
type edit struct {
	update expression.UpdateBuilder
	any    bool
}

func (e *edit) empty() bool { return !e.any }

// set sets an attribute, or removes it if there is to be none.
func (e *edit) set(name string, value any, is bool) {
	e.any = true
	if is {
		e.update = e.update.Set(expression.Name(name), expression.Value(value))
	} else {
		e.update = e.update.Remove(expression.Name(name))
	}
}

// write makes the edit, if the subscription still has the token it was read with, and returns what it is then.
func (s *Store) write(ctx context.Context, sub Subscription, e edit) (Subscription, error) {
	expr, err := expression.NewBuilder().WithUpdate(e.update).WithCondition(owned(sub)).Build()
	if err != nil {
		return Subscription{}, err
	}
	out, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.Table, Key: key(sub.ANumber, sub.ID), ReturnValues: types.ReturnValueAllNew,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return Subscription{}, tokenError(err, "changing")
	}
	var now Subscription
	if err := attributevalue.UnmarshalMap(out.Attributes, &now); err != nil {
		return Subscription{}, ErrUnreadable // and not what is in it
	}
	return now, nil
}
