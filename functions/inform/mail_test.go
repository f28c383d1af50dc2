package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	"voice.example/shared/directory"
	"voice.example/shared/email"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/outcome"
	"voice.example/shared/staff"
)

// roster is a directory that has Rosa for everything.
type roster struct{ *directory.Table }

func (roster) OfficeOf(context.Context, string) (string, error) { return "PHO", nil }

func (roster) Choose(context.Context, string, staff.Role, i18n.Language) (string, error) {
	return rosa.Email, nil
}

// newMailBench is a bench that mails, and whose inquiries go to Rosa.
func newMailBench(t *testing.T) *bench {
	b := newBench(t)
	b.Mail = email.NewSES(b.cloud.SNSConfig(), "voice@agency.example")
	b.inquiries.Directory = roster{&directory.Table{Client: b.db.Client, Name: b.db.Table("directory"), Now: b.inquiries.Now, Zone: time.UTC}}
	return b
}

// silent is somebody who wants no texts.
func silent(i *inquiry.Inquiry, c *inquiry.Contact) {
	i.Language, i.County, i.Office, c.MayText = i18n.Spanish, "04013", "", false
}

func (b *bench) refer(i inquiry.Inquiry, to staff.Identity) {
	b.t.Helper()
	b.did(b.inquiries.Refer(ctx, i.Reference, 0, boss, inquiry.Referral{Person: to.Email, Office: to.Office, Role: staff.Officer}, "hers"))
}

