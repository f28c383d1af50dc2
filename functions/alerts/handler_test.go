package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	"voice.example/shared/alert"
	"voice.example/shared/aws/awstest"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/limit"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
)

// bench is a handler on tables and a topic of its own.
type bench struct {
	*handler
	t     *testing.T
	cloud *localtest.Cloud
	code  string
}

func newBench(t *testing.T) *bench {
	db, cloud := dynamodbtest.New(t), localtest.New(t)
	keys := keyringtest.Keys(t)
	b := &bench{t: t, cloud: cloud}
	b.handler = &handler{
		Custody: custody.NewTable(db.Client, db.Table("custody")),
		Subscriptions: &subscription.Store{Client: db.Client, Table: db.Table("subscriptions"), Keys: keys, Now: time.Now, Sender: b,
			Agency: "VOICE", Limits: &limit.Table{Client: db.Client, Name: db.Table("limits"), Now: time.Now}, CodesPerPhonePerHour: 10, CodesPerHour: 1000},
		Ledger:   &alert.Ledger{Client: db.Client, Table: db.Table("alerts"), Retention: time.Hour, Now: time.Now},
		Topic:    &alert.Topic{Client: cloud.SNS(), ARN: localtest.TopicARN},
		Failures: &failures{Client: cloud.S3(), Bucket: localtest.Bucket, Now: time.Now},
		Keys:     keys, Transfers: time.Hour, Now: time.Now,
	}
	return b
}

// Send takes the one-time codes.
func (b *bench) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	b.code = strings.Trim(strings.Fields(strings.SplitAfter(text, "code is ")[1])[0], ".")
	return "m", nil
}

func (b *bench) subscribe(app subscription.Application) subscription.Subscription {
	b.t.Helper()
	app.Language = i18n.English
	p, err := b.Subscriptions.Request(context.Background(), app, "")
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := b.Subscriptions.Confirm(context.Background(), p.ID, b.code)
	if err != nil {
		b.t.Fatal(err)
	}
	return c.Subscription
}

// held is the image of an adult in custody; edits replace parts of its JSON.
func held(version int, edits ...string) string {
	return strings.NewReplacer(edits...).Replace(fmt.Sprintf(`{"a_number":{"S":"001234567"},"version":{"N":"%d"},"first_name":{"S":"Ada"},"last_name":{"S":"Test"},`+
		`"date_of_birth":{"S":"1980-01-01"},"country_of_birth":{"S":"MX"},"protected":{"BOOL":false},"status":{"S":"in_custody"},"since":{"S":"2026-05-01T00:00:00Z"},`+
		`"as_of":{"S":"2026-05-0%dT00:00:00Z"},"received_at":{"S":"2026-05-09T00:00:00Z"},"facility":{"S":"ONE"},"upload_id":{"S":"u"}}`, version, version))
}

func changed(sequence, old, new string) string {
	if old != "" {
		old = `"OldImage":` + old + `,`
	}
	return fmt.Sprintf(`{"eventID":"e%s","eventName":"MODIFY","dynamodb":{"SequenceNumber":"%s",%s"NewImage":%s}}`, sequence, sequence, old, new)
}

// handle gives the handler a batch as Lambda would, through JSON.
func (b *bench) handle(records ...string) (failed []string) {
	b.t.Helper()
	var in batch
	if err := json.Unmarshal([]byte(`{"Records":[`+strings.Join(records, ",")+`]}`), &in); err != nil {
		b.t.Fatal(err)
	}
	out, err := b.Handle(context.Background(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range out.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	return failed
}

// kept lists the sequence numbers of the records in a folder of the failures.
func (b *bench) kept(folder string) (sequences []string) {
	for _, r := range b.records(folder) {
		sequences = append(sequences, strings.Split(strings.Split(r, `"SequenceNumber":"`)[1], `"`)[0])
	}
	return sequences
}

// records are the records kept in a folder of the failures.
func (b *bench) records(folder string) (records []string) {
	b.t.Helper()
	ctx := context.Background()
	list, err := b.cloud.S3().ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &b.Failures.Bucket, Prefix: &folder})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, o := range list.Contents {
		got, err := b.cloud.S3().GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Failures.Bucket, Key: o.Key})
		if err != nil {
			b.t.Fatal(err)
		}
		var object kept
		var event batch
		if err := json.NewDecoder(got.Body).Decode(&object); err != nil {
			b.t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(object.Payload), &event); err != nil {
			b.t.Fatal(err)
		}
		for _, raw := range event.Records {
			records = append(records, string(raw))
		}
	}
	return records
}

