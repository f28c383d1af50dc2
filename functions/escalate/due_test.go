package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/localtest"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/inquiry"
	"voice.example/shared/optout"
	"voice.example/shared/subscription"
)

// put writes an item as it is.
func (b *bench) put(table string, item any) {
	b.t.Helper()
	values, err := attributevalue.MarshalMap(item)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.Ledger.Client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &table, Item: values}); err != nil {
		b.t.Fatal(err)
	}
}

// released is a record in whose version 2 the person was released.
func released() custody.Record {
	no := false
	return custody.Record{ANumber: "001234567", Version: 2, FirstName: "Ada", LastName: "Test", DateOfBirth: "1980-01-01", CountryOfBirth: "MX",
		Protected: &no, Status: custody.Released, UploadID: "u"}
}

// texted gives the ledger an alert of a release that was texted now, to a subscriber with that second contact, and returns
// its id.
func (b *bench) texted(second *subscription.Contact) string {
	b.t.Helper()
	a := b.planned(second)
	b.claim(a.ID, func(a alert.Alert) error { a.PhoneHash = "p"; return b.Ledger.SettleSent(context.Background(), a, "m") })
	return a.ID
}

func (b *bench) planned(second *subscription.Contact) alert.Alert {
	b.t.Helper()
	r := released()
	b.put(b.Subscriptions.Table, subscription.Subscription{ANumber: r.ANumber, ID: "s", PhoneHash: "p", CountryOfBirth: "MX", Language: "en", Second: second})
	b.record(r)
	a := alert.New(alert.EventID(b.Keys, r), custody.EventReleased, r, "s")
	if err := b.Ledger.Plan(context.Background(), a); err != nil {
		b.t.Fatal(err)
	}
	return a
}

func (b *bench) record(r custody.Record) {
	b.t.Helper()
	item := map[string]any{"a_number": r.ANumber, "version": r.Version, "status": r.Status, "protected": *r.Protected, "date_of_birth": r.DateOfBirth,
		"country_of_birth": r.CountryOfBirth, "upload_id": r.UploadID, "first_name": r.FirstName, "last_name": r.LastName, "field_office": "PHO"}
	if r.Retracts != nil {
		item["retracts"] = map[string]any{"upload_id": r.Retracts.UploadID, "version": r.Retracts.Version}
	}
	b.put(b.db.Table("custody"), item)
}

