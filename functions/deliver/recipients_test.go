package main

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/email"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
)

const (
	otherNumber = "+12025550199"
	address     = "ada@reader.example"
)

// codes are the codes that were texted or mailed, by address.
type codes map[string]string

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// textCodes and mailCodes take them.
type textCodes struct{ codes }
type mailCodes struct{ codes }

func (c textCodes) Send(_ context.Context, to phone.Number, text string) (string, error) {
	c.codes[to.E164()] = sixDigits.FindString(text)
	return "m", nil
}

func (c mailCodes) Send(_ context.Context, to, _, body string) (string, error) {
	c.codes[to] = sixDigits.FindString(body)
	return "m", nil
}

// contacts gives the subscriber a second contact, an e-mail address and quiet hours.
func (b *bench) contacts() {
	b.t.Helper()
	ctx, got := context.Background(), codes{}
	b.Subscriptions.Sender, b.Subscriptions.Mail = textCodes{got}, mailCodes{got}
	second, mail := phone.Number(otherNumber), address
	quiet := subscription.Quiet{From: "22:00", To: "07:00", Zone: "America/New_York"}
	sub := b.sub.Subscription
	if _, err := b.Subscriptions.Change(ctx, sub.RequestID, b.sub.ManageToken, subscription.Changes{Second: &second, Email: &mail, Quiet: &quiet}); err != nil {
		b.t.Fatal(err)
	}
	for _, to := range []string{otherNumber, address} {
		if _, err := b.Subscriptions.Confirm(ctx, sub.RequestID, got[to]); err != nil {
			b.t.Fatalf("%s: %v", to, err)
		}
	}
	b.Mail = email.NewSES(b.cloud.SNSConfig(), "voice@agency.example")
}

// plan gives the ledger an alert that is made of the bench's.
func (b *bench) plan(a alert.Alert) string {
	b.t.Helper()
	if err := b.Ledger.Plan(context.Background(), a); err != nil {
		b.t.Fatal(err)
	}
	return a.ID
}

