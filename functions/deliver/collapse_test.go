package main

import (
	"context"
	"strings"
	"testing"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
)

// moved writes that the person is held in a facility, plans the alert of it, and returns its id.
func (b *bench) moved(facility string) string {
	b.t.Helper()
	b.change(func(r *custody.Record) { r.Status, r.Facility = custody.InCustody, facility })
	r, err := b.Custody.Get(context.Background(), "001234567", true)
	if err != nil {
		b.t.Fatal(err)
	}
	a := alert.New(alert.EventID(b.Keys, r), custody.Transferred, r, b.sub.Subscription.ID)
	if err := b.Ledger.Plan(context.Background(), a); err != nil {
		b.t.Fatal(err)
	}
	return a.ID
}

func (b *bench) job(id string) int { return b.bodies(alert.JobMessage(alert.Alert{ID: id}).Body) }

func (b *bench) outcome(id string) string {
	b.t.Helper()
	a, err := b.Ledger.Get(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(a.State) + " " + a.Outcome
}

func TestCollapse(t *testing.T) {
	t.Run("ThreeTransfersAreOneTextOfTheLast", func(t *testing.T) {
		b := newBench(t)
		one, two, three := b.moved("ONE"), b.moved("TWO"), b.moved("THREE")
		for _, id := range []string{one, two, three} {
			if again := b.job(id); again != 0 {
				t.Errorf("%d come again", again)
			}
		}
		if texts := b.cloud.Texts(number); len(texts) != 1 || !strings.Contains(texts[0], "moved to THREE") {
			t.Errorf("got %q", texts)
		}
		if b.outcome(one) != "failed collapsed" || b.outcome(two) != "failed collapsed" || b.outcome(three) != "sent " {
			t.Errorf("got %s, %s, %s", b.outcome(one), b.outcome(two), b.outcome(three))
		}
	})
	t.Run("ThereAndBackAndThereAgain", func(t *testing.T) {
		b := newBench(t)
		first := b.moved("ONE")
		b.moved("TWO")
		last := b.moved("ONE")
		b.job(first)
		b.job(last)
		if texts := b.cloud.Texts(number); len(texts) != 1 || b.outcome(last) != "sent " {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("ChangesThatAreNoTransferBetween", func(t *testing.T) {
		b := newBench(t)
		one := b.moved("ONE")
		b.change(func(r *custody.Record) { r.FieldOffice = "PHO" })
		b.job(one)
		if texts := b.cloud.Texts(number); len(texts) != 1 || !strings.Contains(texts[0], "moved to ONE") {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("ReleasedMeanwhile", func(t *testing.T) {
		b := newBench(t)
		one := b.moved("ONE")
		b.change(func(r *custody.Record) { r.Status = custody.Released })
		b.job(one)
		if texts := b.cloud.Texts(number); len(texts) != 0 || b.outcome(one) != "failed overtaken" {
			t.Errorf("got %q, %s", texts, b.outcome(one))
		}
	})
	t.Run("TheLastOneInOthersHandsIsWaitedFor", func(t *testing.T) {
		b := newBench(t)
		one, two := b.moved("ONE"), b.moved("TWO")
		if _, err := b.Ledger.Claim(context.Background(), two); err != nil {
			t.Fatal(err)
		}
		if again := b.job(one); again != 1 || b.outcome(one) != "planned " {
			t.Errorf("%d come again, %s", again, b.outcome(one))
		}
		b.now = b.now.Add(alert.Lease)
		if again := b.job(one); again != 0 || len(b.cloud.Texts(number)) != 1 {
			t.Errorf("%d come again, %q", again, b.cloud.Texts(number))
		}
	})
}
