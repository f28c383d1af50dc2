package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	"voice.example/shared/aws"
	"voice.example/shared/deadletter"
	"voice.example/shared/volume"
)

const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/inquiries/stream/2026-06-01T00:00:00.000"

// bench is a handler on a table and a queue of its own.
type bench struct {
	*handler
	t     *testing.T
	db    *dynamodbtest.DB
	table *volume.Table
	meter *aws.Meter
	cloud *localtest.Cloud
}

func newBench(t *testing.T) *bench {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, db: dynamodbtest.New(t, "volumes"), meter: new(aws.Meter), cloud: localtest.New(t, "letters")}
	b.table = &volume.Table{Client: dynamodb.New(b.db.Client.Options(), b.meter.Attach), Name: b.db.Table("volumes"), Now: time.Now}
	b.handler = &handler{Volumes: b.table, Zone: zone, Now: time.Now,
		Letters: &deadletter.Queue{Client: b.cloud.SQS(), URL: b.cloud.URLOf("letters"), Now: time.Now}}
	return b
}

// item is the JSON of an image; pairs are names and values.
func item(pairs ...any) string {
	attributes := map[string]map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		kind := "S"
		switch v := pairs[i+1].(type) {
		case bool:
			kind = "BOOL"
		case int:
			kind, pairs[i+1] = "N", fmt.Sprint(v)
		}
		attributes[pairs[i].(string)] = map[string]any{kind: pairs[i+1]}
	}
	text, _ := json.Marshal(attributes)
	return string(text)
}

// record is the JSON of a record; "" is no image. Its number is the event's id and the end of its sequence number.
func recordOf(number int, key, old, new string) string {
	r := fmt.Sprintf(`{"eventID":"e%d","eventSourceARN":"%s","dynamodb":{"SequenceNumber":"9%09d","ApproximateCreationDateTime":1780329600,"Keys":%s`,
		number, arn, number, key)
	if old != "" {
		r += `,"OldImage":` + old
	}
	if new != "" {
		r += `,"NewImage":` + new
	}
	return r + "}}"
}

func ofInquiry(number int, old, new string) string {
	return recordOf(number, item("reference", "K7P4-QDX2"), old, new)
}

func ofAlert(number int, old, new string) string {
	return recordOf(number, item("alert_id", "e.s"), old, new)
}

