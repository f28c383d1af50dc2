package main

import (
	"context"
	"errors"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/directory"
	"voice.example/shared/feed"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring"
	"voice.example/shared/limit"
	"voice.example/shared/notice"
	"voice.example/shared/optout"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
	"voice.example/shared/upload"
	"voice.example/shared/volume"
)

// notifier tells staff; notice.StaffTopic does.
type notifier interface {
	Notify(ctx context.Context, subject, text string) error
}

// maker makes the keysets of a new deployment, unless they are there; keyring.Keys does.
type maker interface {
	Make(ctx context.Context, by string) error
}

type handler struct {
	Ledger        *alert.Ledger
	Topic         *alert.Topic
	Subscriptions *subscription.Store
	OptOuts       *optout.List
	Custody       *custody.Table
	Inquiries     *inquiry.Table
	Keys          *secret.Keys
	Keysets       maker // nil: they are there
	keysetsMade   bool

	Bucket         *s3.Client
	FailuresBucket string
	Queues         *sqs.Client
	DeadLetters    []string // URLs of queues
	Limits         *limit.Table

	Feeds   *feed.Table
	Desk    *upload.Desk
	Queue   *upload.Queue
	Volumes *volume.Table
	Staff   notifier
	Agency  string
	Zone    *time.Location
	Silent  time.Duration // the interval of feeds that have none of their own
	Now     func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) (*handler, error) {
	keys, keysErr := keyring.New(cfg, env)
	terms, termsErr := inquiry.ParseTerms(env.Text("INQUIRY_DUE_MINUTES"))
	db, topics, queues := dynamodb.NewFromConfig(cfg), sns.NewFromConfig(cfg), sqs.NewFromConfig(cfg)
	return &handler{
		Ledger: &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Retention: env.Days("ALERT_RETENTION_DAYS"),
			Schedule: alert.ScheduleOf(env), Now: aws.Now},
		Topic:         &alert.Topic{Client: topics, ARN: env.Text("ALERTS_TOPIC_ARN")},
		Subscriptions: &subscription.Store{Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE"), Keys: keys.Fields, Now: aws.Now},
		OptOuts:       &optout.List{Client: db, Table: env.Text("OPT_OUTS_TABLE")},
		Custody:       custody.NewTable(db, env.Text("CUSTODY_TABLE")),
		Inquiries: &inquiry.Table{Client: db, Name: env.Text("INQUIRIES_TABLE"), Keys: keys.Fields, Terms: terms,
			Directory: &directory.Table{Client: db, Name: env.Text("DIRECTORY_TABLE"), Now: aws.Now, Zone: env.Zone("FEED_TIME_ZONE")},
			Retention: env.Days("INQUIRY_RETENTION_DAYS"), Now: aws.Now},
		Keys: keys.Fields, Keysets: keys,

		Bucket: s3.NewFromConfig(cfg), FailuresBucket: env.Text("FAILURES_BUCKET"),
		Queues: queues, DeadLetters: strings.Fields(env.Text("DEAD_LETTERS_URLS")),
		Limits: &limit.Table{Client: db, Name: env.Text("LIMITS_TABLE"), Now: aws.Now},

		Desk:    &upload.Desk{DynamoDB: db, Table: env.Text("UPLOADS_TABLE"), Now: aws.Now},
		Queue:   &upload.Queue{Client: queues, URL: env.Text("UPLOADS_QUEUE_URL")},
		Feeds:   &feed.Table{Client: db, Name: env.Text("FEEDS_TABLE"), Now: aws.Now},
		Volumes: &volume.Table{Client: db, Name: env.Text("VOLUMES_TABLE"), Now: aws.Now},
		Staff:   &notice.StaffTopic{Client: topics, ARN: env.Text("STAFF_TOPIC_ARN")},
		Agency:  env.Text("AGENCY_NAME"), Zone: env.Zone("FEED_TIME_ZONE"), Silent: time.Duration(env.Int("FEED_SILENT_HOURS")) * time.Hour,
		Now: aws.Now,
	}, errors.Join(keysErr, termsErr)
}

// makeKeysets makes the keysets that a new deployment has not: once in a process, whose first minute costs two reads more.
func (h *handler) makeKeysets(ctx context.Context) error {
	if h.Keysets == nil || h.keysetsMade {
		return nil
	}
	err := h.Keysets.Make(ctx, "escalate")
	h.keysetsMade = err == nil
	return err
}

// Handle does a minute's work. Run twice, or late, it does what is due and no more.
func (h *handler) Handle(ctx context.Context) error {
	err := errors.Join(h.makeKeysets(ctx), h.workOffDue(ctx), h.tellInquiries(ctx), h.tellKept(ctx), h.tellSilence(ctx), h.resume(ctx), h.note(ctx))
	if err == nil {
		aws.LineOf(ctx).Count(aws.MinutesDone, 1)
	}
	return err
}
