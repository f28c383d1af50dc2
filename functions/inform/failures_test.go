package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/inquiry"
	"voice.example/shared/phone"
	"voice.example/shared/sms"
	"voice.example/shared/staff"
)

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
