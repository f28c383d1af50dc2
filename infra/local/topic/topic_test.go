package topic

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"voice.example/infra/local/durable"
	"voice.example/infra/local/phone"
	"voice.example/infra/local/queue"
)

const topicARN = "arn:aws:sns:us-east-1:000000000000:alerts"

// stack is topics, queues and phones behind one port, with the SDK's client in front.
type stack struct {
	t      *testing.T
	path   string
	db     *durable.DB
	queues *queue.Service
	phones *phone.Network
	client *sns.Client
}

func start(t *testing.T, subscriptions ...Subscription) *stack {
	t.Helper()
	x := &stack{t: t, path: filepath.Join(t.TempDir(), "db")}
	x.open()
	t.Cleanup(func() { x.db.Close() })
	service, err := New(Config{Topics: []Topic{{Name: "alerts", ARN: topicARN, Subscriptions: subscriptions}}, Queues: x.queues, Phone: x.phones})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(Mux(service, x.queues))
	t.Cleanup(server.Close)
	x.client = sns.New(sns.Options{Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local-secret", "")})
	return x
}

func (x *stack) open() {
	x.t.Helper()
	var err error
	if x.db, err = durable.Open(x.path); err != nil {
		x.t.Fatal(err)
	}
	if x.queues, err = queue.Open(x.db, nil, "", queue.Config{Name: "a", ARN: "arn:a"}, queue.Config{Name: "b", ARN: "arn:b"}); err != nil {
		x.t.Fatal(err)
	}
	if x.phones, err = phone.New(phone.Config{DB: x.db}); err != nil {
		x.t.Fatal(err)
	}
}

// received takes what is in a queue.
func (x *stack) received(name string) []queue.Message {
	x.t.Helper()
	q, err := x.queues.Queue(name)
	if err != nil {
		x.t.Fatal(err)
	}
	messages, err := q.Receive(x.t.Context(), queue.Ask{Max: 100})
	if err != nil {
		x.t.Fatal(err)
	}
	return messages
}

func text(v string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &v}
}

// code is the error code that the SDK sees.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return fmt.Sprint(err)
}