// put sets an attribute of a subscription's item.
func (b *bench) put(sub subscription.Subscription, name string, value map[string]attribute) {
	b.t.Helper()
	_, err := b.Subscriptions.Client.UpdateItem(context.Background(), &dynamodb.UpdateItemInput{TableName: &b.Subscriptions.Table,
		Key:              map[string]attribute{"a_number": text(string(sub.ANumber)), "subscription_id": text(sub.ID)},
		UpdateExpression: ptr("SET #n = :v"), ExpressionAttributeNames: map[string]string{"#n": name},
		ExpressionAttributeValues: map[string]attribute{":v": &types.AttributeValueMemberM{Value: value}}})
	if err != nil {
		b.t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

// published splits what the topic got into jobs, by alert, and notices.
func (b *bench) published() (jobs map[string]map[string]string, notices []alert.Notice) {
	b.t.Helper()
	jobs = map[string]map[string]string{}
	for _, m := range b.cloud.Published() {
		attributes := map[string]string{}
		for name, a := range m.Attributes {
			attributes[name] = a.StringValue
		}
		if attributes["kind"] == "event" {
			var n alert.Notice
			if err := json.Unmarshal([]byte(m.Body), &n); err != nil {
				b.t.Fatal(err)
			}
			notices = append(notices, n)
			continue
		}
		var job alert.Job
		if err := json.Unmarshal([]byte(m.Body), &job); err != nil {
			b.t.Fatal(err)
		}
		jobs[job.AlertID] = attributes
	}
	return jobs, notices
}

var (
	release = []string{`"in_custody"`, `"released"`}
	adult   = subscription.Application{ANumber: "001234567", CountryOfBirth: "MX", Phone: "+12025550143"}
)

func TestHandle(t *testing.T) {
	ctx := context.Background()
	t.Run("OneAlertPerSubscriber", func(t *testing.T) {
		b := newBench(t)
		first, second := adult, adult
		second.Phone = "+12025550144"
		subs := []subscription.Subscription{b.subscribe(first), b.subscribe(second)}
		if failed := b.handle(changed("1", held(1), held(2, release...))); failed != nil {
			t.Fatalf("failed %v", failed)
		}
		jobs, notices := b.published()
		if len(jobs) != 2 || len(notices) != 1 || notices[0].Event != custody.EventReleased || notices[0].ANumber != "001234567" {
			t.Fatalf("got %v, %+v", jobs, notices)
		}
		for _, sub := range subs {
			id := notices[0].EventID + "." + sub.ID
			a, err := b.Ledger.Get(ctx, id)
			if err != nil || a.State != alert.Planned || a.Initials != "A.T." || jobs[id]["urgency"] != "urgent" || jobs[id]["channel"] != "sms" || jobs[id]["kind"] != "alert" {
				t.Errorf("got %+v, %v, %v", a, err, jobs[id])
			}
		}
	})
	t.Run("SameChangeTwiceIsOneAlert", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		change := changed("1", held(1), held(2, release...))
		b.handle(change)
		before, _ := b.published()
		b.handle(change, change)
		after, _ := b.published()
		for id := range after {
			if _, known := before[id]; !known || len(after) != 1 {
				t.Errorf("another alert: %v", after)
			}
		}
	})
	t.Run("NobodyIsToldOfWhatMattersToNobody", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		b.handle(changed("1", held(1), held(1)), changed("2", held(1), held(2, "Ada", "Ida")))
		if jobs, notices := b.published(); len(jobs)+len(notices) != 0 {
			t.Errorf("got %v, %v", jobs, notices)
		}
	})
	for name, edit := range map[string][]string{
		"Protected":        {`"BOOL":false`, `"BOOL":true`},
		"NobodySaid":       {`"protected":{"BOOL":false},`, ``},
		"Minor":            {`1980-01-01`, `2015-01-01`},
		"BirthdayNotKnown": {`"date_of_birth":{"S":"1980-01-01"},`, ``},
	} {
		t.Run("NobodyIsToldOf/"+name, func(t *testing.T) {
			b := newBench(t)
			b.subscribe(adult)
			if failed := b.handle(changed("1", held(1), held(2, append(edit, release...)...))); failed != nil {
				t.Fatalf("failed %v", failed)
			}
			if jobs, notices := b.published(); len(jobs)+len(notices) != 0 {
				t.Errorf("got %v, %v", jobs, notices)
			}
		})
	}
	t.Run("ReleasedBeforeAnybodyCouldBeTold", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		hidden := []string{`"protected":{"BOOL":false},`, ``}
		b.handle(changed("1", held(1, hidden...), held(2, append(hidden, release...)...)))
		b.handle(changed("2", held(2, append(hidden, release...)...), held(3, release...)))
		if jobs, notices := b.published(); len(jobs) != 1 || len(notices) != 1 || notices[0].Event != custody.EventReleased {
			t.Errorf("got %v, %v", jobs, notices)
		}
	})
	t.Run("WrongCountryIsNotTold", func(t *testing.T) {
		b := newBench(t)
		app := adult
		app.CountryOfBirth = "CU"
		b.subscribe(app)
		b.handle(changed("1", held(1), held(2, release...)))
		if jobs, notices := b.published(); len(jobs) != 0 || len(notices) != 1 {
			t.Errorf("got %v, %v", jobs, notices)
		}
	})
	t.Run("OnlyEventsAskedFor", func(t *testing.T) {
		b := newBench(t)
		app := adult
		app.Events = []custody.Event{custody.EventRemoved}
		b.subscribe(app)
		b.handle(changed("1", held(1), held(2, release...)))
		if jobs, _ := b.published(); len(jobs) != 0 {
			t.Errorf("got %v", jobs)
		}
		b.handle(changed("2", held(2, release...), held(3, `"in_custody"`, `"removed"`)))
		if jobs, _ := b.published(); len(jobs) != 1 {
			t.Errorf("got %v", jobs)
		}
	})
	t.Run("FirstRecordOfSomebodyWatched", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		b.handle(changed("1", "", held(1)))
		if jobs, notices := b.published(); len(jobs) != 1 || notices[0].Event != custody.BookedIn {
			t.Errorf("got %v, %v", jobs, notices)
		}
	})
	t.Run("PoisonIsKeptAndHoldsUpNobody", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		if failed := b.handle(changed("10", `{"a_number":{"S":1}}`, held(1)), changed("11", held(1), held(2, release...)),
			changed("12", held(1), `{"a_number":{"S":"001234567"},"as_of":{"S":"never"}}`), changed("13", `"text"`, `[]`)); failed != nil {
			t.Errorf("failed %v", failed)
		}
		if jobs, _ := b.published(); len(jobs) != 1 {
			t.Errorf("the good record gave %v", jobs)
		}
		if kept := b.kept("poison/"); fmt.Sprint(kept) != "[10 12 13]" {
			t.Errorf("kept %v", kept)
		}
	})
	t.Run("ReportsWhatIsKept", func(t *testing.T) {
		b := newBench(t)
		poison := json.RawMessage(changed("10", `{"a_number":{"S":1}}`, held(1)))
		if line := awstest.Once(t, b.Handle, batch{Records: []json.RawMessage{poison}}); line.Number("ChangesKept") != 1 || line.Number("kept") != 1 {
			t.Errorf("%v", line)
		}
	})
	t.Run("WhatCannotBeKeptComesAgain", func(t *testing.T) {
		b := newBench(t)
		b.Failures.Bucket = "gone"
		if failed := b.handle(changed("10", held(1), `{"as_of":{"S":"never"}}`)); fmt.Sprint(failed) != "[10]" {
			t.Errorf("failed %v", failed)
		}
	})
	t.Run("AFaultOfOursIsPoisonToo", func(t *testing.T) {
		b := newBench(t)
		b.Subscriptions = nil
		if failed := b.handle(changed("10", held(1), held(2, release...))); failed != nil || fmt.Sprint(b.kept("poison/")) != "[10]" {
			t.Errorf("failed %v", failed)
		}
	})
	t.Run("UnreadableSubscriberDoesNotStopTheOthers", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe(adult)
		broken, err := b.Subscriptions.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &b.Subscriptions.Table, Key: map[string]attribute{
			"a_number": text("001234567"), "subscription_id": text(sub.ID)}})
		if err != nil {
			t.Fatal(err)
		}
		broken.Item["subscription_id"], broken.Item["created_at"] = text("aaa"), text("never")
		if _, err := b.Subscriptions.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &b.Subscriptions.Table, Item: broken.Item}); err != nil {
			t.Fatal(err)
		}
		if failed := b.handle(changed("1", held(1), held(2, release...))); failed != nil {
			t.Errorf("failed %v", failed)
		}
		if jobs, _ := b.published(); len(jobs) != 1 {
			t.Errorf("got %v", jobs)
		}
		if kept := b.kept("poison/"); fmt.Sprint(kept) != "[1]" {
			t.Errorf("kept %v", kept)
		}
	})
	t.Run("TopicDownReportsEveryRecord", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		b.Topic.Client = sns.NewFromConfig(b.cloud.SNSConfig(), func(o *sns.Options) { o.RetryMaxAttempts = 1 })
		b.Topic.ARN += "-gone"
		change := changed("7", held(1), held(2, release...))
		if failed := b.handle(changed("6", held(1), held(1)), change); fmt.Sprint(failed) != "[7]" {
			t.Errorf("failed %v", failed)
		}
		b.Topic.ARN = localtest.TopicARN
		b.handle(change)
		if jobs, _ := b.published(); len(jobs) != 1 {
			t.Errorf("after the retry: %v", jobs)
		}
	})
	t.Run("TopicDownForLongKeepsTheChangeAndPlansItsAlerts", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe(adult)
		b.Topic.Client = sns.NewFromConfig(b.cloud.SNSConfig(), func(o *sns.Options) { o.RetryMaxAttempts = 1 })
		b.Topic.ARN += "-gone"
		old := strings.Replace(changed("7", held(1), held(2, release...)), `"dynamodb":{`,
			fmt.Sprintf(`"dynamodb":{"ApproximateCreationDateTime":%d,`, time.Now().Add(-3*time.Minute).Unix()), 1)
		if failed := b.handle(old); failed != nil || fmt.Sprint(b.kept("unpublished/")) != "[7]" {
			t.Errorf("failed %v, kept %v", failed, b.kept("unpublished/"))
		}
		var r custody.Record
		r.ANumber, r.Version, r.UploadID = "001234567", 2, "u"
		a, err := b.Ledger.Get(ctx, alert.EventID(b.Keys, r)+"."+sub.ID)
		if err != nil || a.State != alert.Planned || a.DueAt == "" {
			t.Errorf("planned %+v, %v", a, err)
		}
		b.Topic.ARN = localtest.TopicARN
		b.handle(b.records("unpublished/")...)
		if jobs, notices := b.published(); len(jobs) != 1 || len(notices) != 0 {
			t.Errorf("replayed of nobody whom we know now: %v, %v", jobs, notices)
		}
		for _, protected := range []bool{false, true} {
			r = custody.Record{ANumber: "001234567", Version: r.Version - 1, UploadID: "u", DateOfBirth: "1980-01-01", CountryOfBirth: "MX", Status: custody.Released, Protected: &protected}
			if err := b.Custody.Apply(ctx, r); err != nil {
				t.Fatal(err)
			}
			r.Version += 2
			b.handle(b.records("unpublished/")...)
			if _, notices := b.published(); (len(notices) == 1) == protected {
				t.Errorf("protected %v: partners hear %v", protected, notices)
			}
		}
	})
	t.Run("TransfersAndQuietHoursAreHeld", func(t *testing.T) {
		b := newBench(t)
		now := time.Date(2026, 6, 2, 3, 0, 0, 0, time.UTC) // eleven in the evening in New York
		b.Now, b.Ledger.Now = func() time.Time { return now }, func() time.Time { return now }
		quiet, loud := b.subscribe(adult), b.subscribe(subscription.Application{ANumber: adult.ANumber, CountryOfBirth: "MX", Phone: "+12025550144"})
		b.put(quiet, "quiet_hours", map[string]attribute{"from": text("22:00"), "to": text("07:00"), "time_zone": text("America/New_York")})
		for _, c := range []struct {
			name, change, quiet, loud string
			jobs                      int
		}{
			{"Transferred", changed("1", held(1), held(2, "ONE", "TWO")), "2026-06-02T11:00:00Z", "2026-06-02T04:00:00Z", 0},
			{"Removed", changed("2", held(2), held(3, `"in_custody"`, `"removed"`)), "2026-06-02T11:00:00Z", "2026-06-02T03:02:00Z", 1},
			{"Released", changed("3", held(3), held(4, release...)), "2026-06-02T03:02:00Z", "2026-06-02T03:02:00Z", 2},
		} {
			b.handle(c.change)
			jobs, notices := b.published()
			if len(jobs) != c.jobs || len(notices) != 1 {
				t.Fatalf("%s: %v, %v", c.name, jobs, notices)
			}
			for id, due := range map[string]string{quiet.ID: c.quiet, loud.ID: c.loud} {
				if a, err := b.Ledger.Get(ctx, notices[0].EventID+"."+id); err != nil || a.DueAt != due || a.DueShard == "" {
					t.Errorf("%s: due %s, not %s (%v)", c.name, a.DueAt, due, err)
				}
			}
		}
	})
	t.Run("WhatIsUrgentGoesBeforeTheRestOfItsBatch", func(t *testing.T) {
		b := newBench(t)
		b.Subscriptions.CodesPerHour = 1000
		var records []string
		for n := range 40 {
			number, edit := fmt.Sprintf("%09d", 1000+n), []string{`"in_custody"`, `"removed"`}
			if n == 20 {
				edit = release
			}
			app := adult
			app.ANumber, app.Phone = custody.ANumber(number), phone.Number(fmt.Sprintf("+1202555%04d", 100+n))
			b.subscribe(app)
			as := func(image string) string { return strings.ReplaceAll(image, "001234567", number) }
			records = append(records, changed(fmt.Sprint(n), as(held(1)), as(held(2, edit...))))
		}
		b.handle(records...)
		var urgencies []string
		for _, m := range b.cloud.Published() {
			if m.Attributes["kind"].StringValue == "alert" {
				urgencies = append(urgencies, m.Attributes["urgency"].StringValue)
			}
		}
		if len(urgencies) != 40 || urgencies[0] != "urgent" {
			t.Errorf("published %v", urgencies)
		}
	})
	t.Run("ACopyGoesByEmail", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe(adult)
		b.put(sub, "email", map[string]attribute{"address": text("sealed"), "hash": text("hash")})
		b.handle(changed("1", held(1), held(2, release...)))
		jobs, _ := b.published()
		channels := []string{}
		for id, attributes := range jobs {
			a, err := b.Ledger.Get(ctx, id)
			if err != nil || (a.To == alert.Email) != (attributes["channel"] == "email") {
				t.Errorf("got %+v, %v, %v", a, attributes, err)
			}
			channels = append(channels, attributes["channel"])
		}
		if slices.Sort(channels); fmt.Sprint(channels) != "[email sms]" {
			t.Errorf("got %v", channels)
		}
	})
	t.Run("LambdasOwnEvent", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		event, err := os.ReadFile("testdata/stream.json")
		if err != nil {
			t.Fatal(err)
		}
		var in batch
		if err := json.Unmarshal(event, &in); err != nil {
			t.Fatal(err)
		}
		out, err := b.Handle(ctx, in)
		if err != nil || len(out.BatchItemFailures) != 0 {
			t.Fatalf("got %+v, %v", out, err)
		}
		if answer, _ := json.Marshal(out); string(answer) != `{"batchItemFailures":[]}` {
			t.Errorf("answers %s", answer)
		}
		if jobs, _ := b.published(); len(jobs) != 1 {
			t.Errorf("got %v", jobs)
		}
	})
}
