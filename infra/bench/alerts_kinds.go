package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
)

// kinds counts what one alert of each kind asks of AWS from its change to its end, when it comes alone: every change is a
// batch of one, and every job too. Alerts that come together take fewer calls to the topic and fewer invocations.
func (b *alertsBench) kinds(ctx context.Context, r *alertsReport) error {
	w, err := openWorld(ctx, b.folder, rig.Config{Functions: []string{"alerts", "deliver", "escalate", "replies"}, Capacity: true})
	if err != nil {
		return err
	}
	return rig.Guard(func() error {
		defer w.close()
		for _, kind := range []struct {
			name   string
			status custody.Status
			after  func(context.Context, *world, *counted) error
		}{
			{kindRoutine, custody.Removed, nil},
			{kindAcknowledged, custody.Released, b.acknowledge},
			{kindRepeated, custody.Released, b.repeat},
		} {
			w.Reset()
			if err := w.subscribeEach(ctx, 0, b.each); err != nil {
				return err
			}
			c := counted{Kind: kind.name, Alerts: b.each}
			p, err := w.phase("alerts", func() error {
				for n := range b.each {
					if err := w.insert(ctx, n, n+1, kind.status); err != nil {
						return err
					}
					if err := w.tell(ctx, w.Stream()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			c.Phases = append(c.Phases, p)
			queue := rig.Routine
			if custody.Change(nil, new(w.record(0, 1, kind.status)), w.Now()).Urgent() {
				queue = rig.Urgent
			}
			if err := w.drainSingly(ctx, &c, queue, b.each); err != nil {
				return err
			}
			if err := w.receipts(ctx, &c); err != nil {
				return err
			}
			if kind.after != nil {
				if err := kind.after(ctx, w, &c); err != nil {
					return err
				}
			}
			r.Kinds = append(r.Kinds, c)
		}
		return nil
	})
}

// drainSingly delivers so many jobs, each by itself.
func (w *world) drainSingly(ctx context.Context, c *counted, queue string, texts int) error {
	told := 0
	p, err := w.phase("deliver", func() error {
		return w.work(ctx, queue, 1, 1, nothingMore(), func(rig.Text) { told++ })
	})
	if err != nil {
		return err
	}
	if told != texts {
		return fmt.Errorf("%d texts, not %d", told, texts)
	}
	c.Phases, c.Jobs = append(c.Phases, p), c.Jobs+texts
	return nil
}

// receipts records that each text has arrived, by what the receipts function calls. CloudWatch Logs, which calls it with as
// many as there are, is not in the rig: it counts as one invocation for each.
func (w *world) receipts(ctx context.Context, c *counted) error {
	meter := new(aws.Meter)
	ledger := *w.ledger
	ledger.Client = dynamodb.New(w.DB.Client.Options(), meter.Attach)
	p := phase{Function: "receipts", Calls: map[string]int{}}
	for _, t := range w.Texts("")[c.receipts:] {
		if _, err := ledger.Receipt(ctx, w.keys.Hash("phone", t.To), t.MessageID, alert.Delivered, ""); err != nil {
			return err
		}
		c.receipts, p.Invocations = c.receipts+1, p.Invocations+1
	}
	used := meter.Read()
	p.Calls["dynamodb"], p.RRU, p.WRU = used.Calls, used.RRU, used.WRU
	c.Phases = append(c.Phases, p)
	return nil
}

// acknowledge has every subscriber reply, each by itself.
func (b *alertsBench) acknowledge(ctx context.Context, w *world, c *counted) error {
	p, err := w.phase("replies", func() error {
		for n := range b.each {
			w.Reply(phoneOf(n), "1")
			replies := w.Receive(rig.Replies)
			if _, err := w.run("replies", w.QueueEvent(rig.Replies, replies...)); err != nil {
				return err
			}
			w.Delete(rig.Replies, replies...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Phases, c.Jobs = append(c.Phases, p), c.Jobs+b.each
	return b.minute(w, c, 16*time.Minute) // finds that they are: nothing is due
}

// repeat has nobody reply: the text goes again, then once more since there is no second contact, and then an officer is
// to call.
func (b *alertsBench) repeat(ctx context.Context, w *world, c *counted) error {
	for _, later := range []time.Duration{16 * time.Minute, 46 * time.Minute} {
		if err := b.minute(w, c, later); err != nil {
			return err
		}
		if err := w.drainSingly(ctx, c, rig.Urgent, b.each); err != nil {
			return err
		}
		if err := w.receipts(ctx, c); err != nil {
			return err
		}
	}
	if err := b.minute(w, c, 200*time.Minute); err != nil {
		return err
	}
	table := w.DB.Table("inquiries")
	opened, err := w.DB.Client.Scan(ctx, &dynamodb.ScanInput{TableName: &table, Select: types.SelectCount})
	if err != nil {
		return err
	}
	if int(opened.Count) < b.each {
		return fmt.Errorf("there are %d items of inquiries of %d alerts", opened.Count, b.each)
	}
	return nil
}

// minute is a run of escalate, later.
func (b *alertsBench) minute(w *world, c *counted, later time.Duration) error {
	w.Advance(later)
	p, err := w.phase("escalate", func() error {
		_, err := w.run("escalate", w.ScheduleEvent())
		return err
	})
	p.Invocations = 0 // it runs every minute anyway
	c.Phases = append(c.Phases, p)
	return err
}