func TestRecipients(t *testing.T) {
	ctx := context.Background()
	t.Run("TheSecondContact", func(t *testing.T) {
		b := newBench(t)
		b.contacts()
		id := b.plan(b.alert.For(alert.Second))
		b.job(id)
		texts := b.cloud.Texts(otherNumber)
		if len(texts) != 1 || !strings.Contains(texts[0], "RELEASED") || len(b.cloud.Texts(number)) != 0 || b.outcome(id) != "sent " {
			t.Errorf("got %q, %q, %s", texts, b.cloud.Texts(number), b.outcome(id))
		}
		if a, _ := b.Ledger.Get(ctx, id); a.PhoneHash != optout.Hash(b.Keys, otherNumber) {
			t.Error("its answer would not be found")
		}
	})
	t.Run("Mail", func(t *testing.T) {
		b := newBench(t)
		b.contacts()
		id := b.plan(b.alert.For(alert.Email))
		b.job(id)
		mails := b.cloud.Mails(address)
		if len(mails) != 1 || !strings.Contains(mails[0].Body, "RELEASED") || len(b.cloud.Texts(number)) != 0 || b.outcome(id) != "sent " {
			t.Errorf("got %q, %q, %s", mails, b.cloud.Texts(number), b.outcome(id))
		}
	})
	t.Run("MailThatIsRefused", func(t *testing.T) {
		b := newBench(t)
		b.contacts()
		b.cloud.Behave(address, "invalid")
		id := b.plan(b.alert.For(alert.Email))
		if again := b.job(id); again != 0 || b.outcome(id) != "failed phone" {
			t.Errorf("%d come again, %s", again, b.outcome(id))
		}
	})
	t.Run("NothingToAnAddressThatIsGone", func(t *testing.T) {
		for _, to := range []alert.Recipient{alert.Second, alert.Email} {
			b := newBench(t)
			b.Mail = email.NewSES(b.cloud.SNSConfig(), "voice@agency.example")
			id := b.plan(b.alert.For(to))
			if again := b.job(id); again != 0 || b.outcome(id) != "opted_out ended" {
				t.Errorf("%s: %d come again, %s", to, again, b.outcome(id))
			}
		}
	})
	t.Run("NorByMailWhereNoneIsSent", func(t *testing.T) {
		b := newBench(t)
		b.contacts()
		b.Mail = nil
		id := b.plan(b.alert.For(alert.Email))
		if again := b.job(id); again != 0 || b.outcome(id) != "opted_out ended" {
			t.Errorf("%d come again, %s", again, b.outcome(id))
		}
	})
	for name, c := range map[string]struct {
		before func(b *bench)
		want   string
	}{
		"Acknowledged": {func(b *bench) { b.handle(1); _, _ = b.Ledger.Acknowledge(ctx, b.sub.Subscription.PhoneHash, b.now) }, "failed acknowledged"},
		"Stopped": {func(b *bench) {
			_, _ = b.OptOuts.Stop(ctx, b.sub.Subscription.PhoneHash, b.now, "m", optout.Replied)
		}, "failed stopped"},
		"BackInCustody": {func(b *bench) { b.moved("ONE") }, "failed overtaken"},
	} {
		t.Run("NothingMoreOnce"+name, func(t *testing.T) {
			b := newBench(t)
			b.contacts()
			again, other := b.plan(b.alert.Again(1)), b.plan(b.alert.For(alert.Second))
			c.before(b)
			texts := len(b.cloud.Texts(number))
			b.job(again)
			b.job(other)
			if b.outcome(again) != c.want || b.outcome(other) != c.want || len(b.cloud.Texts(number)) != texts || len(b.cloud.Texts(otherNumber)) != 0 {
				t.Errorf("%s, %s, %q, %q", b.outcome(again), b.outcome(other), b.cloud.Texts(number), b.cloud.Texts(otherNumber))
			}
		})
	}
	t.Run("ASecondContactWhoSaidStopGetsNothing", func(t *testing.T) {
		b := newBench(t)
		b.contacts()
		if _, err := b.OptOuts.Stop(ctx, optout.Hash(b.Keys, otherNumber), b.now, "m", optout.Replied); err != nil {
			t.Fatal(err)
		}
		id := b.plan(b.alert.For(alert.Second))
		b.job(id)
		if b.outcome(id) != "opted_out stopped" || len(b.cloud.Texts(otherNumber)) != 0 {
			t.Errorf("%s, %q", b.outcome(id), b.cloud.Texts(otherNumber))
		}
	})
	t.Run("QuietHoursHoldWhatIsRoutineAndNothingElse", func(t *testing.T) {
		b := newBench(t)
		b.contacts()
		b.now = time.Date(2026, 6, 2, 3, 30, 0, 0, time.UTC) // half past eleven in the evening in New York
		b.handle(1)
		if texts := b.cloud.Texts(number); len(texts) != 1 || !strings.Contains(texts[0], "RELEASED") {
			t.Errorf("got %q", texts)
		}
		id := b.moved("ONE")
		if again := b.job(id); again != 0 || b.outcome(id) != "planned " || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %s", again, b.outcome(id))
		}
		a, _ := b.Ledger.Get(ctx, id)
		if a.DueAt != "2026-06-02T11:00:00Z" || a.MayArrive() != true || a.Attempts != a.Unsent {
			t.Errorf("got %+v", a)
		}
		b.now = time.Date(2026, 6, 2, 11, 0, 0, 0, time.UTC)
		b.job(id)
		if texts := b.cloud.Texts(number); len(texts) != 2 {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("AWrongTextIsCorrectedToEachWhoGotIt", func(t *testing.T) {
		b := newBench(t)
		b.contacts()
		b.handle(1)
		second, mail := b.plan(b.alert.For(alert.Second)), b.plan(b.alert.For(alert.Email))
		b.job(second)
		b.job(mail)
		b.change(func(r *custody.Record) {
			r.Status, r.UploadID, r.Retracts = custody.InCustody, "r", &custody.Retraction{UploadID: "w", Version: 1}
		})
		r, _ := b.Custody.Get(ctx, "001234567", true)
		for _, id := range []string{b.alert.ID, second, mail} {
			wrong, err := b.Ledger.Get(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			b.job(b.plan(alert.NewCorrection(alert.EventID(b.Keys, r), r, wrong)))
		}
		var mails []string
		for _, m := range b.cloud.Mails(address) {
			mails = append(mails, m.Body)
		}
		for name, got := range map[string][]string{"phone": b.cloud.Texts(number), "second": b.cloud.Texts(otherNumber), "mail": mails} {
			if len(got) != 2 || !strings.Contains(got[1], "CORRECTION") {
				t.Errorf("%s: %q", name, got)
			}
		}
	})
}
