package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/spf13/cobra"
)

// letters is a dead-letter queue, and where its messages are handled. SQS could move them itself (StartMessageMoveTask),
// but not those that a topic or a function gave up, which no queue has had, nor to a function.
type letters struct {
	name     string
	queue    string // the variable with the URL of the dead-letter queue
	to       string // the variable with the URL of the queue that its messages go to
	function string // or with the name of the function that they are for
}

var deadLetters = []letters{
	{name: "sms", queue: "VOICE_SMS_DEAD_LETTERS", to: "VOICE_SMS_QUEUE"},
	{name: "replies", queue: "VOICE_REPLIES_DEAD_LETTERS", to: "VOICE_REPLIES_QUEUE"},
	{name: "receipts", queue: "VOICE_RECEIPTS_DEAD_LETTERS", function: "VOICE_RECEIPTS_FUNCTION"},
	{name: "uploads", queue: "VOICE_UPLOADS_DEAD_LETTERS", to: "VOICE_UPLOADS_QUEUE"},
}

const (
	// inHand is how long a message is ours: longer than any function here may run that it is for.
	inHand = 2 * time.Minute
	// listen is how long the queue is asked for messages that it says it has.
	listen = 2 * time.Second
	// atOnce is the most messages that SQS gives.
	atOnce = 10
)

// lettersResult is what became of the messages of one queue.
type lettersResult struct {
	Queue    string `json:"queue"`
	Messages int    `json:"messages"` // that were there at the start
	Replayed int    `json:"replayed"`
	Left     []left `json:"left"`
}

func (p *program) replayLettersCommand() *cobra.Command {
	var limit int
	names := make([]string, len(deadLetters))
	for i, l := range deadLetters {
		names[i] = l.name
	}
	cmd := &cobra.Command{
		Use: "dead-letters [QUEUE]", Short: "Send the messages of the dead-letter queues to where they failed",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("one queue, or none for all")
			}
			return nil
		},
		Long: `Sends the messages of a dead-letter queue, or of all, to where they failed, and deletes each once it was taken there. Those
that come while it runs stay for the next time. The queues are ` + strings.Join(names, ", ") + `.

  sms       texts that were not sent. They go to the urgent queue, whatever they were
  replies   what people texted back
  receipts  what carriers said of texts; the receipts function is called with each
  uploads   files that arrived, and uploads that were to go on`,
		Example: "  voicectl replay dead-letters\n  voicectl replay dead-letters sms --limit 1",
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 0 {
				return usage("--limit is a number of messages, or 0 for all")
			}
			chosen := deadLetters
			if len(args) == 1 {
				chosen = nil
				for _, l := range deadLetters {
					if l.name == args[0] {
						chosen = []letters{l}
					}
				}
				if chosen == nil {
					return usage("there is no queue %q, but %s", args[0], strings.Join(names, ", "))
				}
			}
			o, err := p.operator(cmd.Context())
			if err != nil {
				return err
			}
			return o.replayLetters(cmd.Context(), chosen, limit)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 0, "so many messages of each queue at most (0: all)")
	return cmd
}

func (o *operator) replayLetters(ctx context.Context, chosen []letters, limit int) error {
	runs := make([]*lettersRun, len(chosen))
	for i, l := range chosen { // before the first message is touched
		r := &lettersRun{operator: o, lettersResult: lettersResult{Queue: l.name, Left: []left{}}, seen: map[string]bool{}}
		var err error
		if r.from, err = o.setting(l.queue); err != nil {
			return err
		}
		to := l.to
		if l.function != "" {
			to = l.function
		}
		if r.to, err = o.setting(to); err != nil {
			return err
		}
		r.send = r.toQueue
		if l.function != "" {
			r.send = r.toFunction
		}
		runs[i] = r
	}
	results, lost, total := []lettersResult{}, 0, 0
	var err error
	for _, r := range runs {
		err = r.run(ctx, limit)
		results, lost, total = append(results, r.lettersResult), lost+len(r.Left), total+r.Messages
		if err != nil {
			break
		}
	}
	printErr := o.print(results, func(w io.Writer) {
		for _, r := range results {
			fmt.Fprintf(w, "%s: %s, %s replayed, %s left\n", r.Queue, plural(r.Messages, "message"), number(r.Replayed), number(len(r.Left)))
			printLeft(w, r.Left)
		}
	})
	switch {
	case printErr != nil:
		return printErr
	case ctx.Err() != nil:
		return errors.New("interrupted; what was not replayed is back in its queue within two minutes")
	case err != nil:
		return o.explain(err)
	case lost > 0:
		return fmt.Errorf("%s of %s could not be replayed", number(lost), plural(total, "message"))
	}
	return nil
}

// lettersRun is one replay of one dead-letter queue.
type lettersRun struct {
	*operator
	from, to string
	send     func(context.Context, types.Message) (why string, err error)
	seen     map[string]bool

	mu sync.Mutex
	lettersResult
}

