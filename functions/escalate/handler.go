package main

import (
	"context"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"voice.example/shared/aws"
	"voice.example/shared/feed"
	"voice.example/shared/notice"
)

// notifier tells staff; notice.StaffTopic does.
type notifier interface {
	Notify(ctx context.Context, subject, text string) error
}

type handler struct {
	Feeds  *feed.Table
	Staff  notifier
	Agency string
	Zone   *time.Location
	Silent time.Duration // the interval of feeds that have none of their own
	Now    func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) *handler {
	return &handler{
		Feeds:  &feed.Table{Client: dynamodb.NewFromConfig(cfg), Name: env.Text("FEEDS_TABLE"), Now: time.Now},
		Staff:  &notice.StaffTopic{Client: sns.NewFromConfig(cfg), ARN: env.Text("STAFF_TOPIC_ARN")},
		Agency: env.Text("AGENCY_NAME"), Zone: env.Zone("FEED_TIME_ZONE"), Silent: time.Duration(env.Int("FEED_SILENT_HOURS")) * time.Hour,
		Now: time.Now,
	}
}

// Handle does a minute's work. Run twice, or late, it does what is due and no more.
func (h *handler) Handle(ctx context.Context) error {
	return h.tellSilence(ctx)
}
