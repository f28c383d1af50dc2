package main

import (
	"context"
	"errors"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/shared/aws"
	"voice.example/shared/feed"
	"voice.example/shared/notice"
	"voice.example/shared/upload"
)

// notifier tells staff; notice.StaffTopic does.
type notifier interface {
	Notify(ctx context.Context, subject, text string) error
}

type handler struct {
	Feeds  *feed.Table
	Desk   *upload.Desk
	Queue  *upload.Queue
	Staff  notifier
	Agency string
	Zone   *time.Location
	Silent time.Duration // the interval of feeds that have none of their own
	Now    func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) *handler {
	db := dynamodb.NewFromConfig(cfg)
	return &handler{
		Desk:   &upload.Desk{DynamoDB: db, Table: env.Text("UPLOADS_TABLE"), Now: time.Now},
		Queue:  &upload.Queue{Client: sqs.NewFromConfig(cfg), URL: env.Text("UPLOADS_QUEUE_URL")},
		Feeds:  &feed.Table{Client: db, Name: env.Text("FEEDS_TABLE"), Now: time.Now},
		Staff:  &notice.StaffTopic{Client: sns.NewFromConfig(cfg), ARN: env.Text("STAFF_TOPIC_ARN")},
		Agency: env.Text("AGENCY_NAME"), Zone: env.Zone("FEED_TIME_ZONE"), Silent: time.Duration(env.Int("FEED_SILENT_HOURS")) * time.Hour,
		Now: time.Now,
	}
}

// Handle does a minute's work. Run twice, or late, it does what is due and no more.
func (h *handler) Handle(ctx context.Context) error {
	return errors.Join(h.tellSilence(ctx), h.resume(ctx))
}
