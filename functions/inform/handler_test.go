package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	local "voice.example/infra/local/dynamodb"
	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	"voice.example/infra/local/stream"
	"voice.example/infra/local/template"
	"voice.example/shared/deadletter"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/secret"
	"voice.example/shared/sms"
	"voice.example/shared/staff"
)

const number = "+12025550143"

var ctx = context.Background()

// The staff of the tests.
var (
	theo = staff.Identity{Subject: "theo", Name: "Theo Sample", Email: "theo@voice.example", Roles: []staff.Role{staff.Operator}}
	rosa = staff.Identity{Subject: "rosa", Name: "Rosa Sample", Email: "rosa@voice.example", Office: "PHO", Roles: []staff.Role{staff.Officer}}
	abel = staff.Identity{Subject: "abel", Name: "Abel Sample", Email: "abel@voice.example", Office: "CHI", Roles: []staff.Role{staff.Officer}}
	boss = staff.Identity{Subject: "sofia", Name: "Sofia Sample", Email: "sofia@voice.example", Roles: []staff.Role{staff.Supervisor}}
)

// bench is a handler with everything real behind it, and the stream of its table.
type bench struct {
	*handler
	t         *testing.T
	db        *dynamodbtest.DB
	cloud     *localtest.Cloud
	now       time.Time
	inquiries *inquiry.Table // as other functions have it
	stream    *dynamodbstreams.Client
	// Of the stream, with last "" or the sequence number of the last record that was read.
	arn, shard, last string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db, cloud := dynamodbtest.New(t, "inquiries", "optouts", "limits", "directory"), localtest.New(t, "letters")
	keys := keyringtest.Keys(t)
	b := &bench{t: t, db: db, cloud: cloud, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	b.inquiries = &inquiry.Table{Client: db.Client, Name: db.Table("inquiries"), Keys: keys, Retention: 365 * 24 * time.Hour,
		Terms: inquiry.Terms{inquiry.VictimServices: time.Hour}, Now: clock}
	own := *b.inquiries
	b.handler = &handler{
		Inquiries: &own,
		OptOuts:   &optout.List{Client: db.Client, Table: db.Table("optouts")},
		Limits:    &limit.Table{Client: db.Client, Name: db.Table("limits"), Now: clock},
		Letters:   &deadletter.Queue{Client: cloud.SQS(), URL: cloud.URLOf("letters"), Now: clock},
		Keys:      keys,
		Sender:    sms.NewSNS(cloud.SNSConfig()),
		Agency:    "VOICE", Hotline: "1-855-488-6423", Site: "https://voice.example", Zone: time.UTC, Now: clock,
	}
	b.openStream()
	return b
}

func (b *bench) openStream() {
	b.t.Helper()
	b.stream = local.StreamsClient(b.db.Endpoint, aws.Credentials{AccessKeyID: local.AccessKey, SecretAccessKey: local.SecretKey})
	streams, err := b.stream.ListStreams(ctx, &dynamodbstreams.ListStreamsInput{TableName: &b.inquiries.Name})
	if err != nil || len(streams.Streams) != 1 {
		b.t.Fatalf("%d streams, %v", len(streams.Streams), err)
	}
	b.arn = *streams.Streams[0].StreamArn
	about, err := b.stream.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: &b.arn})
	if err != nil || len(about.StreamDescription.Shards) != 1 {
		b.t.Fatal(err)
	}
	b.shard = *about.StreamDescription.Shards[0].ShardId
}

// iterator is a new one from where the stream has been read to. One that was kept is refused by DynamoDB Local as trimmed
// when other tables were written before the next record.
func (b *bench) iterator() *string {
	b.t.Helper()
	in := &dynamodbstreams.GetShardIteratorInput{StreamArn: &b.arn, ShardId: &b.shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	if b.last != "" {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &b.last
	}
	out, err := b.stream.GetShardIterator(ctx, in)
	if err != nil {
		b.t.Fatal(err)
	}
	return out.ShardIterator
}

// records are those of the stream since it was last read, as Lambda hands them to a function.
func (b *bench) records() (all []json.RawMessage) {
	b.t.Helper()
	for {
		out, err := b.stream.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: b.iterator()})
		if err != nil {
			b.t.Fatal(err)
		}
		for _, r := range out.Records {
			raw, err := stream.JSON(r, b.arn, template.Region)
			if err != nil {
				b.t.Fatal(err)
			}
			all = append(all, raw)
			b.last = *r.Dynamodb.SequenceNumber
		}
		if len(out.Records) == 0 {
			return all
		}
	}
}

// handle gives the handler a batch as Lambda would, through JSON, and returns which sequence numbers it reports.
func (b *bench) handle(records ...json.RawMessage) (failed []string) {
	b.t.Helper()
	event, err := json.Marshal(batch{Records: records})
	var in batch
	if err != nil || json.Unmarshal(event, &in) != nil {
		b.t.Fatal(err)
	}
	out, err := b.Handle(ctx, in)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range out.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	return failed
}

// run hands over what the stream has, and what this records itself, until nothing is left.
func (b *bench) run() {
	b.t.Helper()
	for records := b.records(); len(records) > 0; records = b.records() {
		if failed := b.handle(records...); len(failed) > 0 {
			b.t.Fatalf("%v failed", failed)
		}
	}
}

func sequence(raw json.RawMessage) string { return read(raw).Change.Sequence }

