package subscription

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
	"voice.example/shared/i18n"
	"voice.example/shared/limit"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
	"voice.example/shared/sms"
)

// VisitsPerDay is how often a visit may be asked for with one phone in a day. With MaxTries it is what guessing has to go
// on: a code lasts minutes, but who guesses may have years.
const VisitsPerDay = 6

// VisitRequest is a visit that waits for the code or the link that was texted.
type VisitRequest struct {
	Pending
	// Texted is how many texts were sent: none to a phone that has no subscriptions or said STOP. NotSent is why one could not
	// be sent. Both are for the log, as a count: whoever asked must not learn of either.
	Texted  int
	NotSent error
}

// visitRequest is the item in which a visit waits for its code, and visitLink the one in which it waits for its link. Other
// is the key of the other one.
type visitRequest struct {
	waiting
	PhoneHash string `dynamodbav:"phone_hash"`
	Other     string `dynamodbav:"other"`
}

type visitLink struct {
	Key       string    `dynamodbav:"key"`
	PhoneHash string    `dynamodbav:"phone_hash"`
	Other     string    `dynamodbav:"other"`
	Until     time.Time `dynamodbav:"until"`
	ExpiresAt int64     `dynamodbav:"expires_at"`
}

const (
	visitPrefix = "visit#"
	linkPrefix  = "link#"
	linkLength  = 16 // 80 random bits
)

// RequestVisit texts a code and a link to the phone if it has subscriptions, or if Others says that something else of it is kept, in
// the language of one of them. site is what a
// link begins with, such as https://example.org/manage/; where there is none, or the text would be too long with it, the
// text has the code only.
//
// It answers alike and does the same work for every phone, but for the text, and takes as long, if VisitTakes is longer than
// a text. So a text that cannot be sent is no error, but NotSent. With an idempotency key, asking again within CodeLife
// gives the same request and no second text. Errors: *limit.ThrottledError, or something unknown.
func (s *Store) RequestVisit(ctx context.Context, n phone.Number, site, idempotencyKey string) (VisitRequest, error) {
	hash, id := s.phoneHash(n), secret.NewID()
	if idempotencyKey != "" {
		id = s.Keys.Hash("visit", idempotencyKey, n.E164())
		var earlier visitRequest
		switch err := s.pending(ctx, visitPrefix+id, &earlier); {
		case err == nil && s.Now().Before(earlier.Until):
			return VisitRequest{Pending: Pending{ID: id, ExpiresAt: earlier.Until}}, nil
		case err != nil && !errors.Is(err, ErrNotFound):
			return VisitRequest{}, err
		}
	}
	uses := append(s.codeUses(s.phoneCodes(n), n), limit.Use{Key: "visits/phone/" + hash, Most: VisitsPerDay, Window: 24 * time.Hour})
	if err := s.Limits.TakeEach(ctx, uses...); err != nil {
		return VisitRequest{}, err
	}
	over := time.After(s.VisitTakes)
	defer func() {
		select {
		case <-over:
		case <-ctx.Done():
		}
	}()
	code, err := newCode()
	if err != nil {
		return VisitRequest{}, err
	}
	link := secret.NewID()[:linkLength]
	r := visitRequest{waiting: s.newWaiting(visitPrefix+id, s.Keys.Hash("visit code", id, code), CodeLife), PhoneHash: hash, Other: s.linkKey(link)}
	request := VisitRequest{Pending: Pending{ID: id, ExpiresAt: r.Until}}
	if first, err := s.putVisit(ctx, r); err != nil || !first {
		return request, err
	}
	stopped, err := s.stopped(ctx, hash)
	if err != nil {
		return VisitRequest{}, err
	}
	language, has, err := s.speaks(ctx, hash)
	if err != nil {
		return VisitRequest{}, err
	}
	if s.Others != nil {
		other, also, err := s.Others(ctx, hash)
		if err != nil {
			return VisitRequest{}, err
		}
		if !has {
			language, has = other, also
		}
	}
	if has && !stopped {
		_, request.NotSent = s.Sender.Send(ctx, n, s.visitText(language, code, site, link))
		if request.NotSent == nil {
			request.Texted = 1
		}
	}
	return request, nil
}

// putVisit keeps a visit's link, then its code, unless a code of its id works already: then it is false, and the other's text
// is the one.
func (s *Store) putVisit(ctx context.Context, r visitRequest) (bool, error) {
	link, err := attributevalue.MarshalMap(visitLink{Key: r.Other, PhoneHash: r.PhoneHash, Other: r.Key, Until: r.Until, ExpiresAt: r.ExpiresAt})
	if err != nil {
		return false, err
	}
	code, err := attributevalue.MarshalMap(r)
	if err != nil {
		return false, err
	}
	expr, err := expression.NewBuilder().WithCondition(expression.Name("code_hash").AttributeNotExists().
		Or(expression.Name("expires_at").LessThanEqual(expression.Value(s.Now().Add(time.Hour).Unix())))).Build()
	if err != nil {
		return false, err
	}
	if _, err := s.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.Limits.Name, Item: link}); err != nil {
		return false, fmt.Errorf("subscription: keeping a visit's link: %w", err)
	}
	_, err = s.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.Limits.Name, Item: code, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		return false, nil // the link that was kept is nobody's, and ends as all do
	}
	if err != nil {
		return false, fmt.Errorf("subscription: keeping a visit's code: %w", err)
	}
	return true, nil
}

// speaks gives the language of one of a phone's subscriptions; false if it has none.
func (s *Store) speaks(ctx context.Context, phoneHash string) (i18n.Language, bool, error) {
	for sub, err := range s.EachOfPhone(ctx, phoneHash) {
		if errors.Is(err, ErrUnreadable) {
			continue
		}
		return sub.Language, err == nil, err
	}
	return "", false, nil
}

// visitText says the code and the link, or the code only.
func (s *Store) visitText(l i18n.Language, code, site, link string) string {
	data := map[string]any{"Agency": s.Agency, "Code": code, "Link": site + link}
	if site != "" {
		text := sms.Write(l, l.Text("sms_manage", data))
		if parts, _ := sms.Parts(text); parts <= sms.MaxParts {
			return text
		}
	}
	return sms.Write(l, l.Text("sms_code", data))
}

// linkKey is where a link waits to be opened. Its secret is not kept, only its hash.
func (s *Store) linkKey(link string) string { return linkPrefix + s.Keys.Hash("visit link", link) }

// ValidLink reports whether text could be the secret of a link.
func ValidLink(text string) bool {
	return len(text) == linkLength && secret.ValidID(strings.Repeat(text, 2))
}
