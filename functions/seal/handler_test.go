package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/audit"
	"voice.example/shared/aws"
	"voice.example/shared/aws/awstest"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/staff"
)

// bench is a handler on a table of its own.
type bench struct {
	*handler
	t *testing.T
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db := dynamodbtest.New(t, "audit")
	keys := keyringtest.Keys(t)
	return &bench{t: t, handler: &handler{Now: time.Now, Log: &audit.Log{Client: db.Client, Name: db.Table("audit"), Keys: keys, Retention: time.Hour, Now: time.Now}}}
}

// written adds entries and gives their records, as the stream has them.
func (b *bench) written(n int) (records []json.RawMessage) {
	b.t.Helper()
	subject := fmt.Sprint("x#", time.Now().UnixNano())
	for range n {
		e := audit.Entry{Subject: subject, Action: audit.Viewed, What: "an inquiry"}.By(staff.Identity{Subject: "w", Roles: []staff.Role{staff.Auditor}})
		if err := b.Log.Write(context.Background(), e, "why"); err != nil {
			b.t.Fatal(err)
		}
	}
	out, err := b.Log.Client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &b.Log.Name})
	if err != nil {
		b.t.Fatal(err)
	}
	for i, item := range out.Items {
		if image, err := attributevalue.MarshalMapJSON(item); err != nil {
			b.t.Fatal(err)
		} else if strings.Contains(string(image), subject) {
			records = append(records, json.RawMessage(fmt.Sprintf(`{"eventName":"INSERT","dynamodb":{"SequenceNumber":"%d","NewImage":%s}}`, 100+i, image)))
		}
	}
	return records
}

func (b *bench) handle(records ...json.RawMessage) (answer, string) {
	b.t.Helper()
	payload, err := json.Marshal(batch{records})
	if err != nil {
		b.t.Fatal(err)
	}
	var out answer
	log := awstest.Capture(func() {
		reply, err := aws.Observe(b.Handle).Invoke(context.Background(), payload)
		if err != nil || json.Unmarshal(reply, &out) != nil {
			b.t.Fatalf("%s, %v", reply, err)
		}
	})
	return out, string(log)
}

func (b *bench) verify() audit.Report {
	b.t.Helper()
	r, err := b.Log.Verify(context.Background(), nil, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func TestHandle(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		b := newBench(t)
		out, log := b.handle(b.written(3)...)
		r := b.verify()
		if len(out.BatchItemFailures) != 0 || r.Entries != 3 || r.Blocks != 1 || r.Waiting != 0 || len(r.Problems) != 0 || !strings.Contains(log, r.Head.String()) {
			t.Errorf("%+v, %+v, %s", out, r, log)
		}
	})
	t.Run("ABatchThatComesAgain", func(t *testing.T) {
		b := newBench(t)
		records := b.written(3)
		b.handle(records[:2]...)
		b.handle(records...)
		if r := b.verify(); r.Blocks != 2 || len(r.Problems) != 0 || r.Waiting != 0 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("WhatCannotBeReadStopsNothing", func(t *testing.T) {
		b := newBench(t)
		records := append([]json.RawMessage{
			json.RawMessage(`"x"`), json.RawMessage(`{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":{"subject":{"S":"Ada"}}}}`),
			json.RawMessage(`{"eventName":"INSERT","dynamodb":{"SequenceNumber":"2","NewImage":7}}`),
		}, b.written(1)...)
		out, log := b.handle(records...)
		if r := b.verify(); len(out.BatchItemFailures) != 0 || r.Waiting != 0 || !strings.Contains(log, `"unreadable":3`) || strings.Contains(log, "Ada") {
			t.Errorf("%+v, %+v, %s", out, r, log)
		}
	})
	t.Run("AnEntryThatIsChangedIsNoticedAtOnce", func(t *testing.T) {
		b := newBench(t)
		_, log := b.handle(json.RawMessage(`{"eventName":"MODIFY","dynamodb":{"SequenceNumber":"7","NewImage":{}}}`))
		if !strings.Contains(log, "an item of the audit was changed") {
			t.Error(log)
		}
	})
	t.Run("AnEntryThatIsTakenOutIsNoticedAtOnce", func(t *testing.T) {
		b := newBench(t)
		_, log := b.handle(json.RawMessage(`{"eventName":"REMOVE","dynamodb":{"SequenceNumber":"7"}}`))
		_, expired := b.handle(json.RawMessage(`{"eventName":"REMOVE","dynamodb":{"SequenceNumber":"7"},
			"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}}`))
		if !strings.Contains(log, "an item of the audit was taken out") || strings.Contains(expired, "taken out") ||
			awstest.Invocations([]byte(log))[0].Number("AuditAltered") != 1 || strings.Contains(expired, "AuditAltered") {
			t.Error(log, expired)
		}
	})
	t.Run("BlocksAreNotSealed", func(t *testing.T) {
		b := newBench(t)
		b.handle(b.written(1)...)
		out, err := b.Log.Client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &b.Log.Name})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range out.Items {
			image, err := attributevalue.MarshalMapJSON(item)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(image), "links") {
				b.handle(json.RawMessage(fmt.Sprintf(`{"eventName":"INSERT","dynamodb":{"SequenceNumber":"9","NewImage":%s}}`, image)))
			}
		}
		if r := b.verify(); r.Blocks != 1 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ErrTheTableIsGone", func(t *testing.T) {
		b := newBench(t)
		records := b.written(2)
		b.Log.Name += "-gone"
		out, _ := b.handle(records...)
		var first record
		if err := json.Unmarshal(records[0], &first); err != nil {
			t.Fatal(err)
		}
		if len(out.BatchItemFailures) != 1 || out.BatchItemFailures[0].ItemIdentifier != first.Change.Sequence {
			t.Errorf("%+v", out)
		}
	})
}
