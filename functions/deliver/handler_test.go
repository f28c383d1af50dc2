package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	network "voice.example/infra/local/phone"
	"voice.example/shared/alert"
	"voice.example/shared/aws/awstest"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/i18n"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/sms"
	"voice.example/shared/subscription"
)

const number = "+12025550143"

// bench is a handler with everything real behind it, and one subscriber to one person who was released.
type bench struct {
	*handler
	t     *testing.T
	feeds *feed.Table
	cloud *localtest.Cloud
	now   time.Time
	sub   subscription.Confirmed
	alert alert.Alert
	code  string
}

// Send takes the one-time code.
func (b *bench) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	b.code = strings.Trim(strings.Fields(strings.SplitAfter(text, "code is ")[1])[0], ".")
	return "m", nil
}

func newBench(t *testing.T) *bench {
	t.Helper()
	ctx := context.Background()
	db, cloud := dynamodbtest.New(t), localtest.New(t)
	keys := keyringtest.Keys(t)
	b := &bench{t: t, feeds: &feed.Table{Client: db.Client, Name: db.Table("feeds")}, cloud: cloud, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	b.handler = &handler{
		Custody: custody.NewTable(db.Client, db.Table("custody")),
		Subscriptions: &subscription.Store{Client: db.Client, Table: db.Table("subscriptions"), Keys: keys, Sender: b, Now: clock,
			Agency: "VOICE", Limits: &limit.Table{Client: db.Client, Name: db.Table("limits"), Now: clock}, CodesPerPhonePerHour: 10, CodesPerHour: 10},
		OptOuts: &optout.List{Client: db.Client, Table: db.Table("optouts")},
		Ledger:  &alert.Ledger{Client: db.Client, Table: db.Table("alerts"), Retention: time.Hour, Now: clock},
		Feeds:   &feed.Watch{List: b.feeds.List, Silent: 26 * time.Hour, Now: clock},
		Keys:    keys,
		Sender:  sms.NewSNS(cloud.SNSConfig()),
		Agency:  "VOICE", Hotline: "1-855-488-6423", Zone: time.UTC, Now: clock,
	}
	p, err := b.Subscriptions.Request(ctx, subscription.Application{ANumber: "001234567", CountryOfBirth: "MX", Phone: number, Language: i18n.English, CodeWord: "Maple"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if b.sub, err = b.Subscriptions.Confirm(ctx, p.ID, b.code); err != nil {
		t.Fatal(err)
	}
	no := false
	record := custody.Record{ANumber: "001234567", Version: 1, UploadID: "w", FirstName: "Ada", LastName: "Test", DateOfBirth: "1980-01-01", CountryOfBirth: "MX",
		Protected: &no, Status: custody.Released, Since: b.now, AsOf: b.now}
	if err := b.Custody.Apply(ctx, record); err != nil {
		t.Fatal(err)
	}
	b.alert = alert.New(alert.EventID(keys, record), custody.EventReleased, record, b.sub.Subscription.ID)
	if err := b.Ledger.Plan(ctx, b.alert); err != nil {
		t.Fatal(err)
	}
	return b
}

// handle gives the handler the alert's job so many times in one batch, and returns how many must come again.
func (b *bench) handle(times int) int {
	b.t.Helper()
	return b.bodies(strings.Split(strings.Repeat(alert.JobMessage(b.alert).Body+"\n", times), "\n")[:times]...)
}

func (b *bench) bodies(bodies ...string) int {
	b.t.Helper()
	var batch events.SQSEvent
	for i, body := range bodies {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: fmt.Sprint(i), Body: body})
	}
	out, err := b.Handle(context.Background(), batch)
	if err != nil {
		b.t.Fatal(err)
	}
	return len(out.BatchItemFailures)
}

func (b *bench) ledger() alert.Alert {
	b.t.Helper()
	a, err := b.Ledger.Get(context.Background(), b.alert.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// change writes the next version of the record.
func (b *bench) change(edit func(*custody.Record)) {
	b.t.Helper()
	r, err := b.Custody.Get(context.Background(), "001234567", true)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Version++
	edit(&r)
	if err := b.Custody.Apply(context.Background(), r); err != nil {
		b.t.Fatal(err)
	}
}

func TestHandle(t *testing.T) {
	yes := true
	t.Run("SendsOneText", func(t *testing.T) {
		b := newBench(t)
		if again := b.handle(1); again != 0 {
			t.Fatalf("%d come again", again)
		}
		texts := b.cloud.Texts(number)
		if len(texts) != 1 || !strings.HasPrefix(texts[0], "VOICE (Maple): A.T. was RELEASED from custody on June 1, 2026. As of June 1, 2026, 12:00 PM UTC.") {
			t.Errorf("got %q", texts)
		}
		if a := b.ledger(); a.State != alert.Sent || a.MessageID == "" || a.Attempts != 1 {
			t.Errorf("the ledger says %+v", a)
		}
	})
	t.Run("TheTextEndsInACodeThatCanBeAskedFor", func(t *testing.T) {
		b := newBench(t)
		b.handle(1)
		_, code, _ := strings.Cut(b.cloud.Texts(number)[0], " Ref ")
		if at, err := b.Ledger.Told(context.Background(), code); err != nil || !at.Equal(b.now) || code != b.ledger().Check || code == "" {
			t.Errorf("%q: %s, %v", code, at, err)
		}
	})
	t.Run("SameJobAgainSendsNothing", func(t *testing.T) {
		b := newBench(t)
		b.handle(10)
		b.now = b.now.Add(2 * alert.Lease)
		if again := b.handle(10); again != 0 || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %d texts", again, len(b.cloud.Texts(number)))
		}
	})
	t.Run("WaitsForAnothersClaim", func(t *testing.T) {
		b := newBench(t)
		if _, err := b.Ledger.Claim(context.Background(), b.alert.ID); err != nil { // by a process that dies
			t.Fatal(err)
		}
		if again := b.handle(1); again != 1 || len(b.cloud.Texts(number)) != 0 {
			t.Fatalf("%d come again, %d texts", again, len(b.cloud.Texts(number)))
		}
		b.now = b.now.Add(alert.Lease)
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("after the lease: %d come again, %d texts", again, len(b.cloud.Texts(number)))
		}
	})
	t.Run("EndedSubscriptionGetsNothing", func(t *testing.T) {
		b := newBench(t)
		if err := b.Subscriptions.Stop(context.Background(), b.sub.Subscription.ID, b.sub.ManageToken); err != nil {
			t.Fatal(err)
		}
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 0 || b.ledger().State != alert.OptedOut {
			t.Errorf("%d come again, %d texts, %s", again, len(b.cloud.Texts(number)), b.ledger().State)
		}
	})
	t.Run("StoppedPhoneGetsNothingUntilItStarts", func(t *testing.T) {
		b := newBench(t)
		if _, err := b.OptOuts.Stop(context.Background(), b.sub.Subscription.PhoneHash, b.now, "m", optout.Replied); err != nil {
			t.Fatal(err)
		}
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 0 || b.ledger().State != alert.OptedOut || b.ledger().Outcome != "stopped" {
			t.Errorf("%d come again, %d texts, %+v", again, len(b.cloud.Texts(number)), b.ledger())
		}
		if _, err := b.OptOuts.Start(context.Background(), b.sub.Subscription.PhoneHash, b.now.Add(time.Second), "n"); err != nil {
			t.Fatal(err)
		}
		b.alert.ID += "-next"
		if err := b.Ledger.Plan(context.Background(), b.alert); err != nil {
			t.Fatal(err)
		}
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 1 || b.ledger().PhoneHash != b.sub.Subscription.PhoneHash {
			t.Errorf("%d come again, %d texts, %+v", again, len(b.cloud.Texts(number)), b.ledger())
		}
	})
	t.Run("WhileTheListCannotBeReadItWaits", func(t *testing.T) {
		b := newBench(t)
		b.OptOuts.Table = "none"
		if again := b.handle(1); again != 1 || len(b.cloud.Texts(number)) != 0 || b.ledger().State != alert.Planned {
			t.Errorf("%d come again, %d texts, %s", again, len(b.cloud.Texts(number)), b.ledger().State)
		}
	})
	for name, edit := range map[string]func(*custody.Record){
		"Protected":   func(r *custody.Record) { r.Protected = &yes },
		"AMinor":      func(r *custody.Record) { r.DateOfBirth = "2015-01-01" },
		"OfElsewhere": func(r *custody.Record) { r.CountryOfBirth = "CU" },
	} {
		t.Run("NothingAboutSomebodyNow"+name, func(t *testing.T) {
			b := newBench(t)
			b.change(edit)
			if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 0 || b.ledger().State != alert.Failed || b.ledger().Outcome != "withheld" {
				t.Errorf("%d come again, %d texts, %+v", again, len(b.cloud.Texts(number)), b.ledger())
			}
		})
	}
	t.Run("OvertakenByAnEventOfItsOwnSaysNothing", func(t *testing.T) {
		b := newBench(t)
		b.change(func(r *custody.Record) { r.Status = custody.Removed })
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 0 || b.ledger().Outcome != "overtaken" {
			t.Errorf("%d come again, %q, %+v", again, b.cloud.Texts(number), b.ledger())
		}
	})
	t.Run("OvertakenByAnEventNotAskedForTellsWhatHolds", func(t *testing.T) {
		b := newBench(t)
		only := []custody.Event{custody.EventReleased}
		if _, err := b.Subscriptions.Change(context.Background(), b.sub.Subscription.ID, b.sub.ManageToken, subscription.Changes{Events: &only}); err != nil {
			t.Fatal(err)
		}
		b.change(func(r *custody.Record) { r.Status = custody.InCustody })
		b.cloud.Behave(number, network.Throttled)
		if again := b.handle(1); again != 1 || b.ledger().State != alert.Planned {
			t.Errorf("throttled: %d come again, %+v", again, b.ledger())
		}
		b.cloud.Behave(number, network.Deliver)
		b.handle(3)
		if texts := b.cloud.Texts(number); len(texts) != 1 || !strings.Contains(texts[0], "A.T. is back in custody") || b.ledger().Outcome != "overtaken" {
			t.Errorf("got %q, %+v", texts, b.ledger())
		}
		// What was told instead is in the ledger as the alert of its own version, so that it can be corrected.
		r, err := b.Custody.Get(context.Background(), "001234567", true)
		if err != nil {
			t.Fatal(err)
		}
		if told, err := b.Ledger.Get(context.Background(), alert.EventID(b.Keys, r)+"."+b.sub.Subscription.ID); err != nil || told.State != alert.Sent || told.Event != custody.Returned {
			t.Errorf("the ledger says %+v, %v", told, err)
		}
	})
	t.Run("TwoOvertakenByOneEventNotAskedForAreOneText", func(t *testing.T) {
		b := newBench(t)
		only := []custody.Event{custody.EventReleased}
		if _, err := b.Subscriptions.Change(context.Background(), b.sub.Subscription.ID, b.sub.ManageToken, subscription.Changes{Events: &only}); err != nil {
			t.Fatal(err)
		}
		other := alert.New("other", custody.EventReleased, custody.Record{ANumber: "001234567", Version: 1, Status: custody.Released}, b.sub.Subscription.ID)
		if err := b.Ledger.Plan(context.Background(), other); err != nil {
			t.Fatal(err)
		}
		b.change(func(r *custody.Record) { r.Status = custody.InCustody })
		b.handle(1)
		b.bodies(alert.JobMessage(other).Body)
		if texts := b.cloud.Texts(number); len(texts) != 1 {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("OvertakenByAListThatLacksThem", func(t *testing.T) {
		b := newBench(t)
		b.change(func(r *custody.Record) { r.Status, r.UnlistedSince = custody.InCustody, b.now })
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 0 || b.ledger().Outcome != "overtaken" {
			t.Errorf("%d come again, %q, %+v", again, b.cloud.Texts(number), b.ledger())
		}
	})
	t.Run("RecordThatOnlyGotANewNameIsNotOvertaken", func(t *testing.T) {
		b := newBench(t)
		b.change(func(r *custody.Record) { r.LastName = "Tester" })
		b.handle(1)
		if texts := b.cloud.Texts(number); len(texts) != 1 || !strings.Contains(texts[0], "RELEASED") {
			t.Errorf("got %q", texts)
		}
	})
	for name, c := range map[string]struct {
		edit func(*custody.Record)
		want string
	}{
		"OfTheRosterThatHasThem":       {func(r *custody.Record) { r.Status = custody.InCustody }, "As of June 1, 2026, 11:00 AM UTC."},
		"OfTheRecordOnceTheyAreOut":    {func(r *custody.Record) { r.LastName = "Tester" }, "As of June 1, 2026, 9:00 AM UTC."},
		"OfTheListThatDoesNotHaveThem": {func(r *custody.Record) { r.Status, r.UnlistedSince = custody.InCustody, r.AsOf.Add(time.Hour) }, "As of June 1, 2026, 10:00 AM UTC."},
	} {
		t.Run("SaysAsOf/"+name, func(t *testing.T) {
			ctx := context.Background()
			b := newBench(t)
			if err := b.feeds.Confirm(ctx, "north", b.now, b.now.Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
			b.change(func(r *custody.Record) {
				r.Feed, r.AsOf, r.ReceivedAt = "north", b.now.Add(-3*time.Hour), b.now.Add(-3*time.Hour)
				c.edit(r)
			})
			r, err := b.Custody.Get(ctx, "001234567", true)
			if err != nil {
				t.Fatal(err)
			}
			b.alert = alert.New(alert.EventID(b.Keys, r), r.EventSince(custody.Record{Status: custody.Escaped}), r, b.sub.Subscription.ID)
			if err := b.Ledger.Plan(ctx, b.alert); err != nil {
				t.Fatal(err)
			}
			b.handle(1)
			if texts := b.cloud.Texts(number); len(texts) != 1 || !strings.Contains(texts[0], c.want) {
				t.Errorf("got %q", texts)
			}
		})
	}
	t.Run("FeedsThatCannotBeReadHoldNoTextUp", func(t *testing.T) {
		b := newBench(t)
		b.change(func(r *custody.Record) { r.Status = custody.InCustody })
		r, err := b.Custody.Get(context.Background(), "001234567", true)
		if err != nil {
			t.Fatal(err)
		}
		b.alert = alert.New("held", custody.Returned, r, b.sub.Subscription.ID)
		if err := b.Ledger.Plan(context.Background(), b.alert); err != nil {
			t.Fatal(err)
		}
		b.feeds.Name += "-gone"
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %q", again, b.cloud.Texts(number))
		}
	})
	t.Run("ThrottledComesAgainAndArrives", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, network.Throttled)
		if again := b.handle(1); again != 1 || b.ledger().State != alert.Planned {
			t.Fatalf("%d come again, %s", again, b.ledger().State)
		}
		b.cloud.Behave(number, network.Deliver)
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %d texts", again, len(b.cloud.Texts(number)))
		}
	})
	t.Run("UnknownOutcomeIsTriedAgainAfterTheLease", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, network.Error500)
		if again := b.handle(1); again != 1 || b.ledger().State != alert.Claimed {
			t.Fatalf("%d come again, %s", again, b.ledger().State)
		}
		b.cloud.Behave(number, network.Deliver)
		if again := b.handle(1); again != 1 || len(b.cloud.Texts(number)) != 0 {
			t.Errorf("within the lease: %d come again, %d texts", again, len(b.cloud.Texts(number)))
		}
		b.now = b.now.Add(alert.Lease)
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("after the lease: %d come again, %d texts", again, len(b.cloud.Texts(number)))
		}
	})
	t.Run("UnknownOutcomesEndSomeTime", func(t *testing.T) {
		for name, c := range map[string]struct {
			schedule alert.Schedule
			attempts int
		}{"RoutineOnlyAfterHours": {alert.Schedule{}, 6}, "UrgentWithSomebodyElseToTell": {alert.Schedule{Again: time.Minute, Other: time.Hour, Human: time.Hour}, 3}} {
			b := newBench(t)
			b.Ledger.Schedule = c.schedule
			b.cloud.Behave(number, network.Error500)
			began := b.now
			for b.ledger().State != alert.Failed && b.now.Sub(began) < 24*time.Hour {
				if a := b.ledger(); a.State != alert.Planned || a.DueBy(b.now) || a.Attempts == 0 {
					b.handle(1)
				}
				b.now = b.now.Add(time.Minute)
			}
			a := b.ledger()
			if a.Attempts != c.attempts || a.Outcome != alert.Unknown || !a.MayArrive() || (a.Step == alert.StepOther) != (c.attempts == 3) {
				t.Errorf("%s: %+v", name, a)
			}
			if hours := b.now.Sub(began).Hours(); (hours > 5) != (c.attempts == 6) {
				t.Errorf("%s: after %.1f hours", name, hours)
			}
		}
	})
	t.Run("ReportsHowLongItTookAndWhatItCost", func(t *testing.T) {
		b := newBench(t)
		b.now = b.now.Add(42 * time.Second)
		job := alert.JobMessage(b.alert).Body
		line := awstest.Once(t, b.Handle, events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: job}, {MessageId: "2", Body: "{}"}}})
		if line.Number("UrgentAlertAge") != 42 || line["RoutineAlertAge"] != nil || line.Number("sent") != 1 || line.Text("outcome") != "again" || line.Number("again") != 1 {
			t.Errorf("%v", line)
		}
	})
	t.Run("ReportsWhomNobodyCanTell", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, network.Invalid)
		line := awstest.Once(t, b.Handle, events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: alert.JobMessage(b.alert).Body}}})
		if line.Number("AlertsRefused") != 1 || line["UrgentAlertAge"] != nil {
			t.Errorf("%v", line)
		}
	})
	t.Run("PhoneThatCannotBeTextedIsSettled", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, network.Invalid)
		if again := b.handle(1); again != 0 || b.ledger().State != alert.Failed || b.ledger().Outcome != "phone" {
			t.Errorf("%d come again, %+v", again, b.ledger())
		}
	})
	t.Run("APhoneThatItsSenderKnowsAsStoppedIsOnOurListFromThenOn", func(t *testing.T) {
		b := newBench(t)
		b.Sender = sms.NewEndUserMessaging(b.cloud.SNSConfig(), "pool-0123456789abcdef", "voice")
		b.cloud.Behave(number, network.OptedOut)
		if again := b.handle(1); again != 0 || b.ledger().State != alert.OptedOut || b.ledger().DueAt != "" {
			t.Errorf("%d come again, %+v", again, b.ledger())
		}
		if stopped, err := b.OptOuts.Stopped(context.Background(), b.sub.Subscription.PhoneHash); !stopped || err != nil {
			t.Errorf("%v, %v", stopped, err)
		}
	})
	t.Run("UrgentToAPhoneThatCannotBeTextedIsSomebodyElsesTurnNow", func(t *testing.T) {
		b := newBench(t)
		b.Ledger.Schedule = alert.Schedule{Again: 15 * time.Minute, Other: time.Hour, Human: 4 * time.Hour}
		b.cloud.Behave(number, network.Invalid)
		b.handle(1)
		if a := b.ledger(); a.State != alert.Failed || a.Step != alert.StepOther || !a.DueBy(b.now) {
			t.Errorf("got %+v", a)
		}
	})
	t.Run("UrgentWaitsForAnAnswerAndRoutineDoesNot", func(t *testing.T) {
		b := newBench(t)
		b.Ledger.Schedule = alert.Schedule{Again: 15 * time.Minute, Other: time.Hour, Human: 4 * time.Hour}
		b.handle(1)
		if a := b.ledger(); a.State != alert.Sent || a.Step != alert.StepAgain || a.DueAt != "2026-06-01T12:15:00Z" {
			t.Errorf("got %+v", a)
		}
		id := b.moved("ONE")
		b.job(id)
		if a, _ := b.Ledger.Get(context.Background(), id); a.State != alert.Sent || a.Step != alert.NoStep || a.DueAt != "" || a.DueShard != "" {
			t.Errorf("got %+v", a)
		}
	})
	t.Run("WhatIsNoJobComesAgainUntilSomebodySeesIt", func(t *testing.T) {
		b := newBench(t)
		if again := b.bodies("", "{", `{"alert_id":""}`, `{"alert_id":"none"}`, alert.JobMessage(b.alert).Body); again != 4 || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %d texts", again, len(b.cloud.Texts(number)))
		}
	})
	t.Run("DatabaseDownLosesNothing", func(t *testing.T) {
		b := newBench(t)
		working := b.Ledger.Client
		dead := working.Options()
		dead.HTTPClient, dead.RetryMaxAttempts = &http.Client{Transport: broken{}}, 1
		b.Ledger.Client = dynamodb.New(dead)
		if again := b.handle(1); again != 1 {
			t.Errorf("%d come again", again)
		}
		b.Ledger.Client = working
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %d texts", again, len(b.cloud.Texts(number)))
		}
	})
}

// broken is a network without a database.
type broken struct{}

func (broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no network") }