func TestMails(t *testing.T) {
	subjects := func(mails []localtest.Mail) string {
		var all []string
		for _, m := range mails {
			all = append(all, m.Subject)
		}
		return strings.Join(all, "; ")
	}
	t.Run("ToWhomItWasRouted", func(t *testing.T) {
		b := newMailBench(t)
		i := b.asked(silent)
		records := b.records()
		b.handle(records...)
		b.handle(records...)
		b.run()
		mails := b.cloud.Mails(rosa.Email)
		want := "The request " + i.Reference + " was given to you.\n\nReason: victim services\nOffice: PHO\nLanguage: Español\n" +
			"Due by: June 1, 2026, 1:00 PM UTC\n\nhttps://voice.example/staff/inquiries/" + i.Reference + "\n\nNobody reads replies to this e-mail.\n"
		if len(mails) != 1 || mails[0].Subject != "VOICE: "+i.Reference+" was given to you" || strings.ReplaceAll(mails[0].Body, "\r\n", "\n") != want {
			t.Errorf("got %q", mails)
		}
		if len(b.cloud.Texts(number)) != 0 {
			t.Error("a text went")
		}
	})
	t.Run("ToWhomItWasHanded", func(t *testing.T) {
		b := newMailBench(t)
		i := b.asked(silent)
		b.run()
		b.did(b.inquiries.Contacted(ctx, i.Reference, 0, rosa, true, ""))
		b.refer(i, abel)
		b.run()
		mails := b.cloud.Mails(abel.Email)
		if len(mails) != 1 || !strings.Contains(mails[0].Body, "Office: CHI") || !strings.Contains(mails[0].Body, "Somebody was in contact already.") {
			t.Errorf("got %q", mails)
		}
		if got := b.cloud.Mails(rosa.Email); len(got) != 1 {
			t.Errorf("got %q", got)
		}
	})
	t.Run("NotToWhoTookIt", func(t *testing.T) {
		b := newMailBench(t)
		b.inquiries.Directory = nil
		i := b.asked(silent)
		b.did(b.inquiries.Take(ctx, i.Reference, boss))
		b.run()
		if got := b.cloud.Mails(boss.Email); len(got) != 0 {
			t.Errorf("got %q", got)
		}
	})
	t.Run("OfManyChangesTheLast", func(t *testing.T) {
		b := newMailBench(t)
		i := b.asked(silent)
		b.refer(i, theo)
		b.refer(i, abel)
		b.run()
		if rosas, theos, abels := len(b.cloud.Mails(rosa.Email)), len(b.cloud.Mails(theo.Email)), len(b.cloud.Mails(abel.Email)); rosas+theos != 0 || abels != 1 {
			t.Errorf("%d, %d and %d mails", rosas, theos, abels)
		}
	})
	t.Run("WhatWasEscalatedFromThem", func(t *testing.T) {
		b := newMailBench(t)
		i := b.asked(silent)
		b.run()
		b.now = b.now.Add(2 * time.Hour)
		b.did(b.inquiries.Escalate(ctx, i.Reference, b.now.Add(time.Hour)))
		b.refer(i, abel)
		b.run()
		got := b.cloud.Mails(rosa.Email)
		if subjects(got) != "VOICE: "+i.Reference+" was given to you; VOICE: "+i.Reference+" is not yours any more" || len(b.cloud.Mails(abel.Email)) != 1 {
			t.Fatalf("got %q", got)
		}
		if !strings.Contains(got[1].Body, "Nobody was in contact about the request "+i.Reference+" in time") {
			t.Errorf("got %s", got[1].Body)
		}
	})
	t.Run("NothingOfWhoAsked", func(t *testing.T) {
		b := newMailBench(t)
		i := b.asked(silent, func(i *inquiry.Inquiry, _ *inquiry.Contact) {
			b.inquiries.Say(context.Background(), i, "He follows me.")
		})
		b.run()
		mail := b.cloud.Mails(rosa.Email)[0]
		for _, part := range []string{"Ada", "Test", "2025550143", "reads my mail", "follows", "04013", b.inquiries.PIN(i)} {
			if strings.Contains(mail.Subject+mail.Body, part) {
				t.Errorf("%q is in it", part)
			}
		}
	})
	t.Run("NoAddressOfTheConsole", func(t *testing.T) {
		b := newMailBench(t)
		b.Site = ""
		b.asked(silent)
		b.run()
		if got := b.cloud.Mails(rosa.Email); len(got) != 1 || strings.Contains(got[0].Body, "/staff") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("NoMailWithoutASender", func(t *testing.T) {
		b := newMailBench(t)
		b.Mail = nil
		i := b.asked(silent)
		b.run()
		if got, err := b.inquiries.Get(ctx, i.Reference); err != nil || got.StaffTold != 0 || len(b.cloud.Mails(rosa.Email)) != 0 {
			t.Errorf("%d, %v", got.StaffTold, err)
		}
	})
}

// failingMail is a mailer whose mails end in an error.
type failingMail struct {
	err   error
	times int
}

func (f *failingMail) Send(context.Context, string, string, string) (string, error) {
	f.times++
	return "", f.err
}

func TestMailFailures(t *testing.T) {
	for became, times := range map[outcome.Outcome]int{outcome.Permanent: 1, outcome.Retryable: triesPerStep, outcome.Unknown: triesPerStep} {
		t.Run(string(became)+"IsNoReasonToWaitForEver", func(t *testing.T) {
			b := newMailBench(t)
			fails := &failingMail{err: &email.Error{Outcome: became}}
			b.Mail = fails
			i := b.asked(func(i *inquiry.Inquiry, _ *inquiry.Contact) { i.County, i.Office = "04013", "" })
			records, again := b.records(), 0
			for len(b.handle(records...)) > 0 {
				again++
			}
			b.run()
			if got := b.texts(i); fails.times != times || again > triesPerStep || got != "in_hand" {
				t.Errorf("mailed %d times, came again %d times; the text: %s", fails.times, again, got)
			}
		})
	}
	t.Run("ErrNotRecorded", func(t *testing.T) {
		b := newMailBench(t)
		b.asked(silent)
		records := b.records()
		client, calls := b.Inquiries.Client, 0
		b.Inquiries.Client = b.db.Faulty(func() dynamodbtest.Fault {
			if calls++; calls == 2 {
				return dynamodbtest.Refused
			}
			return dynamodbtest.NoFault
		})
		if failed := b.handle(records...); len(failed) != 1 {
			t.Errorf("got %v", failed)
		}
		b.Inquiries.Client = client
		b.run()
		b.handle(records...)
		b.handle(records...)
		if got := b.cloud.Mails(rosa.Email); len(got) != 2 {
			t.Errorf("%d mails", len(got))
		}
	})
}
