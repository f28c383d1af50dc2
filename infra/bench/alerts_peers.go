package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/keyring"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

// The ways of telling that the service is compared with.
const (
	// tellFloor makes the calls that cannot be left out, one after the other, and nothing else: no check of what an answer
	// says, no retry of what was refused, no crash survived.
	tellFloor = "floor"
	// tellPlain does it as people usually write it: a put and a publish for each subscriber; then a read of the alert, its
	// updates without conditions, and the text.
	tellPlain = "plain"
)

// tellJob is what a peer's process is told, by an argument, as JSON.
type tellJob struct {
	Kind     string            `json:"kind"`
	Endpoint string            `json:"endpoint"`
	Tables   map[string]string `json:"tables"` // by short name
	Key      string            `json:"key"`    // of KMS
	Topic    string            `json:"topic"`
	From     int               `json:"from"` // the people whose records have changed
	To       int               `json:"to"`
	Texts    int               `json:"texts"` // how many alerts of each are delivered
}

// told is what a peer says of its work. Of each change: how long it took to plan its alerts and publish their jobs, and to
// deliver those that it was to deliver.
type told struct {
	Plan    []float64 `json:"plan_s"`
	Deliver []float64 `json:"deliver_s"`
	Alerts  int       `json:"alerts"`
	Texts   int       `json:"texts"`
	// CPU is of this process, without its start.
	PlanCPU      float64 `json:"plan_cpu_s"`
	DeliverCPU   float64 `json:"deliver_cpu_s"`
	PlanCalls    int     `json:"plan_calls"`
	DeliverCalls int     `json:"deliver_calls"`
	PlanRRU      float64 `json:"plan_rru"`
	PlanWRU      float64 `json:"plan_wru"`
	DeliverRRU   float64 `json:"deliver_rru"`
	DeliverWRU   float64 `json:"deliver_wru"`
}

// teller is a peer.
type teller struct {
	tellJob
	db     *dynamodb.Client
	topics *sns.Client
	meter  aws.Meter
	sns    int // calls
	keys   *secret.Keys
	subs   *subscription.Store
}

// tellHere is the process of a peer.
func tellHere(ctx context.Context, text string, to io.Writer) error {
	var t teller
	if err := json.Unmarshal([]byte(text), &t.tellJob); err != nil {
		return err
	}
	cfg, err := aws.Load(ctx)
	if err != nil {
		return err
	}
	keys, err := secret.New(rig.DataKey)
	if err != nil {
		return err
	}
	t.keys = keyring.Of(keys, &keyring.Table{Client: dynamodb.NewFromConfig(cfg), Name: t.Tables["keys"], KMS: kms.NewFromConfig(cfg),
		Key: t.Key, Now: time.Now}).Fields
	t.db, t.topics = dynamodb.NewFromConfig(cfg, t.meter.Attach), sns.NewFromConfig(cfg)
	t.subs = &subscription.Store{Client: t.db, Table: t.Tables["subscriptions"], Keys: t.keys, Now: time.Now}
	people := custody.NewTable(dynamodb.NewFromConfig(cfg), t.Tables["custody"])
	var out told
	for n := t.From; n < t.To; n++ {
		record, err := people.Get(ctx, custody.ANumber(number(n)), true) // what the stream's record has: not counted
		if err != nil {
			return err
		}
		before, calls, cpu, began := t.meter.Read(), t.sns, cpuSeconds(), time.Now()
		alerts, err := t.plan(ctx, record)
		if err != nil {
			return err
		}
		planned := t.meter.Read()
		out.Plan, out.PlanCPU = append(out.Plan, time.Since(began).Seconds()), out.PlanCPU+cpuSeconds()-cpu
		out.PlanCalls += planned.Calls - before.Calls + t.sns - calls
		out.PlanRRU, out.PlanWRU = out.PlanRRU+planned.RRU-before.RRU, out.PlanWRU+planned.WRU-before.WRU
		out.Alerts += len(alerts)
		calls, cpu, began = t.sns, cpuSeconds(), time.Now()
		for _, a := range alerts[:min(t.Texts, len(alerts))] {
			if err := t.deliver(ctx, a); err != nil {
				return err
			}
			out.Texts++
		}
		after := t.meter.Read()
		out.Deliver, out.DeliverCPU = append(out.Deliver, time.Since(began).Seconds()), out.DeliverCPU+cpuSeconds()-cpu
		out.DeliverCalls += after.Calls - planned.Calls + t.sns - calls
		out.DeliverRRU, out.DeliverWRU = out.DeliverRRU+after.RRU-planned.RRU, out.DeliverWRU+after.WRU-planned.WRU
	}
	return json.NewEncoder(to).Encode(out)
}

