package main

import (
	"context"
	"testing"

	"voice.example/shared/inquiry"
	"voice.example/shared/keyring"
)

// TestSealedAnew has the key of everything rotated: an inquiry changes by that, and nobody is told.
func TestSealedAnew(t *testing.T) {
	b := newBench(t)
	i := b.asked()
	b.run()
	if got := b.texts(i); got != string(inquiry.StepReceived) {
		t.Fatal(got)
	}
	// As every value is behind a key that there is not, all are sealed anew.
	r := &keyring.Rewriter{Client: b.inquiries.Client, Table: b.inquiries.Name, Key: []string{"reference"}, Fields: inquiry.SealedFields,
		Keys: b.inquiries.Keys, Pause: func(context.Context) error { return nil }, Seen: func(int) {}}
	if tally, err := r.Pass(ctx); err != nil || tally.Rewritten != 1 {
		t.Fatalf("%+v, %v", tally, err)
	}
	records := b.records()
	if len(records) != 1 {
		t.Fatalf("%d records", len(records))
	}
	if failed := b.handle(records...); len(failed) > 0 || b.texts(i) != string(inquiry.StepReceived) {
		t.Errorf("%v failed; %s", failed, b.texts(i))
	}
	if got, err := b.inquiries.Get(ctx, i.Reference); err != nil || got.SealedContact == i.SealedContact || got.Version != i.Version {
		t.Errorf("%+v, %v", got, err)
	}
}
