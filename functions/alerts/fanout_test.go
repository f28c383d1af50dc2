package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
)

// before has hook called before each call to DynamoDB.
func (b *bench) before(hook func()) {
	b.Ledger.Client = dynamodb.New(b.Ledger.Client.Options(), func(o *dynamodb.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("hook", func(ctx context.Context, in middleware.InitializeInput,
				next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				hook()
				return next.HandleInitialize(ctx, in)
			}), middleware.Before)
		})
	})
}

func (b *bench) fanout() *fanout {
	return &fanout{ledger: b.Ledger, topic: b.Topic, unplanned: map[int]error{}, unpublished: map[int]error{}}
}

func TestFlush(t *testing.T) {
	ctx := context.Background()
	subscriber := func(n int) alert.Alert {
		return alert.New("event", custody.EventReleased, custody.Record{}, fmt.Sprint(n))
	}
	t.Run("WaitsForWhatOthersWorkOff", func(t *testing.T) {
		b := newBench(t)
		plain := *b.Ledger
		working, flushed := make(chan struct{}), make(chan struct{})
		b.before(sync.OnceFunc(func() {
			close(working)
			select {
			case <-flushed: // too early
			case <-time.After(100 * time.Millisecond):
			}
		}))
		fan := b.fanout()
		var others sync.WaitGroup
		others.Go(func() {
			for n := range chunk {
				fan.of(0).alert(ctx, subscriber(n), false)
			}
		})
		<-working
		fan.flush(ctx)
		if _, err := plain.Get(ctx, subscriber(0).ID); err != nil {
			t.Errorf("after the flush: %v", err)
		}
		close(flushed)
		others.Wait()
	})
	t.Run("ManyAtOnce", func(t *testing.T) {
		b := newBench(t)
		fan := b.fanout()
		const people, each = 8, 45 // some fill a chunk, others flush it half full
		var group sync.WaitGroup
		for p := range people {
			group.Go(func() {
				for n := range each {
					a := subscriber(p*each + n)
					if fan.of(p).alert(ctx, a, false); n%20 != p%2 {
						continue
					}
					fan.flush(ctx)
					if _, err := b.Ledger.Get(ctx, a.ID); err != nil {
						t.Errorf("%s after the flush: %v", a.ID, err)
					}
				}
			})
		}
		group.Wait()
		fan.flush(ctx)
		if jobs, _ := b.published(); len(jobs) != people*each || fan.alerts != people*each || len(fan.unplanned)+len(fan.unpublished) > 0 {
			t.Errorf("%d jobs of %d alerts", len(jobs), fan.alerts)
		}
	})
}
