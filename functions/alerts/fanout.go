package main

import (
	"context"
	"sync"

	"voice.example/shared/alert"
)

// chunk is how many alerts are planned, and their jobs published, at a time: four calls to the table and ten to the topic.
const chunk = 100

// fanout plans alerts and publishes their jobs, some at a time, so that an event of any number of subscribers needs no
// more memory than another, and many events of one subscriber each need no more calls than one of many.
type fanout struct {
	ledger *alert.Ledger
	topic  *alert.Topic

	adding sync.RWMutex // held to read by whoever adds, and works off what is enough; to write by whoever flushes

	mu                   sync.Mutex // of what follows
	waiting              []entry
	events, alerts, held int
	// By record of the batch: why alerts of it are not in the ledger, or messages of it not published.
	unplanned, unpublished map[int]error
}

// entry is one message of a record, and the alert that has to be planned before it is published.
type entry struct {
	record  int
	message alert.Message
	alert   *alert.Alert
	held    bool // planned, and not published now
}

// outlet is the fanout for the messages of one record.
type outlet struct {
	fan    *fanout
	record int
}

func (f *fanout) of(record int) outlet { return outlet{f, record} }

// event publishes a notice to partner agencies.
func (o outlet) event(ctx context.Context, n alert.Notice) error {
	message, err := n.Message()
	if err != nil {
		return err
	}
	o.fan.add(ctx, entry{record: o.record, message: message})
	return nil
}

// alert plans an alert, and publishes its job unless it is held.
func (o outlet) alert(ctx context.Context, a alert.Alert, held bool) {
	o.fan.add(ctx, entry{record: o.record, message: alert.JobMessage(a), alert: &a, held: held})
}

// add takes an entry in, and works off what waits when that is enough.
func (f *fanout) add(ctx context.Context, e entry) {
	f.adding.RLock()
	defer f.adding.RUnlock()
	f.work(ctx, f.take(e))
}

// take lets an entry wait, and takes all that wait when they are a chunk.
func (f *fanout) take(e entry) (full []entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case e.alert == nil:
		f.events++
	case e.held:
		f.held++
		fallthrough
	default:
		f.alerts++
	}
	if f.waiting = append(f.waiting, e); len(f.waiting) >= chunk {
		full, f.waiting = f.waiting, nil
	}
	return full
}

// flush works off all that was added before, by whomever: whoever still adds is waited for, and others add afterwards.
func (f *fanout) flush(ctx context.Context) {
	f.adding.Lock()
	defer f.adding.Unlock()
	left := f.waiting
	f.waiting = nil
	f.work(ctx, left)
}

// work plans and publishes. What cannot be planned is not published.
func (f *fanout) work(ctx context.Context, entries []entry) {
	if len(entries) == 0 {
		return
	}
	var plans []alert.Alert
	seen := map[string]bool{}
	for _, e := range entries {
		if e.alert != nil && !seen[e.alert.ID] {
			seen[e.alert.ID] = true
			plans = append(plans, *e.alert)
		}
	}
	planErr := f.ledger.PlanMany(ctx, plans)
	var messages []alert.Message
	var owner []int
	for _, e := range entries {
		switch {
		case e.alert != nil && planErr != nil:
			f.note(f.unplanned, e.record, planErr)
		case !e.held:
			messages, owner = append(messages, e.message), append(owner, e.record)
		}
	}
	refused, err := f.topic.Publish(ctx, messages)
	for _, i := range refused {
		f.note(f.unpublished, owner[i], err)
	}
}

func (f *fanout) note(in map[int]error, record int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	in[record] = err
}
