package session

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
)

// Why there is no session. Whoever asks is to be told the same of all three; the log may tell them apart.
var (
	ErrNone = errors.New("session: there is none of this token") // never was, was ended, or was forgotten
	ErrIdle = errors.New("session: not used for too long")
	ErrOld  = errors.New("session: too long since the sign-in")
)

// Ended reports whether an error says that there is no session any more, and not that the table failed.
func Ended(err error) bool {
	return errors.Is(err, ErrNone) || errors.Is(err, ErrIdle) || errors.Is(err, ErrOld)
}

// tokenBytes is how many random bytes a token has, and tokenLength its characters.
const (
	tokenBytes  = 32
	tokenLength = 43
)

// timeShape is RFC 3339 in UTC with seconds: all of one length, so that they compare as text.
const timeShape = "2006-01-02T15:04:05Z"

// Table is the sessions table.
type Table struct {
	Client   *dynamodb.Client
	Name     string
	Keys     *secret.Keys
	Idle     time.Duration // a session that is not used for longer has ended
	Absolute time.Duration // and so has one whose sign-in is longer ago
	Now      func() time.Time
}

// Session is somebody who has signed in with a browser.
type Session struct {
	ID         string // the keyed hash of the token: tells sessions apart, and opens none
	Who        staff.Identity
	SignedInAt time.Time
	SeenAt     time.Time // its last use, which is this one
}

// item is a session in the table.
type item struct {
	Session    string       `dynamodbav:"session"`
	Subject    string       `dynamodbav:"subject"`
	Name       string       `dynamodbav:"name"`
	Email      string       `dynamodbav:"email"`
	Office     string       `dynamodbav:"office"`
	Roles      []staff.Role `dynamodbav:"roles"`
	SignedInAt time.Time    `dynamodbav:"signed_in_at"`
	SeenAt     time.Time    `dynamodbav:"seen_at"`
	ExpiresAt  int64        `dynamodbav:"expires_at"`
}

// Start begins a session of somebody who has just signed in and gives its token, for a cookie. It never goes on with one
// that there was: a token that somebody else put into a browser is worth nothing.
func (t *Table) Start(ctx context.Context, who staff.Identity) (token string, err error) {
	raw := make([]byte, tokenBytes)
	rand.Read(raw) // never fails: crypto/rand ends the process instead
	token = base64.RawURLEncoding.EncodeToString(raw)
	now := t.Now()
	roles := make([]types.AttributeValue, len(who.Roles))
	for i, role := range who.Roles {
		roles[i] = text(string(role))
	}
	_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: map[string]types.AttributeValue{
		"session": text(t.id(token)), "subject": text(who.Subject), "name": text(who.Name), "email": text(who.Email), "office": text(who.Office),
		"roles": &types.AttributeValueMemberL{Value: roles}, "signed_in_at": at(now), "seen_at": at(now),
		"expires_at": &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Add(t.Absolute).Unix(), 10)},
	}})
	if err != nil {
		return "", fmt.Errorf("session: starting: %w", err)
	}
	return token, nil
}

// Use gives the session of a token and notes that it was used: one write, whatever comes of it. Errors: ErrNone, ErrIdle,
// ErrOld.
func (t *Table) Use(ctx context.Context, token string) (Session, error) {
	if len(token) != tokenLength {
		return Session{}, ErrNone
	}
	now := t.Now()
	idle, old := expression.Value(now.Add(-t.Idle).UTC().Format(timeShape)), expression.Value(now.Add(-t.Absolute).UTC().Format(timeShape))
	// An item that is not there has no seen_at, which is after nothing.
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("seen_at"), expression.Value(now.UTC().Format(timeShape)))).
		WithCondition(expression.Name("seen_at").GreaterThan(idle).And(expression.Name("signed_in_at").GreaterThan(old))).
		Build()
	if err != nil {
		return Session{}, err
	}
	out, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: t.key(token), UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
		ReturnValues: types.ReturnValueAllNew, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if aws.ConditionFailed(err) {
		return Session{}, t.why(err, now)
	}
	if err != nil {
		return Session{}, fmt.Errorf("session: using: %w", err)
	}
	var i item
	if err := attributevalue.UnmarshalMap(out.Attributes, &i); err != nil {
		return Session{}, fmt.Errorf("session: an item is no session: %w", err)
	}
	return Session{
		ID: i.Session, Who: staff.Identity{Subject: i.Subject, Name: i.Name, Email: i.Email, Office: i.Office, Roles: i.Roles},
		SignedInAt: i.SignedInAt, SeenAt: i.SeenAt,
	}, nil
}

// why says of a session that could not be used what is wrong with it.
func (t *Table) why(err error, now time.Time) error {
	var failed *types.ConditionalCheckFailedException
	var i item
	if !errors.As(err, &failed) || len(failed.Item) == 0 || attributevalue.UnmarshalMap(failed.Item, &i) != nil {
		return ErrNone
	}
	if !i.SignedInAt.After(now.Add(-t.Absolute)) {
		return ErrOld
	}
	return ErrIdle
}

// End ends the session of a token. Ending one that is not there is no error.
func (t *Table) End(ctx context.Context, token string) error {
	if len(token) != tokenLength {
		return nil
	}
	if _, err := t.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.Name, Key: t.key(token)}); err != nil {
		return fmt.Errorf("session: ending: %w", err)
	}
	return nil
}

func (t *Table) id(token string) string { return t.Keys.Hash("session", token) }

func (t *Table) key(token string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"session": text(t.id(token))}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func at(moment time.Time) types.AttributeValue { return text(moment.UTC().Format(timeShape)) }