func parse(t testing.TB, records ...string) (b batch) {
	t.Helper()
	if err := json.Unmarshal([]byte(`{"Records":[`+strings.Join(records, ",")+`]}`), &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// handle gives the handler a batch as Lambda would, through JSON, and returns the sequence numbers that it reports.
func (b *bench) handle(records ...string) (failed []string, err error) {
	b.t.Helper()
	out, err := b.Handle(context.Background(), parse(b.t, records...))
	for _, f := range out.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	return failed, err
}

func (b *bench) ok(records ...string) {
	b.t.Helper()
	if failed, err := b.handle(records...); len(failed) != 0 || err != nil {
		b.t.Fatalf("got %v, %v", failed, err)
	}
}

// day writes the counters of a day in one line.
func (b *bench) day(series volume.Series, d volume.Date) string {
	b.t.Helper()
	days, err := b.table.Days(context.Background(), series, d, d)
	if err != nil {
		b.t.Fatal(err)
	}
	return line(days[0].Counts)
}

func (b *bench) standing() string {
	b.t.Helper()
	now, err := b.table.Standing(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return line(now.Inquiries)
}

func line(c volume.Counts) string {
	var words []string
	for _, name := range c.Names() {
		words = append(words, fmt.Sprintf("%s=%d", name, c[name]))
	}
	return strings.Join(words, " ")
}

// letters are the messages in the dead letters.
func (b *bench) letters() (bodies []string) {
	b.t.Helper()
	for {
		out, err := b.cloud.SQS().ReceiveMessage(context.Background(), &sqs.ReceiveMessageInput{QueueUrl: &b.Letters.URL, MaxNumberOfMessages: 10})
		if err != nil {
			b.t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			return bodies
		}
		for _, m := range out.Messages {
			bodies = append(bodies, *m.Body)
		}
	}
}

// opened is an inquiry by phone, at 23:30 of 31 May in New York.
func opened(more ...any) string {
	return item(append([]any{"reference", "K7P4-QDX2", "version", 1, "reason", "custody_status", "channel", "phone", "state", "open", "office", "NYC",
		"language", "es", "opened_at", "2026-06-01T03:30:00Z", "call_seconds", 240, "contact", "sealed"}, more...)...)
}

func TestInquiries(t *testing.T) {
	t.Run("SealedAnewItCountsNothing", func(t *testing.T) {
		b := newBench(t)
		b.ok(ofInquiry(1, "", opened("contact", "before")))
		before := b.meter.Read()
		b.ok(ofInquiry(2, opened("contact", "before"), opened("contact", "after")))
		if after := b.meter.Read(); after != before {
			t.Errorf("%+v became %+v", before, after)
		}
	})
	t.Run("OpenedAndCounted", func(t *testing.T) {
		b := newBench(t)
		b.ok(ofInquiry(1, "", opened()))
		if got := b.day(volume.Inquiries, "2026-05-31"); got !=
			"call_seconds:23=240 calls:23=1 channel:phone=1 language:es=1 office:NYC=1 opened=1 reason:custody_status=1" {
			t.Errorf("got %s", got)
		}
		if got := b.standing(); got != "open=1" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("ALife", func(t *testing.T) {
		b := newBench(t)
		states := []string{"", opened(), opened("state", "assigned", "overdue", true),
			opened("state", "assigned", "overdue", true, "office", "ATL", "transfers", 1),
			opened("state", "assigned", "overdue", true, "office", "ATL", "transfers", 1, "first_contact_at", "2026-06-01T05:00:00Z"),
			opened("state", "resolved", "overdue", true, "office", "ATL", "transfers", 1, "first_contact_at", "2026-06-01T05:00:00Z",
				"resolved_at", "2026-06-02T12:00:00Z", "outcome", "answered")}
		var records []string
		for i := range len(states) - 1 {
			records = append(records, ofInquiry(i, states[i], states[i+1]))
		}
		b.ok(records[:2]...)
		if got := b.standing(); got != "assigned=1 overdue=1" {
			t.Errorf("got %s", got)
		}
		b.ok(records[1:]...)
		want := "call_seconds:23=240 calls:23=1 channel:phone=1 first_contact=1 first_contact:4h=1 first_contact_seconds=5400 language:es=1 office:ATL=1 " +
			"opened=1 overdue=1 reason:custody_status=1 transfers=1"
		if got := b.day(volume.Inquiries, "2026-05-31"); got != want {
			t.Errorf("got %s", got)
		}
		if got := b.day(volume.Inquiries, "2026-06-02"); got != "outcome:answered=1 resolved=1" {
			t.Errorf("got %s", got)
		}
		if got := b.standing(); got != "" {
			t.Errorf("got %s", got)
		}
		b.ok(ofInquiry(9, states[5], ""))
		if got := b.day(volume.Inquiries, "2026-05-31"); got != want {
			t.Errorf("forgotten: got %s", got)
		}
	})
	t.Run("OneThatIsDeletedWhileOpenStandsNoMore", func(t *testing.T) {
		b := newBench(t)
		b.ok(ofInquiry(1, "", opened()), ofInquiry(2, opened(), ""))
		if got := b.standing() + b.day(volume.Inquiries, "2026-05-31"); !strings.HasPrefix(got, "call_seconds") {
			t.Errorf("got %s", got)
		}
	})
	t.Run("OneFromBeforeThereWereChannels", func(t *testing.T) {
		b := newBench(t)
		b.ok(ofInquiry(1, "", item("reference", "K7P4-QDX2", "reason", "call_me", "state", "open", "opened_at", "2026-06-01T16:00:00.123456789Z")))
		if got := b.day(volume.Inquiries, "2026-06-01"); got != "channel:text=1 language:unknown=1 office:unknown=1 opened=1 reason:call_me=1" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("NothingOfAPersonBecomesACounter", func(t *testing.T) {
		b := newBench(t)
		b.ok(ofInquiry(1, "", opened("reason", "A900000001", "office", "Ada Test", "language", "+12025550143")))
		if got := b.day(volume.Inquiries, "2026-05-31"); got !=
			"call_seconds:23=240 calls:23=1 channel:phone=1 language:unknown=1 office:unknown=1 opened=1 reason:unknown=1" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("AFormThatWasForgotten", func(t *testing.T) {
		b := newBench(t)
		b.ok(ofInquiry(1, "", opened("call_seconds", 400_000)))
		if got := b.day(volume.Inquiries, "2026-05-31"); !strings.Contains(got, "call_seconds:23=7200 ") {
			t.Errorf("got %s", got)
		}
	})
	t.Run("ABatchIsOneCall", func(t *testing.T) {
		b := newBench(t)
		var records []string
		for i := range 90 {
			records = append(records, ofInquiry(i, "", opened()))
		}
		b.ok(records...)
		if c := b.meter.Read(); c.Calls != 1 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("WhatOneCosts", func(t *testing.T) {
		b := newBench(t)
		full := volume.Adds{} // a day on which much was counted
		for i := range 100 {
			full.Add(volume.On(volume.Inquiries, "2026-05-31"), volume.Name(volume.Office, "OFFICE"+string(rune('A'+i%26))+string(rune('A'+i/26))), 1000)
		}
		if _, err := b.table.Count(context.Background(), []volume.Change{{ID: "full", Adds: full}}); err != nil {
			t.Fatal(err)
		}
		before := b.meter.Read().WRU
		b.ok(ofInquiry(1, "", opened()))
		if got := b.meter.Read().WRU - before; got > 8 {
			t.Errorf("%.0f write units", got)
		} else {
			t.Logf("%.0f write units", got)
		}
	})
	t.Run("PoisonIsToldAndKeepsNothingBack", func(t *testing.T) {
		b := newBench(t)
		b.ok(ofInquiry(1, "", opened("opened_at", "yesterday, said Ada Test")), `"Ada Test"`,
			ofInquiry(3, "", strings.Replace(opened(), `{"S":"es"}`, `{"S":7}`, 1)),
			ofInquiry(4, opened("opened_at", "no"), opened()), ofInquiry(5, "", opened()))
		if got := b.day(volume.Inquiries, "2026-05-31"); !strings.Contains(got, " opened=1 ") {
			t.Errorf("got %s", got)
		}
		letters := strings.Join(b.letters(), "\n")
		if strings.Count(letters, "\n") != 3 || strings.Count(letters, `"startSequenceNumber":"9`) != 3 || strings.Contains(letters, "Ada") ||
			!strings.Contains(letters, arn) {
			t.Errorf("got %s", letters)
		}
	})
	t.Run("ErrPoisonThatCannotBeToldComesAgain", func(t *testing.T) {
		b := newBench(t)
		b.Letters.URL += "-gone"
		failed, err := b.handle(ofInquiry(1, "", opened()), ofInquiry(2, "", opened("opened_at", "")), ofInquiry(3, "", opened()))
		if err != nil || !slices.Equal(failed, []string{"9000000002"}) {
			t.Errorf("got %v, %v", failed, err)
		}
	})
	t.Run("ErrOfTheTableReportsTheFirst", func(t *testing.T) {
		b := newBench(t)
		n := 0
		faulty := *b.table
		faulty.Client = b.db.Faulty(func() dynamodbtest.Fault {
			if n++; n == 2 {
				return dynamodbtest.Refused
			}
			return dynamodbtest.NoFault
		})
		b.Volumes = &faulty
		var records []string
		for i := range 150 {
			records = append(records, ofInquiry(i, "", opened()))
		}
		records[10], records[120] = ofInquiry(10, "", opened("opened_at", "")), ofInquiry(120, "", opened("opened_at", ""))
		failed, err := b.handle(records...)
		// 98 markers, a day and what stands make a transaction of 100; one cannot be read.
		if err != nil || !slices.Equal(failed, []string{"9000000099"}) || len(b.letters()) != 1 {
			t.Errorf("got %v, %v", failed, err)
		}
		b.ok(records[99:]...)
		if got := b.day(volume.Inquiries, "2026-05-31"); !strings.Contains(got, " opened=148 ") || len(b.letters()) != 1 {
			t.Errorf("got %s", got)
		}
	})
	t.Run("NothingToCount", func(t *testing.T) {
		b := newBench(t)
		b.ok()
		b.ok(ofInquiry(1, opened(), opened("version", 2, "timeline", "sealed")))
		if c := b.meter.Read(); c.Calls != 0 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("TheAnswerIsLambdas", func(t *testing.T) {
		b := newBench(t)
		out, err := b.Handle(context.Background(), parse(t, ofInquiry(1, "", opened())))
		if text, _ := json.Marshal(out); err != nil || string(text) != `{"batchItemFailures":[]}` {
			t.Errorf("got %s, %v", text, err)
		}
	})
}