// asked is an inquiry on the web by somebody who may be texted.
func (b *bench) asked(edit ...func(*inquiry.Inquiry, *inquiry.Contact)) inquiry.Inquiry {
	b.t.Helper()
	i := inquiry.Inquiry{Reason: inquiry.VictimServices, Channel: inquiry.Web, Language: i18n.English, Office: "PHO"}
	c := inquiry.Contact{Name: "Ada Test", Phone: number, MayText: true, Note: "he reads my mail"}
	for _, e := range edit {
		e(&i, &c)
	}
	if err := b.inquiries.Reach(context.Background(), &i, c); err != nil {
		b.t.Fatal(err)
	}
	opened, _, err := b.inquiries.Open(ctx, secret.NewID(), i, staff.Identity{})
	if err != nil {
		b.t.Fatal(err)
	}
	return opened
}

func (b *bench) did(_ inquiry.Inquiry, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// texts are what the phone got, in one word each.
func (b *bench) texts(of inquiry.Inquiry) string {
	b.t.Helper()
	return stepsOf(b.cloud.Texts(number), of)
}

// stepsOf are texts about an inquiry in one word each.
func stepsOf(texts []string, of inquiry.Inquiry) string {
	var steps []string
	for _, text := range texts {
		word := text
		for _, step := range inquiry.Steps() {
			if text == compose(step, of, "VOICE", "1-855-488-6423") {
				word = string(step)
			}
		}
		steps = append(steps, word)
	}
	return strings.Join(steps, " ")
}

func (b *bench) letters() (bodies []string) {
	b.t.Helper()
	for {
		out, err := b.cloud.SQS().ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &b.Letters.URL, MaxNumberOfMessages: 10})
		if err != nil {
			b.t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			return bodies
		}
		for _, m := range out.Messages {
			bodies = append(bodies, *m.Body)
		}
	}
}

func TestPoison(t *testing.T) {
	bad := func(n int, body string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"eventID":"x","eventName":"MODIFY","eventSourceARN":"arn:s","dynamodb":{"SequenceNumber":"9%d",%s}}`, n, body))
	}
	poison := []json.RawMessage{
		[]byte(`"Ada Test"`), []byte(`{}`), []byte(`null`), []byte(`[1]`),
		bad(1, `"Keys":{"reference":{"S":7}}`), bad(2, `"Keys":{"reference":"Ada Test"}`), bad(3, `"NewImage":{}`),
	}
	t.Run("IsToldToStaffAndKeepsNothingBack", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		if failed := b.handle(append(poison, b.records()...)...); len(failed) != 0 {
			t.Errorf("got %v", failed)
		}
		letters := strings.Join(b.letters(), "\n")
		if got := b.texts(i); got != "received" || strings.Count(letters, `"poison"`) != len(poison) || strings.Contains(letters, "Ada") {
			t.Errorf("got %s, letters %s", got, letters)
		}
	})
	t.Run("StrangeImagesAreNot", func(t *testing.T) {
		b := newBench(t)
		i := b.asked()
		key := `"Keys":{"reference":{"S":"` + i.Reference + `"}}`
		b.handle(bad(1, key+`,"NewImage":{"version":{"M":[]},"x":{"N":{}}},"OldImage":7`), bad(2, key), bad(3, key+`,"NewImage":{"version":{"N":2}}`))
		if got := b.texts(i); got != "received" || len(b.letters()) != 0 {
			t.Errorf("got %s", got)
		}
	})
	t.Run("SoIsAnInquiryThatCannotBeRead", func(t *testing.T) {
		b := newBench(t)
		contact, item, fine := b.asked(), b.asked(), b.asked()
		for reference, set := range map[string]string{contact.Reference: "contact = :x", item.Reference: "timeline = :x"} {
			b.set(reference, set, "Ada Test, sealed by nobody")
		}
		b.run()
		letters := strings.Join(b.letters(), "\n")
		if got := b.texts(fine); got != "received" || strings.Count(letters, "poison") < 2 || strings.Contains(letters, "Ada") {
			t.Errorf("got %s, letters %s", got, letters)
		}
	})
	t.Run("BehindWhatComesAgainItIsToldThen", func(t *testing.T) {
		b := newBench(t)
		b.cloud.Behave(number, "throttled")
		b.asked()
		records := append(b.records(), poison[4])
		for range 3 {
			if failed := b.handle(records...); !slices.Equal(failed, []string{sequence(records[0])}) {
				t.Errorf("got %v", failed)
			}
		}
		b.cloud.Behave(number, "deliver")
		if failed := b.handle(records...); len(failed) != 0 || len(b.letters()) != 1 {
			t.Errorf("got %v", failed)
		}
	})
	t.Run("ErrThatCannotBeTold", func(t *testing.T) {
		b := newBench(t)
		b.Letters.URL += "-gone"
		i := b.asked()
		if failed := b.handle(append(b.records(), poison[4], poison[5])...); !slices.Equal(failed, []string{"91"}) || b.texts(i) != "received" {
			t.Errorf("got %v", failed)
		}
	})
}

// set writes a value into an inquiry, behind the back of shared/inquiry.
func (b *bench) set(reference, what, value string) {
	b.t.Helper()
	update := "SET " + what + " ADD version :one"
	_, err := b.db.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &b.inquiries.Name, UpdateExpression: &update,
		Key: map[string]dynamodbtypes.AttributeValue{"reference": &dynamodbtypes.AttributeValueMemberS{Value: reference}},
		ExpressionAttributeValues: map[string]dynamodbtypes.AttributeValue{":x": &dynamodbtypes.AttributeValueMemberS{Value: value},
			":one": &dynamodbtypes.AttributeValueMemberN{Value: "1"}}})
	if err != nil {
		b.t.Fatal(err)
	}
}
