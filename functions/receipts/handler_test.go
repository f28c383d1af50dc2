package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/aws/awstest"
	"voice.example/shared/custody"
	"voice.example/shared/optout"
	"voice.example/shared/secret"
)

const number = "+12025550143"

// bench is a handler on tables of its own, with a clock to turn.
type bench struct {
	*handler
	t    *testing.T
	now  time.Time
	hash string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db := dynamodbtest.New(t)
	keys, err := secret.New(strings.Repeat("k", 64))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), hash: optout.Hash(keys, number)}
	clock := func() time.Time { return b.now }
	b.handler = &handler{
		Ledger:  &alert.Ledger{Client: db.Client, Table: db.Table("alerts"), Retention: time.Hour, Now: clock},
		OptOuts: &optout.List{Client: db.Client, Table: db.Table("optouts")},
		Keys:    keys, Now: clock,
	}
	return b
}

// sent puts an alert into the ledger whose text went under a message id, and returns the alert's id.
func (b *bench) sent(messageID string) string {
	b.t.Helper()
	ctx := context.Background()
	a := alert.New(messageID, custody.EventReleased, custody.Record{ANumber: "001234567", Since: b.now, AsOf: b.now}, "s")
	if err := b.Ledger.Plan(ctx, a); err != nil {
		b.t.Fatal(err)
	}
	claimed, err := b.Ledger.Claim(ctx, a.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	claimed.PhoneHash = b.hash
	if err := b.Ledger.SettleSent(ctx, claimed, messageID); err != nil {
		b.t.Fatal(err)
	}
	return a.ID
}

func (b *bench) alert(id string) alert.Alert {
	b.t.Helper()
	a, err := b.Ledger.Get(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// event packs log lines as CloudWatch Logs does.
func event(t *testing.T, kind string, lines ...string) events.CloudwatchLogsEvent {
	t.Helper()
	data := events.CloudwatchLogsData{Owner: "123456789012", LogGroup: "sns/us-east-1/123456789012/DirectPublishToPhoneNumber",
		LogStream: "6c1e1c1b", SubscriptionFilters: []string{"f"}, MessageType: kind}
	for i, line := range lines {
		data.LogEvents = append(data.LogEvents, events.CloudwatchLogsLogEvent{ID: fmt.Sprint(i), Timestamp: 1780315200000, Message: line})
	}
	text, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	zip.Write(text)
	zip.Close()
	return events.CloudwatchLogsEvent{AWSLogs: events.CloudwatchLogsRawData{Data: base64.StdEncoding.EncodeToString(packed.Bytes())}}
}

func (b *bench) handle(lines ...string) {
	b.t.Helper()
	payload, err := json.Marshal(event(b.t, "DATA_MESSAGE", lines...))
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := aws.Observe(b.Handle).Invoke(context.Background(), payload); err != nil {
		b.t.Fatal(err)
	}
}

// line is a receipt for a text to the number. An empty response is a success.
func (b *bench) line(messageID, response string) string {
	state := failure
	if response == "" {
		state, response = success, "Message has been accepted by phone carrier"
	}
	return fmt.Sprintf(`{"notification":{"messageId":%q,"timestamp":%q},"delivery":{"destination":%q,"providerResponse":%q},"status":%q}`,
		messageID, b.now.Format("2006-01-02 15:04:05.000"), number, response, state)
}

func TestHandle(t *testing.T) {
	const unreachable = "Phone is currently unreachable/unavailable"
	ctx := context.Background()
	t.Run("BothShapesAsSNSWritesThem", func(t *testing.T) {
		b := newBench(t)
		text, err := os.ReadFile("testdata/receipts.ndjson")
		if err != nil {
			t.Fatal(err)
		}
		arrived, lost := b.sent("34d9b400-c6dd-5444-820d-fbeb0f1f54cf"), b.sent("1077257a-92f3-5ca3-bc97-6a915b310625")
		b.now = b.now.Add(72 * time.Hour) // as late as they come
		b.handle(strings.Split(strings.TrimSpace(string(text)), "\n")...)
		if a := b.alert(arrived); a.State != alert.Delivered || !a.DeliveredAt.Equal(b.now) {
			t.Errorf("%+v", a)
		}
		if a := b.alert(lost); a.State != alert.Failed || a.Outcome != "unknown" {
			t.Errorf("%+v", a)
		}
	})
	for name, c := range map[string]struct {
		responses []string
		want      alert.State
		outcome   string
	}{
		"Silence":             {nil, alert.Sent, ""},
		"Delivered":           {[]string{""}, alert.Delivered, ""},
		"DeliveredTwice":      {[]string{"", ""}, alert.Delivered, ""},
		"Spam":                {[]string{"Blocked as spam by phone carrier"}, alert.Failed, "spam"},
		"Unreachable":         {[]string{unreachable, unreachable}, alert.Failed, "unreachable"},
		"Invalid":             {[]string{"Invalid phone number"}, alert.Failed, "invalid"},
		"NewWords":            {[]string{"The carrier is on holiday"}, alert.Failed, "unknown"},
		"OptedOut":            {[]string{optedOut}, alert.OptedOut, "phone"},
		"FirstFailureStays":   {[]string{unreachable, optedOut, "Invalid phone number"}, alert.Failed, "unreachable"},
		"SuccessAfterFailure": {[]string{unreachable, ""}, alert.Delivered, ""},
		"FailureAfterSuccess": {[]string{"", unreachable, optedOut}, alert.Delivered, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			id := b.sent("m")
			for _, response := range c.responses {
				b.handle(b.line("m", response))
			}
			if a := b.alert(id); a.State != c.want || a.Outcome != c.outcome {
				t.Errorf("%s, %q", a.State, a.Outcome)
			}
		})
	}
	t.Run("AcknowledgedStays", func(t *testing.T) {
		b := newBench(t)
		id := b.sent("m")
		if n, err := b.Ledger.Acknowledge(ctx, b.hash, b.now); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		b.handle(b.line("m", unreachable), b.line("m", ""))
		if a := b.alert(id); a.State != alert.Acknowledged {
			t.Errorf("%s", a.State)
		}
	})
	t.Run("OptedOutPhoneGoesOnOurList", func(t *testing.T) {
		b := newBench(t)
		b.handle(b.line("of a code", optedOut)) // whatever text it was
		if e, err := b.OptOuts.Get(ctx, b.hash); err != nil || !e.Stopped || e.Why != optout.Receipt {
			t.Errorf("%+v, %v", e, err)
		}
	})
	t.Run("ButNotAfterALaterStart", func(t *testing.T) {
		b := newBench(t)
		late := b.line("m", optedOut)
		if _, err := b.OptOuts.Start(ctx, b.hash, b.now.Add(time.Hour), "start"); err != nil {
			t.Fatal(err)
		}
		b.handle(late)
		if stopped, err := b.OptOuts.Stopped(ctx, b.hash); stopped || err != nil {
			t.Errorf("%v, %v", stopped, err)
		}
	})
	t.Run("OurOwnFaultIsTriedAgainForHalfADay", func(t *testing.T) {
		b := newBench(t)
		id := b.sent("m-0")
		for n := range 12 {
			message := fmt.Sprint("m-", n)
			if n > 0 {
				claimed, err := b.Ledger.Claim(ctx, id)
				if err != nil {
					t.Fatal(err)
				}
				claimed.PhoneHash = b.hash
				if err := b.Ledger.SettleSent(ctx, claimed, message); err != nil {
					t.Fatal(err)
				}
			}
			b.handle(b.line(message, "No quota left for account"))
			a := b.alert(id)
			if last := n == 11; last != (a.State == alert.Failed) || !last && (a.State != alert.Planned || a.DueAt != "2026-06-01T13:00:00Z" || a.MessageID != "" || a.Attempts != n+1) {
				t.Fatalf("after %d: %+v", n+1, a)
			}
		}
	})
	t.Run("OfNoAlert", func(t *testing.T) {
		b := newBench(t)
		b.handle(b.line("unheard of", ""))
	})
	t.Run("WaitsForDeliverToWriteTheMessageID", func(t *testing.T) {
		b := newBench(t)
		b.Settling = 500 * time.Millisecond
		line := b.line("m", "")
		var id string
		done := make(chan struct{})
		go func() {
			defer close(done)
			time.Sleep(100 * time.Millisecond)
			id = b.sent("m")
		}()
		b.handle(line)
		<-done
		if a := b.alert(id); a.State != alert.Delivered {
			t.Errorf("%s", a.State)
		}
	})
	t.Run("ControlMessage", func(t *testing.T) {
		b := newBench(t)
		id := b.sent("m")
		if err := b.Handle(ctx, event(t, "CONTROL_MESSAGE", "CWL CONTROL MESSAGE: Checking health of destination", b.line("m", ""))); err != nil {
			t.Error(err)
		}
		if a := b.alert(id); a.State != alert.Sent {
			t.Errorf("%s", a.State)
		}
	})
	t.Run("WhatCannotBeReadHoldsNothingUpAndIsNotLogged", func(t *testing.T) {
		b := newBench(t)
		id := b.sent("m")
		good := b.line("m", "")
		log := awstest.Capture(func() {
			b.handle("", "secret", `{"notification":7,"of":"secret"}`, strings.Replace(good, success, "secret", 1),
				strings.Replace(good, `"timestamp":"2026`, `"timestamp":"secret`, 1), good)
		})
		if a := b.alert(id); a.State != alert.Delivered {
			t.Errorf("%s", a.State)
		}
		if said := string(log); strings.Contains(said, "secret") || strings.Contains(said, "5550143") || !strings.Contains(said, `"unreadable":5`) {
			t.Errorf("logged %s", said)
		}
		if err := b.Handle(ctx, events.CloudwatchLogsEvent{AWSLogs: events.CloudwatchLogsRawData{Data: "secret"}}); err != nil {
			t.Error(err)
		}
	})
	t.Run("ReportsHowManyDidNotArriveAndHowManyWereBlocked", func(t *testing.T) {
		b := newBench(t)
		line := awstest.Once(t, b.Handle, event(t, "DATA_MESSAGE", b.line("1", ""), b.line("2", "Blocked as spam by phone carrier"),
			b.line("3", "Phone carrier has blocked this message"), b.line("4", "Invalid phone number"), "secret"))
		if line.Number("Receipts") != 4 || line.Number("ReceiptsFailed") != 3 || line.Number("ReceiptsBlocked") != 2 {
			t.Errorf("%v", line)
		}
	})
	t.Run("AStoreThatIsDownMakesAllComeAgain", func(t *testing.T) {
		b := newBench(t)
		b.Ledger.Table = "none"
		if err := b.Handle(ctx, event(t, "DATA_MESSAGE", b.line("m", ""))); err == nil || strings.Contains(err.Error(), number) {
			t.Errorf("got %v", err)
		}
	})
}