// run replays as many messages as the queue had at the start, each once: what comes back at once is not sent for ever.
func (r *lettersRun) run(ctx context.Context, limit int) error {
	w, err := r.count(ctx, r.from)
	if err != nil {
		return err
	}
	r.Messages = w.Count
	if limit > 0 {
		r.Messages = min(r.Messages, limit)
	}
	progress := r.countdown(r.Messages, "messages of "+r.Queue)
	defer progress.end()
	var kept []types.Message
	defer func() { r.giveBack(kept) }()
	for taken, silent := 0, 0; taken < r.Messages && silent < 2; {
		out, err := r.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &r.from, MaxNumberOfMessages: int32(min(atOnce, r.Messages-taken)),
			VisibilityTimeout: int32(inHand.Seconds()), WaitTimeSeconds: int32(listen.Seconds()), MessageAttributeNames: []string{"All"}})
		if err != nil {
			return err
		}
		if len(out.Messages) == 0 {
			silent++ // SQS may not find a message that it has counted
		}
		errs := make([]error, len(out.Messages))
		var wg sync.WaitGroup
		for i, m := range out.Messages {
			taken++
			id := aws.ToString(m.MessageId)
			if r.seen[id] {
				continue // it was not deleted in time, or is here twice
			}
			r.seen[id] = true
			wg.Go(func() {
				var stays bool
				stays, errs[i] = r.one(ctx, m)
				r.mu.Lock()
				defer r.mu.Unlock()
				if stays {
					kept = append(kept, m)
				}
			})
		}
		wg.Wait()
		progress.add(int64(len(out.Messages)))
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return nil
}

// one sends one message on, and then deletes it: cut off in between, it goes once more. It is true if the message stays.
func (r *lettersRun) one(ctx context.Context, m types.Message) (stays bool, err error) {
	why, err := r.send(ctx, m)
	if err != nil {
		return true, err
	}
	r.mu.Lock()
	if why != "" {
		r.Left = append(r.Left, left{aws.ToString(m.MessageId), why})
	} else {
		r.Replayed++
	}
	r.mu.Unlock()
	if why != "" {
		return true, nil
	}
	_, err = r.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &r.from, ReceiptHandle: m.ReceiptHandle})
	return false, err
}

func (r *lettersRun) toQueue(ctx context.Context, m types.Message) (string, error) {
	_, err := r.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &r.to, MessageBody: m.Body, MessageAttributes: m.MessageAttributes})
	return "", err
}

// toFunction calls the function with the event that Lambda gave up: of an asynchronous call the message has it whole.
func (r *lettersRun) toFunction(ctx context.Context, m types.Message) (string, error) {
	var record struct {
		Payload json.RawMessage `json:"requestPayload"`
	}
	if json.Unmarshal([]byte(aws.ToString(m.Body)), &record) != nil || len(record.Payload) == 0 {
		return "it holds no call of a function", nil
	}
	out, err := r.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &r.to, Payload: record.Payload})
	if err != nil {
		return "", err
	}
	if out.FunctionError != nil {
		return "the function failed", nil
	}
	return "", nil
}

// giveBack makes messages visible again that stay, also when the command was interrupted.
func (r *lettersRun) giveBack(messages []types.Message) {
	ctx, cancel := context.WithTimeout(context.Background(), abortWithin)
	defer cancel()
	for _, m := range messages { // if it fails, they are back in two minutes
		_, _ = r.sqs.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &r.from, ReceiptHandle: m.ReceiptHandle})
	}
}

// count asks how many messages a queue has.
func (o *operator) count(ctx context.Context, url string) (w waiting, err error) {
	out, err := o.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible}})
	if err != nil {
		return w, err
	}
	if w.Count, err = strconv.Atoi(out.Attributes["ApproximateNumberOfMessages"]); err != nil {
		return w, errors.New("the queue does not say how many messages it has")
	}
	w.InFlight, _ = strconv.Atoi(out.Attributes["ApproximateNumberOfMessagesNotVisible"])
	return w, nil
}

// waitingLetters counts a queue's messages, and looks at some of them for the oldest.
func (o *operator) waitingLetters(ctx context.Context, l letters, url string) (waiting, error) {
	w, err := o.count(ctx, url)
	w.Source = "dead-letters/" + l.name
	if err != nil || w.Count == 0 {
		return w, err
	}
	out, err := o.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: atOnce, VisibilityTimeout: int32(listen.Seconds()),
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameSentTimestamp}})
	if err != nil {
		return w, err
	}
	for _, m := range out.Messages {
		if ms, err := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64); err == nil {
			w.older(time.UnixMilli(ms))
		}
	}
	(&lettersRun{operator: o, from: url}).giveBack(out.Messages)
	return w, nil
}
