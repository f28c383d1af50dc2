package volume

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// service is the item of what escalate notes.
const service = "service"

// Service is how the service stands, apart from inquiries, as escalate notes it every minute. So whoever looks needs no
// call for each of these, and sees by At that the clock behind alerts goes.
type Service struct {
	At     time.Time `dynamodbav:"at"`
	Silent []Silent  `dynamodbav:"silent"`
	Held   int       `dynamodbav:"held"` // uploads that wait for a decision, up to MostHeld
}

// MostHeld is how many held uploads are counted. There may be more.
const MostHeld = 100

// Silent is a feed of which no file came for too long.
type Silent struct {
	Feed  string    `dynamodbav:"feed" json:"feed"`
	Since time.Time `dynamodbav:"since" json:"since"`
}

// Now is what stands now.
type Now struct {
	Inquiries Counts // open, assigned, overdue: with how many of these nobody was in contact in time
	Service   Service
}

// Note writes how the service stands.
func (t *Table) Note(ctx context.Context, s Service) error {
	item, err := attributevalue.MarshalMap(s)
	if err != nil {
		return fmt.Errorf("volume: encoding what stands: %w", err)
	}
	for name, value := range (Slot{standing, service}).key() {
		item[name] = value
	}
	if _, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: item}); err != nil {
		return fmt.Errorf("volume: noting what stands: %w", err)
	}
	return nil
}

// Standing reads what stands now, in one call. What was never noted is zero.
func (t *Table) Standing(ctx context.Context) (now Now, err error) {
	out, err := t.Client.Query(ctx, &dynamodb.QueryInput{TableName: &t.Name, KeyConditionExpression: ptr("#s = :s"),
		ExpressionAttributeNames:  map[string]string{"#s": "series"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text(string(standing))}})
	if err != nil {
		return Now{}, fmt.Errorf("volume: reading what stands: %w", err)
	}
	now.Inquiries = Counts{}
	for _, item := range out.Items {
		switch day, _ := item["day"].(*types.AttributeValueMemberS); {
		case day != nil && day.Value == string(Inquiries):
			now.Inquiries = counts(item)
		case day != nil && day.Value == service:
			if err := attributevalue.UnmarshalMap(item, &now.Service); err != nil {
				return Now{}, fmt.Errorf("volume: what was noted cannot be read")
			}
		}
	}
	return now, nil
}
