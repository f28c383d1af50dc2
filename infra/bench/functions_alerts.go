package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

// releases are people who are released, one by one, each with one subscriber, until the phone has the text.
type releases struct {
	scene  *scene
	tables tableSet
	keys   *secret.Keys
	people *custody.Table
	n      int
}

func (b *functionsBench) releases() task {
	return task{Name: taskAlerts, Title: "From a release to its text", Request: "release", parts: []string{"alerts", "deliver"}, work: func(ctx context.Context, _ contender) (exercise, error) {
		keys := b.scene.Keys().Fields
		tables, err := b.scene.freshTables(ctx)
		return &releases{scene: b.scene, tables: tables, keys: keys, people: custody.NewTable(b.scene.DB.Client, tables["custody"])}, err
	}}
}

func (r *releases) env(function string) map[string]string {
	return r.scene.settings(r.scene.functions[function], r.tables)
}

// next releases somebody else, whom one phone watches, and gives the record of the stream.
func (r *releases) next(ctx context.Context) ([]byte, error) {
	r.n++
	record, phone := heldRecord(r.n), phoneOf(r.n%maxPhones)
	record.Status, record.Since, record.AsOf, record.ReceivedAt = custody.Released, time.Now().UTC().Truncate(time.Second), time.Now().UTC(), time.Now().UTC()
	id := r.keys.Hash("subscription", phone, string(record.ANumber))
	sealed, err := r.keys.SealField(ctx, "subscription/phone", phone, id)
	if err != nil {
		return nil, err
	}
	sub, err := attributevalue.MarshalMap(subscription.Subscription{ANumber: record.ANumber, ID: id,
		RequestID: secret.NewID(), PhoneHash: r.keys.Hash("phone", phone), SealedPhone: sealed, CountryOfBirth: "MX",
		Language: i18n.English, TokenHash: r.keys.Hash("bench", phone), CreatedAt: time.Now().UTC()})
	if err != nil {
		return nil, err
	}
	table := r.tables["subscriptions"]
	if _, err := r.scene.DB.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: sub}); err != nil {
		return nil, err
	}
	if err := r.people.Apply(ctx, record); err != nil {
		return nil, err
	}
	item, err := attributevalue.MarshalMap(record)
	if err != nil {
		return nil, err
	}
	image, err := attributevalue.MarshalMapJSON(item)
	if err != nil {
		return nil, err
	}
	change := map[string]any{"eventID": strconv.Itoa(r.n), "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
		"dynamodb": map[string]any{"ApproximateCreationDateTime": time.Now().Unix(), "Keys": map[string]any{"a_number": map[string]string{"S": string(record.ANumber)}},
			"NewImage": json.RawMessage(image), "SequenceNumber": fmt.Sprintf("%021d", r.n), "StreamViewType": "NEW_AND_OLD_IMAGES"}}
	return json.Marshal(map[string]any{"Records": []any{change}})
}

func (r *releases) first(ctx context.Context) ([]byte, error) {
	if err := r.scene.Queue(rig.Urgent).Purge(ctx); err != nil {
		return nil, err
	}
	return r.next(ctx)
}

func (r *releases) request(ctx context.Context, invoke invoker) error {
	if err := r.scene.Queue(rig.Urgent).Purge(ctx); err != nil { // of what processes that only started have published
		return err
	}
	event, err := r.next(ctx)
	if err != nil {
		return err
	}
	answer, err := invoke(0, event)
	if err != nil {
		return err
	}
	if again, err := failed(answer); err != nil || len(again) > 0 {
		return fmt.Errorf("the change is to come again: %v %s", err, answer)
	}
	jobs := r.scene.Receive(rig.Urgent)
	if len(jobs) != 1 {
		return fmt.Errorf("one release made %d jobs", len(jobs))
	}
	if answer, err = invoke(1, r.scene.QueueEvent(rig.Urgent, jobs...)); err != nil {
		return err
	}
	if again, err := failed(answer); err != nil || len(again) > 0 {
		return fmt.Errorf("the job is to come again: %v %s", err, answer)
	}
	r.scene.Delete(rig.Urgent, jobs...)
	return r.sent(ctx, jobs[0].Body)
}

// sent fails unless the alert of a job went to the phone network, which gave it an id.
func (r *releases) sent(ctx context.Context, body string) error {
	var job alert.Job
	if err := json.Unmarshal([]byte(body), &job); err != nil {
		return err
	}
	ledger := &alert.Ledger{Client: r.scene.DB.Client, Table: r.tables["alerts"], Now: time.Now}
	a, err := ledger.Get(ctx, job.AlertID)
	if err == nil && (a.State != alert.Sent || a.MessageID == "") {
		err = fmt.Errorf("an alert is %s, with the message %q", a.State, a.MessageID)
	}
	return err
}
