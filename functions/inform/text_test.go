package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/sms"
	"voice.example/shared/staff"
)

func TestTexts(t *testing.T) {
	t.Run("ALife", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		b.run()
		b.did(b.inquiries.Take(ctx, i.Reference, rosa))
		b.run()
		b.did(b.inquiries.Note(ctx, i.Reference, rosa, "a note"))
		b.did(b.inquiries.Contacted(ctx, i.Reference, 0, rosa, false, ""))
		b.run()
		b.did(b.inquiries.Refer(ctx, i.Reference, 0, rosa, inquiry.Referral{Person: abel.Email, Office: "CHI", Role: staff.Officer}, "his"))
		b.run()
		b.did(b.inquiries.Contacted(ctx, i.Reference, 0, abel, true, ""))
		b.run()
		b.did(b.inquiries.Resolve(ctx, i.Reference, 0, abel, inquiry.Answered, ""))
		b.run()
		if got := b.texts(i); got != "received in_hand tried moved closed" {
			t.Errorf("got %s", got)
		}
		got, err := b.inquiries.Get(ctx, i.Reference)
		if err != nil || got.Version != 7 || got.Told != 7 {
			t.Errorf("%d, %d, %v", got.Version, got.Told, err)
		}
		if pin := b.inquiries.PIN(i); strings.Contains(strings.Join(b.cloud.Texts(number), " "), pin) {
			t.Error("a text has the PIN")
		}
	})
	t.Run("InTheirLanguage", func(t *testing.T) {
		b := newBench(t)
		i := b.asked(func(i *inquiry.Inquiry, _ *inquiry.Contact) { i.Language = i18n.Spanish })
		b.run()
		if got := b.cloud.Texts(number); len(got) != 1 || got[0] != "VOICE: Recibimos su solicitud "+i.Reference+
			" y nos comunicaremos con usted. ¿Preguntas? 1-855-488-6423. Responda STOP para terminar." {
			t.Errorf("got %q", got)
		}
	})
	t.Run("OfManyChangesTheLast", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		b.did(b.inquiries.Take(ctx, i.Reference, rosa))
		b.did(b.inquiries.Contacted(ctx, i.Reference, 0, rosa, false, ""))
		records := b.records()
		for _, late := range records { // each in a batch of its own, and all come again
			b.handle(late)
		}
		b.handle(records...)
		b.run()
		if got := b.texts(i); got != "tried" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("NothingOldAfterContact", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		b.did(b.inquiries.Take(ctx, i.Reference, rosa))
		b.did(b.inquiries.Contacted(ctx, i.Reference, 0, rosa, true, ""))
		b.run()
		if got := b.texts(i); got != "" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("WhoMayNotBeTexted", func(t *testing.T) {
		b := newBench(t)
		for name, edit := range map[string]func(*inquiry.Inquiry, *inquiry.Contact){
			"no leave": func(_ *inquiry.Inquiry, c *inquiry.Contact) { c.MayText = false },
			"no phone": func(_ *inquiry.Inquiry, c *inquiry.Contact) { c.Phone, c.Email = "", "ada@reader.example" },
			"by text":  func(i *inquiry.Inquiry, _ *inquiry.Contact) { i.Reason, i.Channel = inquiry.CallMe, inquiry.Text },
			"not ours": func(i *inquiry.Inquiry, _ *inquiry.Contact) { i.Reason = inquiry.OwnCase },
		} {
			i := b.asked(edit)
			b.run()
			if got := b.texts(i); got != "" {
				t.Errorf("%s: got %s", name, got)
			}
		}
	})
	t.Run("LeaveIsGivenLaterAndTaken", func(t *testing.T) {
		b := newBench(t)
		i := b.asked(func(_ *inquiry.Inquiry, c *inquiry.Contact) { c.MayText = false })
		b.did(b.inquiries.Take(ctx, i.Reference, rosa))
		b.run()
		for _, may := range []bool{true, false} {
			b.did(b.inquiries.Amend(ctx, i.Reference, func(c *inquiry.Contact) { c.MayText = may }))
			b.run()
		}
		b.did(b.inquiries.Contacted(ctx, i.Reference, 0, rosa, false, ""))
		b.run()
		if got := b.texts(i); got != "in_hand" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("ForgottenMeanwhile", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		if err := b.inquiries.Forget(ctx, i.Reference); err != nil {
			t.Fatal(err)
		}
		b.run()
		if got := b.texts(i); got != "" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("NothingIsReadOfAChangeOnlyOfWhoWasToldNorOfWhatIsGone", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		b.run()
		if err := b.inquiries.Informed(ctx, i.Reference, 9); err != nil {
			t.Fatal(err)
		}
		if err := b.inquiries.Forget(ctx, i.Reference); err != nil {
			t.Fatal(err)
		}
		b.Inquiries.Client = b.db.Faulty(func() dynamodbtest.Fault { t.Error("it is read"); return dynamodbtest.Refused })
		b.run()
	})
}

func TestStop(t *testing.T) {
	stop := func(b *bench) {
		b.t.Helper()
		if _, err := b.OptOuts.Stop(ctx, optout.Hash(b.Keys, number), b.now, "m", optout.Replied); err != nil {
			b.t.Fatal(err)
		}
	}
	t.Run("SilenceAndWhatWasMissedStaysSo", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		stop(b)
		b.run()
		b.did(b.inquiries.Take(ctx, i.Reference, rosa))
		b.run()
		b.now = b.now.Add(time.Minute)
		if _, err := b.OptOuts.Start(ctx, optout.Hash(b.Keys, number), b.now, "n"); err != nil {
			t.Fatal(err)
		}
		b.did(b.inquiries.Note(ctx, i.Reference, rosa, "a note"))
		b.run()
		if got := b.texts(i); got != "" {
			t.Errorf("got %s", got)
		}
		b.did(b.inquiries.Resolve(ctx, i.Reference, 0, rosa, inquiry.Answered, ""))
		b.run()
		if got := b.texts(i); got != "closed" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("TheCarrierKnowsOfIt", func(t *testing.T) {
		b := newBench(t)
		fails := &failing{err: &sms.Error{Outcome: sms.OptedOut}}
		b.Sender = fails
		i := b.asked()
		b.run()
		b.did(b.inquiries.Take(ctx, i.Reference, rosa))
		b.run()
		if stopped, err := b.OptOuts.Stopped(ctx, optout.Hash(b.Keys, number)); !stopped || err != nil || fails.times != 1 {
			t.Errorf("%t, %v, sent %d times", stopped, err, fails.times)
		}
	})
}

// failing is a sender whose texts end in an error.
type failing struct {
	err   error
	times int
}

func (f *failing) Send(context.Context, phone.Number, string) (string, error) {
	f.times++
	return "", f.err
}

func TestFailures(t *testing.T) {
	t.Run("WhatCertainlyDidNotGoComesAgain", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, "throttled")
		first := b.asked(func(_ *inquiry.Inquiry, c *inquiry.Contact) { c.Phone = "+12025550144" })
		i := b.asked()
		b.did(b.inquiries.Note(ctx, i.Reference, boss, "a note"))
		b.asked(func(_ *inquiry.Inquiry, c *inquiry.Contact) { c.Phone = "+12025550145" })
		records := b.records()
		for range 2 * textsPerDay { // as long as that may last: it uses up nothing
			if failed := b.handle(records...); !slices.Equal(failed, []string{sequence(records[1])}) {
				t.Fatalf("got %v", failed)
			}
		}
		b.cloud.Behave(number, "deliver")
		b.run()
		if failed := b.handle(records[1:]...); len(failed) != 0 {
			t.Errorf("got %v", failed)
		}
		if got := b.texts(i); got != "received" {
			t.Errorf("got %s", got)
		}
		for _, other := range []string{"+12025550144", "+12025550145"} {
			if got := b.cloud.Texts(other); len(got) != 1 {
				t.Errorf("the others, %s among them, got %q", first.Reference, got)
			}
		}
	})
	t.Run("TheFirstOfThoseThatFailIsReported", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, "throttled")
		for range 6 {
			b.asked()
		}
		records := b.records()
		for range 5 { // they are told side by side, in any order
			if failed := b.handle(records...); !slices.Equal(failed, []string{sequence(records[0])}) {
				t.Errorf("got %v", failed)
			}
		}
	})
	t.Run("WhatNeverCanIsSettled", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, "invalid")
		i := b.asked()
		b.run()
		b.cloud.Behave(number, "deliver")
		b.did(b.inquiries.Note(ctx, i.Reference, boss, "a note"))
		b.run()
		if got := b.texts(i); got != "" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("WhatMayHaveGoneIsTriedAFewTimes", func(t *testing.T) {
		b := newBench(t)
		fails := &failing{err: &sms.Error{Outcome: sms.Unknown}}
		b.Sender = fails
		b.asked()
		records, again := b.records(), 0
		for len(b.handle(records...)) > 0 {
			again++
		}
		b.run()
		if again != triesPerStep || fails.times != triesPerStep {
			t.Errorf("came again %d times, sent %d times", again, fails.times)
		}
	})
	t.Run("WhatCannotBeRecordedIsRepeatedAFewTimes", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		records, reads := b.records(), 0
		b.Inquiries.Client = b.db.Faulty(func() dynamodbtest.Fault {
			if reads++; reads%2 == 1 {
				return dynamodbtest.NoFault
			}
			return dynamodbtest.Refused
		})
		for range 3 * triesPerStep {
			if failed := b.handle(records...); len(failed) != 1 {
				t.Fatalf("got %v", failed)
			}
		}
		b.Inquiries.Client = b.db.Client
		b.handle(records...)
		b.run()
		if got := b.texts(i); got != "received received received" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("ACrashBetweenRepeatsItOnce", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		records := b.records()
		client, calls := b.Inquiries.Client, 0
		b.Inquiries.Client = b.db.Faulty(func() dynamodbtest.Fault {
			if calls++; calls == 2 { // the text has gone
				panic("the process dies")
			}
			return dynamodbtest.NoFault
		})
		b.handle(records...) // the panic stands for it
		b.Inquiries.Client = client
		b.handle(records...)
		b.handle(records...)
		if got := b.texts(i); got != "received received" {
			t.Errorf("got %s", got)
		}
	})
	for name, fault := range map[string]func(b *bench, client *dynamodb.Client){
		"ErrInquiries": func(b *bench, c *dynamodb.Client) { b.Inquiries.Client = c },
		"ErrOptOuts":   func(b *bench, c *dynamodb.Client) { b.OptOuts.Client = c },
		"ErrLimits":    func(b *bench, c *dynamodb.Client) { b.Limits.Client = c },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			i := b.asked()
			records := b.records()
			fault(b, b.db.Faulty(func() dynamodbtest.Fault { return dynamodbtest.Refused }))
			if failed := b.handle(records...); !slices.Equal(failed, []string{sequence(records[0])}) {
				t.Errorf("got %v", failed)
			}
			fault(b, b.db.Client)
			b.handle(records...)
			if got := b.texts(i); got != "received" {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestBound(t *testing.T) {
	b := newBench(t)
	i := b.asked()
	b.run()
	bounce := func(times int) {
		for range times {
			for _, to := range []staff.Identity{abel, rosa} {
				b.did(b.inquiries.Refer(ctx, i.Reference, 0, boss, inquiry.Referral{Person: to.Email, Office: to.Office, Role: staff.Officer}, "not ours"))
				b.run()
			}
		}
	}
	bounce(textsPerDay)
	if got := len(b.cloud.Texts(number)); got != textsPerDay {
		t.Errorf("%d texts", got)
	}
	t.Run("AnotherRequestOfThePhoneToo", func(t *testing.T) {
		b.asked()
		b.run()
		if got := len(b.cloud.Texts(number)); got != textsPerDay {
			t.Errorf("%d texts", got)
		}
	})
	t.Run("AnotherDay", func(t *testing.T) {
		b.now = b.now.Add(24 * time.Hour)
		b.did(b.inquiries.Note(ctx, i.Reference, rosa, "what was skipped is over"))
		b.run()
		if got := len(b.cloud.Texts(number)); got != textsPerDay {
			t.Errorf("%d texts", got)
		}
		bounce(1)
		if got := len(b.cloud.Texts(number)); got != textsPerDay+2 {
			t.Errorf("%d texts", got)
		}
	})
}