func TestPublish(t *testing.T) {
	t.Run("FilterPoliciesRoute", func(t *testing.T) {
		x := start(t,
			Subscription{QueueARN: "arn:a", RawMessageDelivery: true, FilterPolicy: []byte(`{"kind":["alert"],"urgency":["urgent"]}`)},
			Subscription{QueueARN: "arn:b", RawMessageDelivery: true, FilterPolicyScope: "MessageBody", FilterPolicy: []byte(`{"n":[{"numeric":[">",1]}]}`)})
		for i, urgency := range []string{"urgent", "routine", "urgent"} {
			_, err := x.client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String(fmt.Sprintf(`{"n":%d}`, i)),
				MessageAttributes: map[string]types.MessageAttributeValue{"kind": text("alert"), "urgency": text(urgency)}})
			if err != nil {
				t.Fatal(err)
			}
		}
		a, b := x.received("a"), x.received("b")
		if len(a) != 2 || a[0].Body != `{"n":0}` || a[1].Body != `{"n":2}` || a[0].Attributes["kind"].StringValue != "alert" {
			t.Errorf("a got %+v", a)
		}
		if len(b) != 1 || b[0].Body != `{"n":2}` {
			t.Errorf("b got %+v", b)
		}
	})
	t.Run("MailboxesGetItAsMail", func(t *testing.T) {
		const mailbox = "staff@agency.example"
		x := start(t, Subscription{QueueARN: "arn:a"}, Subscription{Address: mailbox, FilterPolicy: []byte(`{"kind":["notice"]}`)})
		for _, m := range []struct{ kind, body string }{{"notice", "look"}, {"alert", "not for mail"}} {
			if _, err := x.client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topicARN), Subject: aws.String("News"), Message: &m.body,
				MessageAttributes: map[string]types.MessageAttributeValue{"kind": text(m.kind)}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.phones.SetRule(phone.Rule{To: mailbox, Behaviour: phone.Throttled}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("lost"),
			MessageAttributes: map[string]types.MessageAttributeValue{"kind": text("notice")}}); err != nil {
			t.Errorf("the publisher hears of lost mail: %v", err)
		}
		w := httptest.NewRecorder()
		x.phones.ServeHTTP(w, httptest.NewRequest("GET", "/messages", nil))
		if got := w.Body.String(); strings.Count(got, `"to"`) != 1 || !strings.Contains(got, `"to":"staff@agency.example","subject":"News","body":"look"`) {
			t.Errorf("arrived: %s", got)
		}
		if got := x.received("a"); len(got) != 3 {
			t.Errorf("the queue got %+v", got)
		}
	})
	t.Run("EnvelopeWithoutRawDelivery", func(t *testing.T) {
		x := start(t, Subscription{QueueARN: "arn:a"})
		out, err := x.client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("hi"), Subject: aws.String("s"),
			MessageAttributes: map[string]types.MessageAttributeValue{"bin": {DataType: aws.String("Binary"), BinaryValue: []byte("x")}}})
		if err != nil {
			t.Fatal(err)
		}
		var e envelope
		got := x.received("a")
		if len(got) != 1 || json.Unmarshal([]byte(got[0].Body), &e) != nil {
			t.Fatalf("got %+v", got)
		}
		if e.Type != "Notification" || e.MessageID != *out.MessageId || e.TopicARN != topicARN || e.Message != "hi" || e.Subject != "s" || e.MessageAttributes["bin"].Value != "eA==" {
			t.Errorf("envelope %+v", e)
		}
	})
	t.Run("AcknowledgedMeansOnDisk", func(t *testing.T) {
		x := start(t, Subscription{QueueARN: "arn:a"}, Subscription{QueueARN: "arn:b"})
		if _, err := x.client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("hi")}); err != nil {
			t.Fatal(err)
		}
		x.db.Close()
		x.open()
		if len(x.received("a")) != 1 || len(x.received("b")) != 1 {
			t.Error("lost")
		}
	})
	t.Run("Refusals", func(t *testing.T) {
		x := start(t)
		for want, in := range map[string]*sns.PublishInput{
			"NotFound":              {TopicArn: aws.String(topicARN + "x"), Message: aws.String("hi")},
			"InvalidParameter":      {TopicArn: aws.String(topicARN), Message: aws.String("")},
			"ParameterValueInvalid": {TopicArn: aws.String(topicARN), Message: aws.String("hi"), MessageAttributes: map[string]types.MessageAttributeValue{"a": {DataType: aws.String("Number"), StringValue: aws.String("x")}}},
		} {
			if _, err := x.client.Publish(t.Context(), in); code(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		long := strings.Repeat("x", maxBytes+1)
		if _, err := x.client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topicARN), Message: &long}); code(err) != "InvalidParameter" {
			t.Errorf("too long: %v", err)
		}
	})
}

