package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
)

// TestStarved has alerts that cannot be gone on with stand before one that can.
func TestStarved(t *testing.T) {
	ctx := context.Background()
	r := released()
	// broken gives the ledger n alerts that were texted to subscribers who cannot be read, and are due.
	broken := func(b *bench, n int) {
		for i := range n {
			id := fmt.Sprintf("broken%d", i)
			b.put(b.Subscriptions.Table, map[string]any{"a_number": r.ANumber, "subscription_id": id, "phone_hash": "q", "created_at": "nonsense"})
			a := alert.New("e", custody.EventReleased, r, id)
			a.State, a.Step, a.DueAt, a.DueShard = alert.Sent, alert.StepAgain, b.now.Add(-time.Hour).Format(time.RFC3339), fmt.Sprint(i%8)
			b.put(b.Ledger.Table, a)
		}
	}
	t.Run("ManyBrokenOnesKeepBackNobody", func(t *testing.T) {
		b := newBench(t)
		b.planned(nil) // its job is lost
		broken(b, pageDue+8)
		b.now = b.now.Add(time.Hour)
		if err := b.Handle(ctx); err == nil {
			t.Error("no error")
		}
		if n := len(b.cloud.Published()); n != 1 {
			t.Errorf("%d jobs published", n)
		}
	})
	t.Run("ATopicThatHangsLeavesTimeForTheRest", func(t *testing.T) {
		b := newBench(t)
		b.planned(nil)
		b.now = b.now.Add(time.Hour)
		if _, _, err := b.Inquiries.Open(ctx, "c", inquiry.Inquiry{Reason: inquiry.CallMe}, staff.Identity{}); err != nil {
			t.Fatal(err)
		}
		hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}))
		defer hangs.Close()
		b.Topic.Client = sns.New(b.Topic.Client.Options(), func(o *sns.Options) { o.BaseEndpoint = &hangs.URL })
		ending, cancel := context.WithTimeout(ctx, atLeast+time.Second)
		defer cancel()
		if err := b.Handle(ending); err == nil || ending.Err() != nil {
			t.Errorf("%v, %v", err, ending.Err())
		}
		if n := len(b.cloud.Published()); n != 1 {
			t.Errorf("%d notices", n)
		}
	})
	t.Run("OneThatCannotBeReadKeepsBackNobody", func(t *testing.T) {
		b := newBench(t)
		b.planned(nil)
		b.put(b.Ledger.Table, map[string]any{"alert_id": "x.y", "due_at": b.now.Add(-time.Hour).Format(time.RFC3339), "due_shard": "0", "since": "nonsense"})
		b.now = b.now.Add(time.Hour)
		if err := b.Handle(ctx); err == nil {
			t.Error("no error")
		}
		if n := len(b.cloud.Published()); n != 1 {
			t.Errorf("%d jobs published", n)
		}
	})
}
