package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/limit"
	"voice.example/shared/notice"
	"voice.example/shared/optout"
	"voice.example/shared/subscription"
	"voice.example/shared/upload"
	"voice.example/shared/volume"
)

// bench is a handler on tables and a topic of its own, and the staff who read it.
type bench struct {
	*handler
	t     *testing.T
	db    *dynamodbtest.DB
	cloud *localtest.Cloud
	now   time.Time
}

func newBench(t *testing.T) *bench {
	db, cloud := dynamodbtest.New(t), localtest.New(t, "dead")
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, db: db, cloud: cloud, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	keys := keyringtest.Keys(t)
	b.handler = &handler{
		Ledger: &alert.Ledger{Client: db.Client, Table: db.Table("alerts"), Retention: 240 * time.Hour,
			Schedule: alert.Schedule{Again: 15 * time.Minute, Other: time.Hour, Human: 4 * time.Hour}, Now: clock},
		Topic:         &alert.Topic{Client: cloud.SNS(), ARN: localtest.TopicARN},
		Subscriptions: &subscription.Store{Client: db.Client, Table: db.Table("subscriptions"), Keys: keys, Now: clock},
		OptOuts:       &optout.List{Client: db.Client, Table: db.Table("optouts")},
		Custody:       custody.NewTable(db.Client, db.Table("custody")),
		Inquiries:     &inquiry.Table{Client: db.Client, Name: db.Table("inquiries"), Keys: keys, Retention: 240 * time.Hour, Now: clock},
		Keys:          keys,

		Bucket: cloud.S3(), FailuresBucket: localtest.Bucket, Queues: cloud.SQS(), DeadLetters: []string{cloud.URLOf("dead")},
		Limits: &limit.Table{Client: db.Client, Name: db.Table("limits"), Now: clock},

		Feeds:   &feed.Table{Client: db.Client, Name: db.Table("feeds"), Now: clock},
		Desk:    &upload.Desk{DynamoDB: db.Client, Table: db.Table("uploads"), Now: clock},
		Queue:   &upload.Queue{Client: cloud.SQS(), URL: cloud.QueueURL()},
		Volumes: &volume.Table{Client: db.Client, Name: db.Table("volumes"), Now: clock},
		Staff:   &notice.StaffTopic{Client: cloud.SNS(), ARN: localtest.TopicARN},
		Agency:  "VOICE", Zone: zone, Silent: 26 * time.Hour, Now: clock,
	}
	return b
}

func (b *bench) heard(name string, ago time.Duration) {
	b.t.Helper()
	if err := b.Feeds.Heard(context.Background(), name, b.now.Add(-ago), b.now.Add(-ago)); err != nil {
		b.t.Fatal(err)
	}
}

// minutes runs the function each minute, for so many, and returns what staff were told.
func (b *bench) minutes(n int) (told []string) {
	b.t.Helper()
	for range n {
		if err := b.Handle(context.Background()); err != nil {
			b.t.Fatal(err)
		}
		b.now = b.now.Add(time.Minute)
	}
	return b.told()
}

func (b *bench) told() (told []string) {
	for _, m := range b.cloud.Published() {
		told = append(told, m.Body)
	}
	return told
}

// deaf are staff who cannot be reached.
type deaf struct{}

func (deaf) Notify(context.Context, string, string) error { return errors.New("no network") }

func TestTellSilence(t *testing.T) {
	ctx := context.Background()
	t.Run("NothingWhileFeedsSpeak", func(t *testing.T) {
		b := newBench(t)
		b.heard("north", 25*time.Hour)
		b.heard("south", 0)
		if told := b.minutes(3); len(told) != 0 {
			t.Errorf("told %q", told)
		}
	})
	t.Run("OnceForEachSilentFeed", func(t *testing.T) {
		b := newBench(t)
		b.heard("north", 28*time.Hour)
		b.heard("south", 50*time.Hour)
		b.heard("west", time.Hour)
		told := b.minutes(5)
		if len(told) != 2 {
			t.Fatalf("told %q", told)
		}
		want := `The last file of the feed "north" that could be used came on May 31, 2026, 4:00 AM EDT, 28 hours ago. One is expected every 26 hours.`
		if !strings.HasPrefix(told[0], want) {
			t.Errorf("told %q", told[0])
		}
	})
	t.Run("AgainEachDayWhileItLasts", func(t *testing.T) {
		b := newBench(t)
		b.heard("north", 27*time.Hour)
		for day := range 3 {
			if told := b.minutes(2); len(told) != 1 {
				t.Errorf("day %d: told %q", day, told)
			}
			b.now = b.now.Add(24 * time.Hour)
		}
	})
	t.Run("AgainForTheNextSilence", func(t *testing.T) {
		b := newBench(t)
		if err := b.Feeds.Expect(ctx, "north", time.Hour); err != nil {
			t.Fatal(err)
		}
		b.heard("north", 2*time.Hour)
		if told := b.minutes(2); len(told) != 1 || !strings.Contains(told[0], "expected every 1 hour.") {
			t.Fatalf("told %q", told)
		}
		b.heard("north", 0)
		if told := b.minutes(2); len(told) != 0 {
			t.Fatalf("it spoke: told %q", told)
		}
		b.now = b.now.Add(2 * time.Hour)
		if told := b.minutes(2); len(told) != 1 {
			t.Errorf("it fell silent again: told %q", told)
		}
	})
	t.Run("FeedThatNeverSpoke", func(t *testing.T) {
		b := newBench(t)
		if err := b.Feeds.Expect(ctx, "north", 0); err != nil {
			t.Fatal(err)
		}
		if told := b.minutes(1); len(told) != 0 {
			t.Fatalf("told %q", told)
		}
		b.now = b.now.Add(27 * time.Hour)
		if told := b.minutes(2); len(told) != 1 || !strings.HasPrefix(told[0], `No file of the feed "north" has come since`) {
			t.Errorf("told %q", told)
		}
	})
	t.Run("RunTwiceAtOnceTellsOnce", func(t *testing.T) {
		b := newBench(t)
		b.heard("north", 28*time.Hour)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := b.Handle(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if told := b.told(); len(told) != 1 {
			t.Errorf("told %q", told)
		}
	})
	t.Run("StaffWhoCannotBeReachedAreToldTheNextMinute", func(t *testing.T) {
		b := newBench(t)
		b.heard("north", 28*time.Hour)
		working := b.Staff
		b.Staff = deaf{}
		if err := b.Handle(ctx); err == nil || !strings.Contains(fmt.Sprint(err), "feed north") {
			t.Errorf("got %v", err)
		}
		b.Staff = working
		if told := b.minutes(2); len(told) != 1 {
			t.Errorf("told %q", told)
		}
	})
	t.Run("OneFeedsFailureDoesNotSilenceTheOthers", func(t *testing.T) {
		b := newBench(t)
		b.heard("north", 28*time.Hour)
		b.heard("south", 28*time.Hour)
		b.Staff = &deafOnce{notifier: b.Staff}
		if err := b.Handle(ctx); err == nil {
			t.Error("no error")
		}
		if told := b.told(); len(told) != 1 || !strings.Contains(told[0], "south") {
			t.Errorf("told %q", told)
		}
	})
}

// deafOnce are staff who miss the first call.
type deafOnce struct {
	notifier
	called bool
}

func (d *deafOnce) Notify(ctx context.Context, subject, text string) error {
	if !d.called {
		d.called = true
		return errors.New("no network")
	}
	return d.notifier.Notify(ctx, subject, text)
}
