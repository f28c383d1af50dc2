package inquiry

import (
	"context"
	"errors"
	"fmt"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/i18n"
)

// ErrAfter is a place in a list that no list has.
var ErrAfter = errors.New("inquiry: no such place in the list")

// List says which part of a list is wanted.
type List struct {
	Latest   bool   // what is due last comes first
	Limit    int    // how many, at most 100
	After    string // the Next of the page before; "" for the first
	Reason   Reason // "" for all
	Language i18n.Language
}

// Page is a part of a list. Its inquiries have what lists show: no contact, no message, no timeline.
type Page struct {
	Inquiries []Inquiry
	Next      string // the After of the next page; "" when there is none
}

// scanned is how many inquiries of a list are looked at for a page of those that are wanted: about a quarter of a megabyte,
// so that a page is one call.
const scanned = 500

// InQueue lists an office's inquiries in a state, what is due first. A page of a filtered list may have fewer than Limit and a
// Next all the same.
func (t *Table) InQueue(ctx context.Context, office string, s State, l List) (Page, error) {
	return t.list(ctx, "by_queue", "queue", queue(office, s), l)
}

// OfPerson lists what one person has in a state, what is due first.
func (t *Table) OfPerson(ctx context.Context, person string, s State, l List) (Page, error) {
	return t.list(ctx, "by_assignee", "worklist", worklist(person, s), l)
}

func (t *Table) list(ctx context.Context, index, attribute, value string, l List) (Page, error) {
	build := expression.NewBuilder().WithKeyCondition(expression.Key(attribute).Equal(expression.Value(value)))
	limit := l.Limit
	if filter, filtered := l.filter(); filtered {
		build, limit = build.WithFilter(filter), scanned
	}
	expr, err := build.Build()
	if err != nil {
		return Page{}, err
	}
	in := &dynamodb.QueryInput{TableName: &t.Name, IndexName: &index, Limit: sdk.Int32(int32(limit)), ScanIndexForward: sdk.Bool(!l.Latest),
		KeyConditionExpression: expr.KeyCondition(), FilterExpression: expr.Filter(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()}
	if l.After != "" {
		due, reference, ok := strings.Cut(l.After, "~")
		if !ok || due == "" || reference == "" {
			return Page{}, ErrAfter
		}
		in.ExclusiveStartKey = map[string]types.AttributeValue{"reference": &types.AttributeValueMemberS{Value: reference},
			attribute: &types.AttributeValueMemberS{Value: value}, "due_by": &types.AttributeValueMemberS{Value: due}}
	}
	out, err := t.Client.Query(ctx, in)
	if err != nil {
		return Page{}, fmt.Errorf("inquiry: listing: %w", err)
	}
	var page Page
	if attributevalue.UnmarshalListOfMaps(out.Items, &page.Inquiries) != nil {
		return Page{}, ErrUnreadable
	}
	switch {
	case len(page.Inquiries) > l.Limit:
		page.Inquiries = page.Inquiries[:l.Limit]
		last := page.Inquiries[l.Limit-1]
		page.Next = last.DueBy + "~" + last.Reference
	case len(out.LastEvaluatedKey) > 0:
		var last struct {
			DueBy     string `dynamodbav:"due_by"`
			Reference string `dynamodbav:"reference"`
		}
		if attributevalue.UnmarshalMap(out.LastEvaluatedKey, &last) != nil {
			return Page{}, ErrUnreadable
		}
		page.Next = last.DueBy + "~" + last.Reference
	}
	return page, nil
}

func (l List) filter() (filter expression.ConditionBuilder, filtered bool) {
	if l.Reason != "" {
		filter, filtered = expression.Name("reason").Equal(expression.Value(l.Reason)), true
	}
	if l.Language != "" {
		speaks := expression.Name("language").Equal(expression.Value(l.Language))
		if filtered {
			return filter.And(speaks), true
		}
		return speaks, true
	}
	return filter, filtered
}

// OfPhone lists the latest inquiries of a phone, by its hash, the latest first.
func (t *Table) OfPhone(ctx context.Context, phoneHash string, most int) ([]Inquiry, error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("phone_hash").Equal(expression.Value(phoneHash))).Build()
	if err != nil {
		return nil, err
	}
	out, err := t.Client.Query(ctx, &dynamodb.QueryInput{TableName: &t.Name, IndexName: sdk.String("by_phone"), Limit: sdk.Int32(int32(most)),
		ScanIndexForward: sdk.Bool(false), KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if err != nil {
		return nil, fmt.Errorf("inquiry: listing those of a phone: %w", err)
	}
	var found []Inquiry
	if attributevalue.UnmarshalListOfMaps(out.Items, &found) != nil {
		return nil, ErrUnreadable
	}
	return found, nil
}
