package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/spf13/cobra"
)

const aboutReplay = `Shows what the service could not handle and kept: stream records in the failures bucket, and messages in dead-letter
queues. Its subcommands send them to where they failed. That is harmless as often as it is done: an alert that was
planned is not planned again, and one that was sent is not sent again.

It is for operators, and works with AWS credentials, not with the staff's sign-in. What there is, is named by the
stack's output ReplaySettings:

  export $(aws cloudformation describe-stacks --stack-name voice --output text \
    --query "Stacks[0].Outputs[?OutputKey=='ReplaySettings'].OutputValue")

Of the failures, stream is what Lambda gave up after its tries; the other names are the folders of what alerts itself put
there, such as poison. Nothing of what a record or a message says is ever printed.`

// waiting is what waits in one place.
type waiting struct {
	Source   string     `json:"source"`
	Count    int        `json:"count"`
	InFlight int        `json:"in_flight,omitempty"` // messages that somebody has in hand
	OldestAt *time.Time `json:"oldest_at,omitempty"` // of a queue, of those that it shows when asked once
}

func (w *waiting) older(at time.Time) {
	if w.OldestAt == nil || at.Before(*w.OldestAt) {
		at = at.UTC()
		w.OldestAt = &at
	}
}

func (p *program) replayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "replay", Short: "Show what could not be handled, and replay it (for operators)", Long: aboutReplay, Args: noArguments,
		Example: "  voicectl replay\n  voicectl replay failures --dry-run\n  voicectl replay dead-letters sms",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := p.operator(cmd.Context())
			if err != nil {
				return err
			}
			all, unknown, err := o.waiting(cmd.Context())
			if err != nil {
				return o.explain(err)
			}
			if len(unknown) > 0 {
				p.say("not looked at, since these are not set: %s", strings.Join(unknown, ", "))
			}
			answer := map[string]any{"waiting": all, "not_set": unknown}
			return p.print(answer, func(w io.Writer) { printWaiting(w, all, p.now()) })
		},
	}
	cmd.AddCommand(p.replayFailuresCommand(), p.replayLettersCommand())
	return cmd
}

// operator works on the service from within its AWS account.
type operator struct {
	*program
	s3       *s3.Client
	sqs      *sqs.Client
	lambda   *lambda.Client
	dynamodb *dynamodb.Client
}

func (p *program) operator(ctx context.Context) (*operator, error) {
	cfg, err := p.aws(ctx)
	if err != nil {
		return nil, fmt.Errorf("AWS credentials: %w", err)
	}
	if cfg.Region == "" {
		return nil, usage("no AWS region: set AWS_REGION or a profile")
	}
	return &operator{program: p, s3: s3.NewFromConfig(cfg), sqs: sqs.NewFromConfig(cfg), lambda: lambda.NewFromConfig(cfg),
		dynamodb: dynamodb.NewFromConfig(cfg)}, nil
}

// setting reads a variable that a command cannot do without.
func (o *operator) setting(name string) (string, error) {
	if value := o.getenv(name); value != "" {
		return value, nil
	}
	return "", usage("%s is not set: voicectl replay --help says where it comes from", name)
}

// explain says what an error of AWS's client means, where its own words do not.
func (o *operator) explain(err error) error {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("nothing answers there; is the service running? %w", err)
	}
	return err
}

// waiting counts what waits everywhere, and names the variables that are not set.
func (o *operator) waiting(ctx context.Context) (all []waiting, unset []string, err error) {
	all, unset = []waiting{}, []string{}
	if bucket := o.getenv(failuresBucket); bucket == "" {
		unset = append(unset, failuresBucket)
	} else if all, err = o.waitingFailures(ctx, bucket); err != nil {
		return nil, nil, err
	}
	for _, l := range deadLetters {
		url := o.getenv(l.queue)
		if url == "" {
			unset = append(unset, l.queue)
			continue
		}
		w, err := o.waitingLetters(ctx, l, url)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, w)
	}
	if len(unset) == 1+len(deadLetters) {
		_, err := o.setting(failuresBucket)
		return nil, nil, err
	}
	return all, unset, nil
}

func printWaiting(w io.Writer, all []waiting, now time.Time) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SOURCE\tWAITING\tIN HAND\tOLDEST")
	for _, one := range all {
		oldest := "-"
		if one.OldestAt != nil {
			oldest = age(now.Sub(*one.OldestAt))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", plain(one.Source), number(one.Count), number(one.InFlight), oldest)
	}
	_ = table.Flush()
}

// age is about how long ago something was.
func age(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", max(0, int(d.Seconds())))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// left is something that was not replayed, and why. The reason is our own: what a function says may name somebody.
type left struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// mostLeft is how many of what was left are named to people.
const mostLeft = 20

func printLeft(w io.Writer, all []left) {
	for i, one := range all {
		if i == mostLeft {
			fmt.Fprintf(w, "  and %s more (--json has them all)\n", number(len(all)-mostLeft))
			return
		}
		fmt.Fprintf(w, "  left: %s: %s\n", plain(one.Name), one.Why)
	}
}