// cpuSeconds is what this process has used.
func cpuSeconds() float64 {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// plan writes the alerts of a record's change and publishes their jobs, and the notice to partners.
func (t *teller) plan(ctx context.Context, r custody.Record) (alerts []alert.Alert, err error) {
	event := custody.Change(nil, &r, time.Now())
	eventID := alert.EventID(t.keys, r)
	notice, err := alert.NewNotice(eventID, event, r).Message()
	if err != nil {
		return nil, err
	}
	messages := []alert.Message{notice}
	for sub, err := range t.subs.Subscribers(ctx, r.ANumber) {
		if err != nil {
			return nil, err
		}
		a := alert.New(eventID, event, r, sub.ID)
		a.State, a.PlannedAt, a.ExpiresAt = alert.Planned, time.Now().UTC(), time.Now().AddDate(1, 0, 0).Unix()
		a.Hold(time.Now().Add(2 * time.Minute)) // when its job must have been worked off
		alerts, messages = append(alerts, a), append(messages, alert.JobMessage(a))
	}
	if t.Kind == tellPlain {
		return alerts, t.planPlain(ctx, alerts, messages)
	}
	for some := range slices.Chunk(alerts, aws.MaxStatements) {
		if err := t.insert(ctx, some); err != nil {
			return nil, err
		}
	}
	for some := range slices.Chunk(messages, 10) {
		in := &sns.PublishBatchInput{TopicArn: &t.Topic}
		for i, m := range some {
			in.PublishBatchRequestEntries = append(in.PublishBatchRequestEntries, snstypes.PublishBatchRequestEntry{
				Id: sdk.String(strconv.Itoa(i)), Message: &m.Body, MessageAttributes: attributesOf(m)})
		}
		t.sns++
		if _, err := t.topics.PublishBatch(ctx, in); err != nil {
			return nil, err
		}
	}
	return alerts, nil
}

func (t *teller) planPlain(ctx context.Context, alerts []alert.Alert, messages []alert.Message) error {
	table := t.Tables["alerts"]
	for _, a := range alerts {
		item, err := attributevalue.MarshalMap(a)
		if err != nil {
			return err
		}
		if _, err := t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
			return err
		}
	}
	for _, m := range messages {
		t.sns++
		if _, err := t.topics.Publish(ctx, &sns.PublishInput{TopicArn: &t.Topic, Message: &m.Body, MessageAttributes: attributesOf(m)}); err != nil {
			return err
		}
	}
	return nil
}

// insert writes some alerts: one by a conditional put, several by statements.
func (t *teller) insert(ctx context.Context, some []alert.Alert) error {
	table := t.Tables["alerts"]
	in := &dynamodb.BatchExecuteStatementInput{}
	for _, a := range some {
		item, err := attributevalue.MarshalMap(a)
		if err != nil {
			return err
		}
		if len(some) == 1 {
			_, err := t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: item, ConditionExpression: sdk.String("attribute_not_exists(alert_id)")})
			return err
		}
		names := slices.Sorted(maps.Keys(item))
		values := make([]types.AttributeValue, len(names))
		for i, name := range names {
			values[i] = item[name]
		}
		in.Statements = append(in.Statements, types.BatchStatementRequest{Statement: sdk.String(aws.Insertion(table, names)), Parameters: values})
	}
	out, err := t.db.BatchExecuteStatement(ctx, in)
	if err != nil {
		return err
	}
	for _, r := range out.Responses {
		if r.Error != nil {
			return fmt.Errorf("planning: %s", r.Error.Code)
		}
	}
	return nil
}

func attributesOf(m alert.Message) map[string]snstypes.MessageAttributeValue {
	all := map[string]snstypes.MessageAttributeValue{}
	for name, value := range m.Attributes {
		all[name] = snstypes.MessageAttributeValue{DataType: sdk.String("String"), StringValue: &value}
	}
	return all
}

