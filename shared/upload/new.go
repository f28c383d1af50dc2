package upload

import (
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/notice"
	"voice.example/shared/subscription"
)

// New returns a pipeline as template.yaml's environment describes it.
func New(cfg sdk.Config, env *aws.Variables) *Pipeline {
	meter := new(aws.Meter)
	db := dynamodb.NewFromConfig(cfg, meter.Attach)
	people := custody.NewTable(db, env.Text("CUSTODY_TABLE"))
	people.Retention = env.Days("CUSTODY_RETENTION_DAYS")
	return &Pipeline{
		S3:          s3.NewFromConfig(cfg),
		DynamoDB:    db,
		Table:       env.Text("UPLOADS_TABLE"),
		Custody:     people,
		Feeds:       &feed.Table{Client: db, Name: env.Text("FEEDS_TABLE")},
		Subscribers: &subscription.Store{Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE")},
		Staff:       &notice.StaffTopic{Client: sns.NewFromConfig(cfg), ARN: env.Text("STAFF_TOPIC_ARN")},
		Meter:       meter,
		Limits:      LimitsFrom(env),
		Zone:        env.Zone("FEED_TIME_ZONE"),
		Future:      env.Days("FUTURE_DAYS"),
		Now:         aws.Now,
	}
}

// NewMachine returns the state machine for large uploads.
func NewMachine(cfg sdk.Config, env *aws.Variables) *Machine {
	return &Machine{Client: sfn.NewFromConfig(cfg), ARN: env.Text("UPLOAD_MACHINE_ARN"), Above: int64(env.Int("LARGE_UPLOAD_MEGABYTES")) << 20}
}

// LimitsFrom reads the brake's parameters. The counts that are always allowed are DefaultLimits'.
func LimitsFrom(env *aws.Variables) Limits {
	l := DefaultLimits()
	l.EndPercent = float64(env.Int("BRAKE_END_PERCENT"))
	l.Alerts = env.Int("BRAKE_ALERTS")
	l.RejectPercent = float64(env.Int("BRAKE_REJECT_PERCENT"))
	l.TextsPerSecond = float64(env.Int("TEXTS_PER_SECOND"))
	return l
}
