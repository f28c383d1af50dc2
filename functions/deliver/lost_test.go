package main

import (
	"context"
	"strings"
	"testing"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
)

// told plans the alert of an event that leaves the record as edit does, and returns its id.
func (b *bench) told(event custody.Event, edit func(*custody.Record)) string {
	b.t.Helper()
	b.change(edit)
	r, err := b.Custody.Get(context.Background(), "001234567", true)
	if err != nil {
		b.t.Fatal(err)
	}
	a := alert.New(alert.EventID(b.Keys, r), event, r, b.sub.Subscription.ID)
	if err := b.Ledger.Plan(context.Background(), a); err != nil {
		b.t.Fatal(err)
	}
	return a.ID
}

// TestNotLost has changes that are no event, or that take another one back, come before an alert is sent.
func TestNotLost(t *testing.T) {
	ctx := context.Background()
	held := func(r *custody.Record) {
		r.Status, r.FacilityCode, r.Facility = custody.InCustody, "PINE", "PINE HALL"
	}
	// A file spells the facility otherwise, under the same code: custody.Change says that this is no event.
	spelt := func(r *custody.Record) { r.Facility = "PINE HALL PROCESSING CENTER" }
	for _, event := range []custody.Event{custody.Returned, custody.Transferred} {
		t.Run("FacilitySpeltOtherwise/"+string(event), func(t *testing.T) {
			b := newBench(t)
			id := b.told(event, held)
			old, err := b.Custody.Get(ctx, "001234567", true)
			if err != nil {
				t.Fatal(err)
			}
			b.change(spelt)
			now, err := b.Custody.Get(ctx, "001234567", true)
			if err != nil {
				t.Fatal(err)
			}
			if e := custody.Change(&old, &now, b.now); e != custody.NoEvent {
				t.Fatalf("that is %q", e)
			}
			if again := b.job(id); again != 0 || len(b.cloud.Texts(number)) != 1 {
				t.Errorf("%d come again, %q, %s", again, b.cloud.Texts(number), b.outcome(id))
			}
		})
	}
	t.Run("TransferBeforeOneThatWasTakenBack", func(t *testing.T) {
		for _, correctionFirst := range []bool{true, false} {
			b := newBench(t)
			one := b.moved("ONE")
			b.change(func(r *custody.Record) { r.Facility, r.UploadID = "TWO", "wrong" })
			wrong, err := b.Custody.Get(ctx, "001234567", true)
			if err != nil {
				t.Fatal(err)
			}
			two := alert.New(alert.EventID(b.Keys, wrong), custody.Transferred, wrong, b.sub.Subscription.ID)
			if err := b.Ledger.Plan(ctx, two); err != nil {
				t.Fatal(err)
			}
			b.change(func(r *custody.Record) {
				r.Facility, r.UploadID = "ONE", "r"
				r.Retracts = &custody.Retraction{UploadID: "wrong", Version: wrong.Version}
			})
			now, err := b.Custody.Get(ctx, "001234567", true)
			if err != nil {
				t.Fatal(err)
			}
			correction := alert.NewCorrection(alert.EventID(b.Keys, now), now, two)
			if err := b.Ledger.Plan(ctx, correction); err != nil {
				t.Fatal(err)
			}
			if correctionFirst {
				b.job(correction.ID)
			}
			again := b.job(one) + b.job(two.ID) + b.job(correction.ID)
			if texts := b.cloud.Texts(number); again != 0 || len(texts) != 1 || !strings.Contains(texts[0], "moved to ONE") {
				t.Errorf("correction first %v: %d come again, %q; %s; %s; %s", correctionFirst, again, texts, b.outcome(one), b.outcome(two.ID), b.outcome(correction.ID))
			}
		}
	})
}
