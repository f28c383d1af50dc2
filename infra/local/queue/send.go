package queue

import "context"

// Send puts one message in the queue and gives its id once it is on disk.
func (q *Queue) Send(ctx context.Context, m Outgoing) (id string, err error) {
	ids, err := q.SendBatch(ctx, []Outgoing{m})
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// SendBatch puts several messages in the queue at once, all or none.
func (q *Queue) SendBatch(ctx context.Context, messages []Outgoing) (ids []string, err error) {
	addressed := make([]Addressed, len(messages))
	for i, m := range messages {
		addressed[i] = Addressed{QueueARN: q.config.ARN, Outgoing: m}
	}
	return q.service.sendAll(ctx, addressed)
}
