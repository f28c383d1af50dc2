// Package localtest gives a test the local runner's S3, SNS, SQS, End User Messaging, SES and phone network, each real
// over HTTP, empty and its own:
//
//	cloud := localtest.New(t)
//	cloud.S3().PutObject(ctx, …)
//	texts := cloud.Texts("+12025550143")
//
// There is one bucket, Bucket, and one topic, TopicARN, with a queue for everything that is published to it, QueueARN. A
// test that needs more queues names them, and adds to Functions what it wants to call.
package localtest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/infra/local/bucket"
	"voice.example/infra/local/channel"
	"voice.example/infra/local/durable"
	"voice.example/infra/local/lambda"
	"voice.example/infra/local/phone"
	"voice.example/infra/local/queue"
	"voice.example/infra/local/topic"
)

// What every cloud has.
const (
	Bucket   = "voice-uploads"
	TopicARN = "arn:aws:sns:us-east-1:000000000000:alerts"
	QueueARN = "arn:aws:sqs:us-east-1:000000000000:alerts"
)

// Cloud is one test's services.
type Cloud struct {
	t      testing.TB
	queues *queue.Service
	phones *phone.Network
	s3URL  string
	snsURL string

	Functions lambda.API
}

// New starts the services, with more queues by these names; they stop with the test.
func New(t testing.TB, more ...string) *Cloud {
	t.Helper()
	folder := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := durable.Open(filepath.Join(folder, "state.db"))
	must(err)
	t.Cleanup(func() { db.Close() })
	buckets, err := bucket.Open(bucket.Config{DB: db, Folder: filepath.Join(folder, "objects"), Buckets: []bucket.Bucket{{Name: Bucket, Versioned: true}}})
	must(err)
	configs := []queue.Config{{Name: "alerts", ARN: QueueARN}}
	for _, name := range more {
		configs = append(configs, queue.Config{Name: name, ARN: "arn:aws:sqs:us-east-1:000000000000:" + name})
	}
	queues, err := queue.Open(db, time.Now, "us-east-1", configs...)
	must(err)
	phones, err := phone.New(phone.Config{DB: db, HangFor: 20 * time.Second})
	must(err)
	topics, err := topic.New(topic.Config{Queues: queues, Phone: phones, Topics: []topic.Topic{{Name: "alerts", ARN: TopicARN,
		Subscriptions: []topic.Subscription{{QueueARN: QueueARN, RawMessageDelivery: true}}}}})
	must(err)
	serve := func(h http.Handler) string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL
	}
	c := &Cloud{t: t, queues: queues, phones: phones, s3URL: serve(buckets)}
	c.snsURL = serve(c.Functions.Before(channel.Mux(phones, nil, topic.Mux(topics, queues))))
	return c
}

// Config is an SDK configuration for these services, which sends through transport (nil: the usual one).
func (c *Cloud) config(endpoint string, transport http.RoundTripper) aws.Config {
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local-secret", "")}
	if transport != nil {
		cfg.HTTPClient = &http.Client{Transport: transport}
	}
	return cfg
}

// S3 returns a client; S3Through one whose requests pass through transport.
func (c *Cloud) S3() *s3.Client { return c.S3Through(nil) }

func (c *Cloud) S3Through(transport http.RoundTripper) *s3.Client {
	return s3.NewFromConfig(c.config(c.s3URL, transport), func(o *s3.Options) { o.UsePathStyle = true })
}

// SNSConfig returns what a client for SNS, End User Messaging or SES is made from.
func (c *Cloud) SNSConfig() aws.Config { return c.config(c.snsURL, nil) }

// SNS returns a client.
func (c *Cloud) SNS() *sns.Client { return sns.NewFromConfig(c.SNSConfig()) }

// SQS returns a client for queues, and QueueURL the URL of the topic's queue.
func (c *Cloud) SQS() *sqs.Client { return sqs.NewFromConfig(c.config(c.snsURL, nil)) }

func (c *Cloud) QueueURL() string { return c.URLOf("alerts") }

// URLOf gives the URL of a queue.
func (c *Cloud) URLOf(queue string) string { return c.snsURL + "/000000000000/" + queue }

// Setenv points the SDK's configuration of this process here, until the test ends.
func (c *Cloud) Setenv(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret", "AWS_SESSION_TOKEN": "",
		"AWS_ENDPOINT_URL_S3": c.s3URL, "AWS_ENDPOINT_URL_SNS": c.snsURL, "AWS_ENDPOINT_URL_SQS": c.snsURL, "AWS_ENDPOINT_URL_LAMBDA": c.snsURL,
		"AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
	} {
		t.Setenv(name, value)
	}
}

// Published takes what was published to the topic and is there at once.
func (c *Cloud) Published() []queue.Message {
	c.t.Helper()
	q, err := c.queues.Queue(QueueARN)
	if err != nil {
		c.t.Fatal(err)
	}
	var all []queue.Message
	for {
		some, err := q.Receive(context.Background(), queue.Ask{Max: 10})
		if err != nil {
			c.t.Fatal(err)
		}
		if len(some) == 0 {
			return all
		}
		for _, m := range some {
			q.Delete(context.Background(), m.ReceiptHandle)
		}
		all = append(all, some...)
	}
}

// Behave sets how the network treats a number, or an address of mail.
func (c *Cloud) Behave(number string, b phone.Behaviour) {
	c.t.Helper()
	if err := c.phones.SetRule(phone.Rule{To: number, Behaviour: b}); err != nil {
		c.t.Fatal(err)
	}
}

// Texts returns the texts that a number has received, oldest first.
func (c *Cloud) Texts(number string) []string {
	c.t.Helper()
	texts := []string{}
	for _, m := range c.Mails(number) {
		texts = append(texts, m.Body)
	}
	return texts
}

// Mail is a mail that has arrived.
type Mail struct{ Subject, Body string }

// Mails returns what an address has received, oldest first.
func (c *Cloud) Mails(address string) []Mail {
	c.t.Helper()
	answer := httptest.NewRecorder()
	c.phones.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/messages?to="+url.QueryEscape(address), nil))
	var mails []Mail
	if err := json.Unmarshal(answer.Body.Bytes(), &mails); err != nil {
		c.t.Fatal(err)
	}
	return mails
}
