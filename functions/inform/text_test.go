package main

import (
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/optout"
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