func TestPublishBatch(t *testing.T) {
	entry := func(id, body string) types.PublishBatchRequestEntry {
		return types.PublishBatchRequestEntry{Id: &id, Message: &body, MessageAttributes: map[string]types.MessageAttributeValue{"kind": text("alert")}}
	}
	publish := func(x *stack, entries ...types.PublishBatchRequestEntry) (*sns.PublishBatchOutput, error) {
		return x.client.PublishBatch(x.t.Context(), &sns.PublishBatchInput{TopicArn: aws.String(topicARN), PublishBatchRequestEntries: entries})
	}
	t.Run("EachEntryHasItsOutcome", func(t *testing.T) {
		x := start(t, Subscription{QueueARN: "arn:a", RawMessageDelivery: true, FilterPolicy: []byte(`{"kind":["alert"]}`)})
		out, err := publish(x, entry("1", "one"), entry("2", ""), entry("3", "three"))
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Successful) != 2 || *out.Successful[1].Id != "3" || len(out.Failed) != 1 || *out.Failed[0].Id != "2" || *out.Failed[0].Code != "InvalidParameter" || !out.Failed[0].SenderFault {
			t.Errorf("outcome %+v %+v", out.Successful, out.Failed)
		}
		if got := x.received("a"); len(got) != 2 || got[1].Body != "three" {
			t.Errorf("received %+v", got)
		}
	})
	t.Run("Refusals", func(t *testing.T) {
		x := start(t)
		eleven := []types.PublishBatchRequestEntry{}
		for i := range 11 {
			eleven = append(eleven, entry(fmt.Sprint(i), "x"))
		}
		half := strings.Repeat("x", maxBytes/2)
		for want, entries := range map[string][]types.PublishBatchRequestEntry{
			"TooManyEntriesInBatchRequest": eleven,
			"BatchEntryIdsNotDistinct":     {entry("1", "a"), entry("1", "b")},
			"InvalidBatchEntryId":          {entry("a b", "a")},
			"BatchRequestTooLong":          {entry("1", half), entry("2", half)},
		} {
			if _, err := publish(x, entries...); code(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
	})
}

func TestPublishToPhone(t *testing.T) {
	const to = "+12025550123"
	x := start(t)
	publish := func(number string) error {
		_, err := x.client.Publish(t.Context(), &sns.PublishInput{PhoneNumber: &number, Message: aws.String("hello"),
			MessageAttributes: map[string]types.MessageAttributeValue{"AWS.SNS.SMS.SMSType": text("Transactional")}})
		return err
	}
	for _, c := range []struct {
		name, number, want string
		rule               phone.Behaviour
	}{
		{"Delivered", to, "<nil>", phone.Deliver},
		{"ErrInvalidNumber", "555", "InvalidParameter", phone.Deliver},
		{"ErrThrottled", to, "Throttled", phone.Throttled},
		{"ErrInternal", to, "InternalError", phone.Error500},
		{"ErrInvalidByRule", to, "InvalidParameter", phone.Invalid},
		{"OptedOutIsAccepted", to, "<nil>", phone.OptedOut},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := x.phones.SetRule(phone.Rule{To: to, Behaviour: c.rule}); err != nil {
				t.Fatal(err)
			}
			err := publish(c.number)
			if code(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), c.number) {
				t.Errorf("the error names the number: %v", err)
			}
		})
	}
	w := httptest.NewRecorder()
	x.phones.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/messages?to="+to, nil))
	if n := strings.Count(w.Body.String(), "message_id"); n != 1 {
		t.Errorf("%d texts arrived, want 1", n)
	}
	out, err := x.client.CheckIfPhoneNumberIsOptedOut(t.Context(), &sns.CheckIfPhoneNumberIsOptedOutInput{PhoneNumber: aws.String(to)})
	if err != nil || !out.IsOptedOut {
		t.Errorf("opted out: %v, %v", out, err)
	}
}

func TestNew(t *testing.T) {
	x := start(t)
	for name, sub := range map[string]Subscription{
		"ErrFilter":  {QueueARN: "arn:a", FilterPolicy: []byte(`{"a":[{"wildcard":"*"}]}`)},
		"ErrScope":   {QueueARN: "arn:a", FilterPolicyScope: "Nothing"},
		"ErrNoQueue": {},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(Config{Topics: []Topic{{ARN: topicARN, Subscriptions: []Subscription{sub}}}, Queues: x.queues, Phone: x.phones}); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestStringArrayAttribute(t *testing.T) {
	got := filterValues(queue.Attribute{DataType: "String.Array", StringValue: `["a",2]`})
	if !slices.Equal(got, []any{"a", json.Number("2")}) {
		t.Errorf("got %v", got)
	}
}
