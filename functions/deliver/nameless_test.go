package main

import (
	"context"
	"testing"

	"voice.example/shared/alert"
	"voice.example/shared/phone"
)

// nameless accepts texts and gives them no id.
type nameless struct{ texts int }

func (n *nameless) Send(context.Context, phone.Number, string) (string, error) {
	n.texts++
	return "", nil
}

// TestAcceptedWithoutAnID: the id is a key of the index by_phone, which takes no empty one.
func TestAcceptedWithoutAnID(t *testing.T) {
	b := newBench(t)
	gateway := &nameless{}
	b.Sender = gateway
	for range 3 {
		b.handle(1)
		b.now = b.now.Add(2 * alert.Lease)
	}
	if gateway.texts != 1 || b.ledger().State != alert.Sent {
		t.Errorf("%d texts, %s", gateway.texts, b.ledger().State)
	}
}
