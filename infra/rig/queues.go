package rig

import (
	"context"
	"crypto/rand"
	"time"

	"voice.example/infra/local/queue"
	"voice.example/infra/local/template"
)

// The queues of the template that functions are fed from, by their logical ids.
const (
	Urgent      = "UrgentSmsQueue"
	Routine     = "RoutineSmsQueue"
	Replies     = "RepliesQueue"
	Uploads     = "UploadsQueue"
	DeadLetters = "SmsDeadLetters"
)

// Queue is one of the template's queues, by its logical id.
func (r *Rig) Queue(id string) *queue.Queue {
	r.t.Helper()
	all, err := r.template.Queues()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, q := range all {
		if q.LogicalID == id {
			found, err := r.queues.Queue(q.ARN)
			if err != nil {
				r.t.Fatal(err)
			}
			return found
		}
	}
	r.t.Fatalf("template.yaml has no queue called %s", id)
	return nil
}

// Receive takes what is visible in a queue. By the rig's clock it is hidden for the queue's visibility timeout then, unless
// it is deleted, or given back.
func (r *Rig) Receive(id string) []queue.Message {
	r.t.Helper()
	q := r.Queue(id)
	var all []queue.Message
	for {
		some, err := q.Receive(context.Background(), queue.Ask{Max: queue.MaxBatch})
		if err != nil {
			r.t.Fatal(err)
		}
		if len(some) == 0 {
			return all
		}
		all = append(all, some...)
	}
}

// Delete removes messages from a queue, as Lambda does with those that were handled.
func (r *Rig) Delete(id string, messages ...queue.Message) {
	r.t.Helper()
	for _, m := range messages {
		for _, err := range r.Queue(id).Delete(context.Background(), m.ReceiptHandle) {
			if err != nil {
				r.t.Fatal(err)
			}
		}
	}
}

// GiveBack makes messages visible again at once.
func (r *Rig) GiveBack(id string, messages ...queue.Message) {
	r.t.Helper()
	for _, m := range messages {
		if err := r.Queue(id).ChangeVisibility(context.Background(), m.ReceiptHandle, 0); err != nil {
			r.t.Fatal(err)
		}
	}
}

// QueueEvent is what Lambda calls a function with that is fed from a queue.
func (r *Rig) QueueEvent(id string, messages ...queue.Message) []byte {
	r.t.Helper()
	event, err := queue.Event(r.Queue(id).Config().ARN, template.Region, messages)
	if err != nil {
		r.t.Fatal(err)
	}
	return event
}

// ScheduleEvent is what EventBridge calls a function with; ours read nothing of it.
func (r *Rig) ScheduleEvent() []byte {
	return []byte(`{"source":"aws.events","detail-type":"Scheduled Event","time":"` + r.Now().UTC().Format(time.RFC3339) + `"}`)
}

func newID() string { return rand.Text() }
