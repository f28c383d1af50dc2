// Command alerts is the floor of telling a change: a Lambda function that makes the calls which cannot be left out, one
// after the other. Of a stream's record: who watches, the alerts written on condition, PublishBatch. Of a queue's job: the
// claim, three reads, the text, and that it went. It checks nothing, survives no crash, and neither hashes nor decrypts.
package main

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
)

type function struct {
	db                                      *dynamodb.Client
	sns                                     *sns.Client
	topic                                   *string
	custody, subscriptions, alerts, optOuts *string
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	of := func(name string) *string { return aws.String(os.Getenv(name)) }
	f := &function{db: dynamodb.NewFromConfig(cfg), sns: sns.NewFromConfig(cfg), topic: of("ALERTS_TOPIC_ARN"), custody: of("CUSTODY_TABLE"),
		subscriptions: of("SUBSCRIPTIONS_TABLE"), alerts: of("ALERTS_TABLE"), optOuts: of("OPT_OUTS_TABLE")}
	lambda.Start(f.handle)
}

// event is one of a stream or of a queue.
type event struct {
	Records []struct {
		Body     string `json:"body"`
		DynamoDB struct {
			NewImage map[string]struct{ S, N string }
		} `json:"dynamodb"`
	}
}

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func (f *function) handle(ctx context.Context, e event) (json.RawMessage, error) {
	for _, r := range e.Records {
		do := f.deliver
		in := r.Body
		if r.DynamoDB.NewImage != nil {
			do, in = f.plan, r.DynamoDB.NewImage["a_number"].S
		}
		if err := do(ctx, in); err != nil {
			return nil, err
		}
	}
	return json.RawMessage(`{"batchItemFailures":[]}`), nil
}

// plan writes the alerts of a released person, whose number it is.
func (f *function) plan(ctx context.Context, person string) error {
	subs, err := f.db.Query(ctx, &dynamodb.QueryInput{TableName: f.subscriptions, KeyConditionExpression: aws.String("a_number = :a"), ConsistentRead: aws.Bool(true),
		ExpressionAttributeValues: item{":a": text(person)}})
	if err != nil {
		return err
	}
	attributes := func(kind string) map[string]snstypes.MessageAttributeValue {
		all := map[string]snstypes.MessageAttributeValue{}
		for name, value := range map[string]string{"kind": kind, "channel": "sms", "urgency": "urgent", "event": "released"} {
			all[name] = snstypes.MessageAttributeValue{DataType: aws.String("String"), StringValue: &value}
		}
		return all
	}
	publish := &sns.PublishBatchInput{TopicArn: f.topic, PublishBatchRequestEntries: []snstypes.PublishBatchRequestEntry{
		{Id: aws.String("event"), Message: aws.String(`{"event_id":"` + strings.Repeat("e", 32) + `","event":"released"}`), MessageAttributes: attributes("event")}}}
	write, now := &dynamodb.BatchExecuteStatementInput{}, time.Now()
	for _, sub := range subs.Items {
		subID := sub["subscription_id"].(*types.AttributeValueMemberS).Value
		id := strings.Repeat("e", 32-len(person)) + person + "." + subID
		names := []string{"alert_id", "event_id", "subscription_id", "a_number", "event", "initials", "version", "status", "facility", "facility_code",
			"since", "as_of", "state", "planned_at", "attempts", "due_at", "due_shard", "expires_at"}
		at := now.UTC().Format(time.RFC3339)
		write.Statements = append(write.Statements, types.BatchStatementRequest{
			Statement: aws.String(`INSERT INTO "` + *f.alerts + `" VALUE {'` + strings.Join(names, "':?,'") + `':?}`),
			Parameters: []types.AttributeValue{text(id), text(id[:32]), text(subID), text(person), text("released"), text("A. E."), number(1), text("released"),
				text("Example Processing Center"), text("EXAPC"), text(at), text(at), text("planned"), text(at), number(0), text(at), text("1"), number(now.Unix())}})
		publish.PublishBatchRequestEntries = append(publish.PublishBatchRequestEntries, snstypes.PublishBatchRequestEntry{
			Id: aws.String(strconv.Itoa(len(write.Statements))), Message: aws.String(`{"alert_id":"` + id + `"}`), MessageAttributes: attributes("alert")})
	}
	if _, err := f.db.BatchExecuteStatement(ctx, write); err != nil {
		return err
	}
	_, err = f.sns.PublishBatch(ctx, publish)
	return err
}

// deliver texts an alert.
func (f *function) deliver(ctx context.Context, job string) error {
	var of struct {
		AlertID string `json:"alert_id"`
	}
	if err := json.Unmarshal([]byte(job), &of); err != nil {
		return err
	}
	state := map[string]string{"#s": "state"}
	claimed, err := f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: f.alerts, Key: item{"alert_id": text(of.AlertID)}, ReturnValues: types.ReturnValueAllNew,
		UpdateExpression: aws.String("SET #s = :claimed, claimed_until = :until ADD attempts :one"), ConditionExpression: aws.String("#s <> :claimed"),
		ExpressionAttributeNames: state, ExpressionAttributeValues: item{":claimed": text("claimed"), ":until": number(time.Now().UnixMilli()), ":one": number(1)}})
	if err != nil {
		return err
	}
	get := func(table *string, key item) (item, error) {
		out, err := f.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key, ConsistentRead: aws.Bool(true)})
		if err != nil {
			return nil, err
		}
		return out.Item, nil
	}
	person := claimed.Attributes["a_number"]
	sub, err := get(f.subscriptions, item{"a_number": person, "subscription_id": claimed.Attributes["subscription_id"]})
	if err != nil {
		return err
	}
	if _, err := get(f.custody, item{"a_number": person}); err != nil {
		return err
	}
	if _, err := get(f.optOuts, item{"phone_hash": sub["phone_hash"]}); err != nil {
		return err
	}
	// The bench's own phones are the same to all: one number, which the phone network takes any number of texts for.
	sent, err := f.sns.Publish(ctx, &sns.PublishInput{PhoneNumber: aws.String(os.Getenv("FLOOR_PHONE")), Message: aws.String("VOICE: A. E. was RELEASED from custody on " +
		"November 25, 2026. As of November 25, 2026, 3:04 PM EST. Questions? 1-855-555-0100. Reply 1 if you got this, STOP to end. Ref ABCDEFGH")})
	if err != nil {
		return err
	}
	now := time.Now().UTC().Format(time.RFC3339)
	_, err = f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: f.alerts, Key: item{"alert_id": text(of.AlertID)},
		UpdateExpression:    aws.String("SET #s = :sent, sent_at = :at, message_id = :id, phone_hash = :phone, #c = :check, step = :step, due_at = :due REMOVE claimed_until"),
		ConditionExpression: aws.String("#s = :claimed"), ExpressionAttributeNames: map[string]string{"#s": "state", "#c": "check"},
		ExpressionAttributeValues: item{":sent": text("sent"), ":claimed": text("claimed"), ":at": text(now), ":id": text(*sent.MessageId), ":phone": sub["phone_hash"],
			":check": text("ABCDEFGH"), ":step": text("again"), ":due": text(time.Now().UTC().Add(15 * time.Minute).Format(time.RFC3339))}})
	return err
}