// peerText is as long as the service's own texts are.
const peerText = "VOICE: A. E. was released on Nov 25, 2026. As of Nov 25, 2026 3:04 PM. Reply 1 if you got this, 2 to be called, STOP to end. Help: 1-855-555-0100"

// deliver claims an alert, asks what may have changed, texts, and records it.
func (t *teller) deliver(ctx context.Context, a alert.Alert) error {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	num := func(n int64) types.AttributeValue {
		return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
	}
	get := func(table string, key map[string]types.AttributeValue) error {
		name := t.Tables[table]
		_, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &name, Key: key, ConsistentRead: sdk.Bool(true)})
		return err
	}
	update := func(expression, condition string, names map[string]string, values map[string]types.AttributeValue) error {
		table := t.Tables["alerts"]
		in := &dynamodb.UpdateItemInput{TableName: &table, Key: map[string]types.AttributeValue{"alert_id": text(a.ID)}, UpdateExpression: &expression,
			ExpressionAttributeNames: names, ExpressionAttributeValues: values, ReturnValues: types.ReturnValueAllNew}
		if t.Kind == tellFloor {
			in.ConditionExpression = &condition
		}
		_, err := t.db.UpdateItem(ctx, in)
		return err
	}
	if t.Kind == tellPlain {
		if err := get("alerts", map[string]types.AttributeValue{"alert_id": text(a.ID)}); err != nil {
			return err
		}
	}
	until := time.Now().Add(alert.Lease).UnixMilli()
	// In the plain way a condition names nothing that the update does not, so that both take the same values.
	if err := update("SET #s = :claimed, claimed_until = :until ADD attempts :one", "#s <> :claimed", map[string]string{"#s": "state"},
		map[string]types.AttributeValue{":claimed": text(string(alert.Claimed)), ":until": num(until), ":one": num(1)}); err != nil {
		return err
	}
	sub, err := t.subs.Get(ctx, a.ANumber, a.SubscriptionID)
	if err != nil {
		return err
	}
	if err := get("custody", map[string]types.AttributeValue{"a_number": text(string(a.ANumber))}); err != nil {
		return err
	}
	if err := get("optouts", map[string]types.AttributeValue{"phone_hash": text(sub.PhoneHash)}); err != nil {
		return err
	}
	phone, err := t.subs.Phone(ctx, sub)
	if err != nil {
		return err
	}
	t.sns++
	sent, err := t.topics.Publish(ctx, &sns.PublishInput{PhoneNumber: sdk.String(phone.E164()), Message: sdk.String(peerText)})
	if err != nil {
		return err
	}
	return update("SET #s = :sent, sent_at = :at, message_id = :id, phone_hash = :phone, step = :step, due_at = :due REMOVE claimed_until", "#s <> :sent",
		map[string]string{"#s": "state"}, map[string]types.AttributeValue{":sent": text(string(alert.Sent)), ":at": text(time.Now().UTC().Format(time.RFC3339Nano)),
			":id": text(*sent.MessageId), ":phone": text(sub.PhoneHash), ":step": text(string(alert.StepAgain)),
			":due": text(time.Now().Add(15 * time.Minute).UTC().Format(time.RFC3339))})
}

// peer has a peer tell of some people, in a process of its own.
func (w *world) peer(ctx context.Context, kind, topic string, from, to, texts int) (told, error) {
	self, err := os.Executable()
	if err != nil {
		return told{}, err
	}
	j := tellJob{Kind: kind, Endpoint: *w.AWS().BaseEndpoint, Topic: topic, From: from, To: to, Texts: texts, Key: w.KMSKey(), Tables: map[string]string{}}
	for _, name := range []string{"custody", "subscriptions", "alerts", "optouts", "keys"} {
		j.Tables[name] = w.DB.Table(name)
	}
	text, err := json.Marshal(j)
	if err != nil {
		return told{}, err
	}
	out, err := w.start(ctx, []string{self, "tell", string(text)}, j.Endpoint)
	if err != nil {
		return told{}, err
	}
	var t told
	return t, json.Unmarshal(out, &t)
}