func (b *bench) claim(id string, settle func(alert.Alert) error) {
	b.t.Helper()
	a, err := b.Ledger.Claim(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := settle(a); err != nil {
		b.t.Fatal(err)
	}
}

// after runs the function that much later, and returns the alerts whose jobs it published, by what their ids end in, and
// what staff were told.
func (b *bench) after(d time.Duration) (jobs, notices []string) {
	b.t.Helper()
	b.now = b.now.Add(d)
	if err := b.Handle(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	for _, m := range b.cloud.Published() {
		var job alert.Job
		if json.Unmarshal([]byte(m.Body), &job) == nil && job.AlertID != "" {
			jobs = append(jobs, strings.Join(append(strings.Split(job.AlertID, "."), "first")[2:3], ""))
			continue
		}
		notices = append(notices, m.Body)
	}
	slices.Sort(jobs)
	return jobs, notices
}

func (b *bench) expect(d time.Duration, want ...string) {
	b.t.Helper()
	if jobs, _ := b.after(d); fmt.Sprint(jobs) != fmt.Sprint(want) {
		b.t.Errorf("published %v, not %v", jobs, want)
	}
}

func (b *bench) inquiries() int {
	b.t.Helper()
	due, err := b.Inquiries.Due(context.Background(), 100)
	if err != nil {
		b.t.Fatal(err)
	}
	return len(due)
}

func TestWaiting(t *testing.T) {
	ctx := context.Background()
	t.Run("AJobThatWasLostIsPublishedAgainLessAndLessOften", func(t *testing.T) {
		b := newBench(t)
		b.planned(nil)
		for _, step := range []struct {
			after time.Duration
			want  []string
		}{{time.Minute, nil}, {time.Minute, []string{"first"}}, {0, nil}, {2 * time.Minute, []string{"first"}}, {2 * time.Minute, nil}, {2 * time.Minute, []string{"first"}}} {
			b.expect(step.after, step.want...)
		}
	})
	t.Run("HeldAlertsGoWhenTheirTimeHasCome", func(t *testing.T) {
		b := newBench(t)
		r := released()
		b.record(r)
		a := alert.New("e", custody.EventRemoved, r, "s")
		a.Hold(b.now.Add(8 * time.Hour))
		if err := b.Ledger.Plan(ctx, a); err != nil {
			t.Fatal(err)
		}
		b.expect(8*time.Hour - time.Second)
		b.expect(time.Second, "first")
	})
	t.Run("WhatWasSentWaitsForNothing", func(t *testing.T) {
		b := newBench(t)
		a := alert.New("e", custody.EventRemoved, released(), "s")
		if err := b.Ledger.Plan(ctx, a); err != nil {
			t.Fatal(err)
		}
		b.claim(a.ID, func(a alert.Alert) error { return b.Ledger.SettleSent(ctx, a, "m") })
		b.expect(300 * time.Hour)
	})
	t.Run("ManyAtOnce", func(t *testing.T) {
		b := newBench(t)
		var all []alert.Alert
		for n := range 1000 {
			a := alert.New("e", custody.EventRemoved, released(), fmt.Sprint("s", n))
			a.Hold(b.now.Add(time.Hour))
			all = append(all, a)
		}
		if err := b.Ledger.PlanMany(ctx, all); err != nil {
			t.Fatal(err)
		}
		if jobs, _ := b.after(time.Hour); len(jobs) != 1000 {
			t.Errorf("%d jobs", len(jobs))
		}
		if jobs, _ := b.after(time.Minute); len(jobs) != 0 {
			t.Errorf("%d jobs a minute later", len(jobs))
		}
	})
	t.Run("TheTopicIsDownAndComesBack", func(t *testing.T) {
		b := newBench(t)
		b.planned(nil)
		b.Topic.ARN += "-gone"
		b.now = b.now.Add(5 * time.Minute)
		if err := b.Handle(ctx); err == nil {
			t.Error("no error")
		}
		b.Topic.ARN = localtest.TopicARN
		b.expect(time.Minute, "first")
	})
}

func TestUnanswered(t *testing.T) {
	ctx := context.Background()
	second := &subscription.Contact{Sealed: "x", Hash: "q"}
	t.Run("AgainThenSecondContactThenOfficer", func(t *testing.T) {
		b := newBench(t)
		id := b.texted(second)
		b.expect(14 * time.Minute)
		b.expect(time.Minute, "again1")
		b.claim(id+".again1", func(a alert.Alert) error {
			if a.Repeat != 1 || a.To != alert.Subscriber || a.Event != custody.EventReleased || a.Initials != "A.T." {
				t.Errorf("again %+v", a)
			}
			return b.Ledger.SettleSent(ctx, a, "m2")
		})
		b.expect(44 * time.Minute)
		b.expect(time.Minute, "second")
		b.claim(id+".second", func(a alert.Alert) error {
			if a.To != alert.Second || a.Repeat != 0 {
				t.Errorf("second %+v", a)
			}
			return b.Ledger.SettleSent(ctx, a, "m3")
		})
		b.expect(2*time.Hour + 59*time.Minute)
		if _, notices := b.after(time.Minute); len(notices) != 1 || !strings.Contains(notices[0], "nobody has acknowledged it") || strings.Contains(notices[0], "001234567") {
			t.Errorf("told %q", notices)
		}
		a, err := b.Ledger.Get(ctx, id)
		if err != nil || a.Inquiry == "" || a.DueAt != "" || a.DueShard != "" {
			t.Fatalf("got %+v, %v", a, err)
		}
		i, err := b.Inquiries.Get(ctx, a.Inquiry)
		if err != nil || i.Reason != inquiry.Unanswered || i.AlertID != id || i.SubscriptionID != "s" || i.Office != "PHO" {
			t.Errorf("got %+v, %v", i, err)
		}
		if jobs, notices := b.after(3 * time.Hour); len(jobs)+len(notices) != 0 {
			t.Errorf("afterwards %v, %q", jobs, notices)
		}
		if _, notices := b.after(time.Hour); len(notices) != 1 {
			t.Errorf("reminded %q", notices)
		}
	})
	t.Run("WithoutASecondContactTheSubscriberIsAskedOnceMore", func(t *testing.T) {
		b := newBench(t)
		id := b.texted(nil)
		b.expect(15*time.Minute, "again1")
		b.claim(id+".again1", func(a alert.Alert) error { return b.Ledger.SettleSent(ctx, a, "m2") })
		b.expect(45*time.Minute, "again2")
	})
	for name, end := range map[string]func(b *bench, id string){
		"Acknowledged": func(b *bench, _ string) { _, _ = b.Ledger.Acknowledge(ctx, "p", b.now) },
		"Stopped":      func(b *bench, _ string) { _, _ = b.OptOuts.Stop(ctx, "p", b.now, "m", optout.Replied) },
		"ReceiptSaysStopped": func(b *bench, _ string) {
			_, _ = b.Ledger.Receipt(ctx, "p", "m", alert.OptedOut, "phone")
		},
		"SubscriptionEnded": func(b *bench, _ string) {
			key, _ := attributevalue.MarshalMap(map[string]string{"a_number": "001234567", "subscription_id": "s"})
			_, err := b.Ledger.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &b.Subscriptions.Table, Key: key})
			if err != nil {
				b.t.Fatal(err)
			}
		},
		"BackInCustody": func(b *bench, _ string) {
			r := released()
			r.Version, r.Status = 3, custody.InCustody
			b.record(r)
		},
		"Retracted": func(b *bench, _ string) {
			r := released()
			r.Version, r.UploadID, r.Retracts = 3, "r", &custody.Retraction{UploadID: "u", Version: 2}
			b.record(r)
		},
		"ProtectedNow": func(b *bench, _ string) {
			r, yes := released(), true
			r.Version, r.Protected = 3, &yes
			b.record(r)
		},
	} {
		t.Run("EndsWhen"+name, func(t *testing.T) {
			b := newBench(t)
			id := b.texted(second)
			b.now = b.now.Add(time.Minute)
			end(b, id)
			for range 20 {
				b.expect(15 * time.Minute)
			}
			if n := b.inquiries(); n != 0 {
				t.Errorf("%d inquiries", n)
			}
		})
	}
	t.Run("TheSecondContactAnswersForAll", func(t *testing.T) {
		b := newBench(t)
		id := b.texted(second)
		b.expect(15*time.Minute, "again1")
		b.claim(id+".again1", func(a alert.Alert) error { a.PhoneHash = "p"; return b.Ledger.SettleSent(ctx, a, "m2") })
		b.expect(45*time.Minute, "second")
		b.claim(id+".second", func(a alert.Alert) error { a.PhoneHash = "q"; return b.Ledger.SettleSent(ctx, a, "m3") })
		if n, err := b.Ledger.Acknowledge(ctx, "q", b.now); n != 1 || err != nil {
			t.Errorf("acknowledged %d, %v", n, err)
		}
		b.expect(4 * time.Hour)
		if a, _ := b.Ledger.Get(ctx, id); a.State != alert.Acknowledged || b.inquiries() != 0 {
			t.Errorf("got %+v", a)
		}
	})
	t.Run("APhoneThatCannotBeReachedHurriesItOn", func(t *testing.T) {
		for name, c := range map[string]struct {
			second  *subscription.Contact
			outcome string
			want    []string
			opened  int
		}{
			"ToTheSecondContact": {second, alert.Unreachable, []string{"second"}, 0},
			"ToAnOfficer":        {nil, alert.Unreachable, nil, 1},
			"UnlessItMayArrive":  {nil, alert.Unknown, []string{"again2"}, 0},
		} {
			b := newBench(t)
			a := b.planned(c.second)
			b.claim(a.ID, func(a alert.Alert) error { return b.Ledger.SettleFailed(ctx, a, c.outcome) })
			jobs, notices := b.after(0)
			if fmt.Sprint(jobs) != fmt.Sprint(c.want) || len(notices) != c.opened {
				t.Errorf("%s: published %v, told %q", name, jobs, notices)
			}
		}
	})
	t.Run("AReceiptThatSaysSoHurriesItOn", func(t *testing.T) {
		for name, c := range map[string]struct {
			second  *subscription.Contact
			outcome string
			want    []string
			opened  int
		}{
			"ToTheSecondContact":    {second, "blocked", []string{"second"}, 0},
			"ToAnOfficer":           {nil, "invalid", nil, 1},
			"UnlessItMayArriveSoon": {second, "unreachable", nil, 0},
		} {
			b := newBench(t)
			b.texted(c.second)
			for range 2 { // receipts come twice
				if _, err := b.Ledger.Receipt(ctx, "p", "m", alert.Failed, c.outcome); err != nil {
					t.Fatal(err)
				}
			}
			jobs, notices := b.after(time.Second)
			if fmt.Sprint(jobs) != fmt.Sprint(c.want) || len(notices) != c.opened {
				t.Errorf("%s: published %v, told %q", name, jobs, notices)
			}
		}
	})
	t.Run("LateRunsTakeOneStepEach", func(t *testing.T) {
		b := newBench(t)
		id := b.texted(second)
		b.expect(24*time.Hour, "again1")
		b.claim(id+".again1", func(a alert.Alert) error { return b.Ledger.SettleSent(ctx, a, "m2") })
		b.expect(time.Minute)
		b.expect(44*time.Minute, "second")
	})
	t.Run("TwoRunsAtOnceTakeEachStepOnce", func(t *testing.T) {
		b := newBench(t)
		id := b.texted(second)
		b.now = b.now.Add(15 * time.Minute)
		done := make(chan error)
		for range 4 {
			go func() { done <- b.Handle(ctx) }()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if a, _ := b.Ledger.Get(ctx, id); a.Step != alert.StepOther || a.DueAt != "2026-06-01T13:00:00Z" {
			t.Errorf("got %+v", a)
		}
	})
}
