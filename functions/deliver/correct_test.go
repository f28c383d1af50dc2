package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	network "voice.example/infra/local/phone"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/subscription"
)

// retract takes back the version that the bench's alert is about, as edit leaves the record, and plans the correction.
func (b *bench) retract(edit func(*custody.Record)) (correction alert.Alert) {
	b.t.Helper()
	ctx := context.Background()
	b.change(func(r *custody.Record) {
		edit(r)
		r.UploadID, r.Retracts = "r", &custody.Retraction{UploadID: "w", Version: 1}
	})
	r, err := b.Custody.Get(ctx, "001234567", true)
	if err != nil {
		b.t.Fatal(err)
	}
	a := alert.NewCorrection(alert.EventID(b.Keys, r), r, b.alert)
	if err := b.Ledger.Plan(ctx, a); err != nil {
		b.t.Fatal(err)
	}
	return a
}

func (b *bench) deliverOne(a alert.Alert) (comeAgain int, became alert.Alert) {
	b.t.Helper()
	comeAgain = b.bodies(alert.JobMessage(a).Body)
	became, err := b.Ledger.Get(context.Background(), a.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return comeAgain, became
}

func TestCorrect(t *testing.T) {
	yes := true
	ctx := context.Background()
	held := func(r *custody.Record) { r.Status, r.Facility = custody.InCustody, "PINE HALL" }
	nothing := func(r *custody.Record) {
		*r = custody.Record{ANumber: r.ANumber, Version: r.Version, Status: r.Status}
	}
	for name, c := range map[string]struct {
		restored   func(*custody.Record)
		want       string
		mustNotSay string
	}{
		"WhereTheyStand":                {held, "VOICE (Maple): CORRECTION: our message of June 1, 2026 was wrong. A.T. is in custody. As of June 1, 2026, 12:00 PM UTC.", "RELEASED"},
		"NewerNews":                     {func(r *custody.Record) { r.Status = custody.Removed }, "CORRECTION: our message of June 1, 2026 was wrong. A.T. was removed from the United States.", "RELEASED"},
		"NothingOfSomebodyNotKnown":     {nothing, "VOICE (Maple): CORRECTION: our message of June 1, 2026, 12:00 PM UTC was wrong. We are sorry. Please disregard it. Questions? 1-855-488-6423.", "A.T."},
		"NothingOfSomebodyProtectedNow": {func(r *custody.Record) { r.Protected = &yes }, "was wrong. We are sorry. Please disregard it.", "A.T."},
		"NothingOfAMinor":               {func(r *custody.Record) { r.DateOfBirth = "2015-01-01" }, "was wrong. We are sorry. Please disregard it.", "A.T."},
		"NothingOfSomebodyElse":         {func(r *custody.Record) { held(r); r.CountryOfBirth = "CU" }, "was wrong. We are sorry. Please disregard it.", "A.T."},
	} {
		t.Run("TellsWhoGotTheWrongText/"+name, func(t *testing.T) {
			b := newBench(t)
			b.handle(1)
			b.now = b.now.Add(time.Hour)
			again, became := b.deliverOne(b.retract(c.restored))
			texts := b.cloud.Texts(number)
			if again != 0 || len(texts) != 2 || became.State != alert.Sent {
				t.Fatalf("%d come again, %q, %+v", again, texts, became)
			}
			if !strings.Contains(texts[1], c.want) || strings.Contains(texts[1], c.mustNotSay) {
				t.Errorf("got %q", texts[1])
			}
		})
	}
	t.Run("Discreetly", func(t *testing.T) {
		b := newBench(t)
		b.handle(1)
		discreet := true
		if _, err := b.Subscriptions.Change(ctx, b.sub.Subscription.ID, b.sub.ManageToken, subscription.Changes{Discreet: &discreet}); err != nil {
			t.Fatal(err)
		}
		b.deliverOne(b.retract(held))
		if texts := b.cloud.Texts(number); len(texts) != 2 || !strings.Contains(texts[1], "was wrong. There is news for you.") || strings.Contains(texts[1], "A.T.") {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("InTheSubscribersLanguage", func(t *testing.T) {
		b := newBench(t)
		b.handle(1)
		spanish := i18n.Spanish
		if _, err := b.Subscriptions.Change(ctx, b.sub.Subscription.ID, b.sub.ManageToken, subscription.Changes{Language: &spanish}); err != nil {
			t.Fatal(err)
		}
		b.deliverOne(b.retract(held))
		if texts := b.cloud.Texts(number); len(texts) != 2 || !strings.Contains(texts[1], "CORRECCION: el mensaje del 1 de junio de 2026 fue un error. A.T. esta bajo custodia.") {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("WrongTextThatHadNotGoneNeverGoes", func(t *testing.T) {
		for _, order := range []string{"OriginalFirst", "CorrectionFirst"} {
			t.Run(order, func(t *testing.T) {
				b := newBench(t)
				correction := b.retract(held)
				if order == "OriginalFirst" {
					b.handle(1)
				}
				again, became := b.deliverOne(correction)
				b.handle(1)
				if again != 0 || len(b.cloud.Texts(number)) != 0 || b.ledger().Outcome != alert.Retracted ||
					became.State != alert.Failed || became.Outcome != "nothing_to_correct" {
					t.Errorf("%d come again, %q, %+v, %+v", again, b.cloud.Texts(number), b.ledger(), became)
				}
			})
		}
	})
	t.Run("AlsoWhenTheRecordSaysTheSameStatusAgain", func(t *testing.T) {
		b := newBench(t)
		b.retract(func(r *custody.Record) { r.Since = r.Since.AddDate(0, -1, 0) }) // released a month before
		if again := b.handle(1); again != 0 || len(b.cloud.Texts(number)) != 0 || b.ledger().Outcome != alert.Retracted {
			t.Errorf("%d come again, %q, %+v", again, b.cloud.Texts(number), b.ledger())
		}
	})
	t.Run("WaitsForAWrongTextThatIsOnItsWay", func(t *testing.T) {
		b := newBench(t)
		claimed, err := b.Ledger.Claim(ctx, b.alert.ID)
		if err != nil {
			t.Fatal(err)
		}
		correction := b.retract(held)
		if again, became := b.deliverOne(correction); again != 1 || became.State != alert.Planned || len(b.cloud.Texts(number)) != 0 {
			t.Fatalf("%d come again, %+v", again, became)
		}
		if err := b.Ledger.SettleSent(ctx, claimed, "m"); err != nil {
			t.Fatal(err)
		}
		if again, became := b.deliverOne(correction); again != 0 || became.State != alert.Sent || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %+v", again, became)
		}
	})
	t.Run("CorrectsATextOfWhichNobodyKnowsWhetherItWent", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, network.Error500)
		b.handle(1)
		b.cloud.Behave(number, network.Deliver)
		correction := b.retract(held)
		b.now = b.now.Add(alert.Lease)
		if again, became := b.deliverOne(correction); again != 0 || became.State != alert.Sent || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %+v, %q", again, became, b.cloud.Texts(number))
		}
		b.handle(1)
		if len(b.cloud.Texts(number)) != 1 {
			t.Errorf("the wrong text followed: %q", b.cloud.Texts(number))
		}
	})
	t.Run("NothingForOneWhoseTextCouldNotBeSent", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, network.Invalid)
		b.handle(1)
		b.cloud.Behave(number, network.Deliver)
		if again, became := b.deliverOne(b.retract(held)); again != 0 || became.Outcome != "nothing_to_correct" || len(b.cloud.Texts(number)) != 0 {
			t.Errorf("%d come again, %+v", again, became)
		}
	})
	t.Run("NothingForOneWhoStopped", func(t *testing.T) {
		b := newBench(t)
		b.handle(1)
		correction := b.retract(held)
		if err := b.Subscriptions.Stop(ctx, b.sub.Subscription.ID, b.sub.ManageToken); err != nil {
			t.Fatal(err)
		}
		if again, became := b.deliverOne(correction); again != 0 || became.State != alert.OptedOut || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %+v", again, became)
		}
	})
	t.Run("ReleaseHeldUpByAWrongTextIsToldAfterAll", func(t *testing.T) {
		b := newBench(t) // version 1: released, and its text waits
		b.change(func(r *custody.Record) { held(r); r.UploadID = "x" })
		back, err := b.Custody.Get(ctx, "001234567", true)
		if err != nil {
			t.Fatal(err)
		}
		wrong := alert.New(alert.EventID(b.Keys, back), custody.Returned, back, b.sub.Subscription.ID)
		if err := b.Ledger.Plan(ctx, wrong); err != nil {
			t.Fatal(err)
		}
		b.handle(1) // overtaken by version 2, which is wrong
		b.change(func(r *custody.Record) {
			r.Status, r.Facility, r.UploadID, r.Retracts = custody.Released, "", "r", &custody.Retraction{UploadID: "x", Version: 2}
		})
		correction := alert.NewCorrection("correction", custody.Record{ANumber: "001234567", Version: 3}, wrong)
		if err := b.Ledger.Plan(ctx, correction); err != nil {
			t.Fatal(err)
		}
		if again, became := b.deliverOne(correction); again != 0 || became.State != alert.Sent {
			t.Fatalf("%d come again, %+v", again, became)
		}
		if texts := b.cloud.Texts(number); len(texts) != 1 || !strings.Contains(texts[0], "A.T. was RELEASED from custody") {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("SameCorrectionAgainSendsNothing", func(t *testing.T) {
		b := newBench(t)
		b.handle(1)
		correction := b.retract(held)
		for range 3 {
			b.deliverOne(correction)
			b.now = b.now.Add(2 * alert.Lease)
		}
		if texts := b.cloud.Texts(number); len(texts) != 2 {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("DatabaseDownLosesNothing", func(t *testing.T) {
		for calls := range 8 {
			t.Run(fmt.Sprint("AfterCall", calls), func(t *testing.T) {
				b := newBench(t)
				b.handle(1)
				correction := b.retract(held)
				working := b.Ledger.Client
				dying := working.Options()
				dying.HTTPClient, dying.RetryMaxAttempts = &mortal{left: calls}, 1
				b.Ledger.Client = dynamodb.New(dying)
				b.bodies(alert.JobMessage(correction).Body)
				b.Ledger.Client = working
				b.now = b.now.Add(alert.Lease)
				_, became := b.deliverOne(correction)
				if texts := b.cloud.Texts(number); became.State != alert.Sent || len(texts) < 2 || len(texts) > 3 {
					t.Errorf("%+v, %q", became, texts)
				}
			})
		}
	})
}

// mortal is a network that works for so many calls.
type mortal struct{ left int }

func (m *mortal) Do(r *http.Request) (*http.Response, error) {
	if m.left--; m.left < 0 {
		return nil, fmt.Errorf("no network")
	}
	return http.DefaultClient.Do(r)
}
