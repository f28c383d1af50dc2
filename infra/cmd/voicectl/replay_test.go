package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"voice.example/infra/local/lambda"
	"voice.example/infra/local/localtest"
	shared "voice.example/shared/aws"
)

// secretName is in every record and message, and must never be printed.
const secretName = "Quiroga-Example"

// account is what an operator works on: the local runner's S3, SQS and Lambda.
type account struct {
	t       *testing.T
	cloud   *localtest.Cloud
	setting map[string]string

	mu    sync.Mutex
	calls []string // the payloads that functions were called with
}

func newAccount(t *testing.T) *account {
	t.Helper()
	cloud := localtest.New(t, "dead", "urgent", "receipts-dead")
	cloud.Setenv(t)
	return &account{t: t, cloud: cloud, setting: map[string]string{
		"VOICE_FAILURES_BUCKET": localtest.Bucket, "VOICE_ALERTS_FUNCTION": "alerts",
		"VOICE_SMS_DEAD_LETTERS": cloud.URLOf("dead"), "VOICE_SMS_QUEUE": cloud.URLOf("urgent"),
		"VOICE_RECEIPTS_DEAD_LETTERS": cloud.URLOf("receipts-dead"), "VOICE_RECEIPTS_FUNCTION": "receipts",
	}}
}

// function is one that a test writes.
type function func(payload string) (answer string, err error)

func (f function) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	answer, err := f(string(payload))
	return []byte(answer), err
}

// on makes a function, and notes what it is called with.
func (a *account) on(name string, f function) {
	a.cloud.Functions.Add(name, function(func(payload string) (string, error) {
		a.mu.Lock()
		a.calls = append(a.calls, payload)
		a.mu.Unlock()
		return f(payload)
	}))
}

// handles is an alerts function that can do all.
func handles(string) (string, error) { return `{"batchItemFailures":[]}`, nil }

func (a *account) run(args ...string) ran {
	a.t.Helper()
	var out, err bytes.Buffer
	p := &program{in: strings.NewReader(""), out: &out, err: &err, aws: shared.Load, now: time.Now, sleep: sleep,
		getenv: func(name string) string { return a.setting[name] }}
	r := ran{code: p.run(append([]string{"replay"}, args...)), out: out.String(), err: err.String()}
	if strings.Contains(r.out+r.err, secretName) {
		a.t.Errorf("somebody's name was printed: %s %s", r.out, r.err)
	}
	return r
}

func (a *account) put(key, body string) {
	a.t.Helper()
	_, err := a.cloud.S3().PutObject(context.Background(), &s3.PutObjectInput{Bucket: aws.String(localtest.Bucket), Key: &key, Body: strings.NewReader(body)})
	if err != nil {
		a.t.Fatal(err)
	}
}

// objects is what is in the bucket, by key.
func (a *account) objects() map[string]string {
	a.t.Helper()
	list, err := a.cloud.S3().ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String(localtest.Bucket)})
	if err != nil {
		a.t.Fatal(err)
	}
	found := map[string]string{}
	for _, o := range list.Contents {
		out, err := a.cloud.S3().GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(localtest.Bucket), Key: o.Key})
		if err != nil {
			a.t.Fatal(err)
		}
		body, _ := io.ReadAll(out.Body)
		out.Body.Close()
		found[*o.Key] = string(body)
	}
	return found
}

func (a *account) keys() []string { return slices.Sorted(maps.Keys(a.objects())) }

func (a *account) send(queue, body string) {
	a.t.Helper()
	_, err := a.cloud.SQS().SendMessage(context.Background(), &sqs.SendMessageInput{QueueUrl: aws.String(a.cloud.URLOf(queue)), MessageBody: &body,
		MessageAttributes: map[string]types.MessageAttributeValue{"kind": {DataType: aws.String("String"), StringValue: aws.String("alert")}}})
	if err != nil {
		a.t.Fatal(err)
	}
}

// take takes all messages that a queue shows now.
func (a *account) take(queue string) (messages []types.Message) {
	a.t.Helper()
	for {
		out, err := a.cloud.SQS().ReceiveMessage(context.Background(), &sqs.ReceiveMessageInput{QueueUrl: aws.String(a.cloud.URLOf(queue)),
			MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}})
		if err != nil {
			a.t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			return messages
		}
		messages = append(messages, out.Messages...)
	}
}

// recordOf is a record of a stream.
func recordOf(sequence string) string {
	return fmt.Sprintf(`{"eventName":"MODIFY","dynamodb":{"SequenceNumber":%q,"NewImage":{"last_name":{"S":%q}}}}`, sequence, secretName)
}

// objectOf is what Lambda keeps of records that it gave up: the event, as text.
func objectOf(t *testing.T, records ...string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"version": "1.0", "payload": eventText(records...)})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func eventText(records ...string) string { return `{"Records":[` + strings.Join(records, ",") + `]}` }

func TestReplayFailures(t *testing.T) {
	const stream, poison = "aws/lambda/mapping/shard/2026/06/01/one", "poison/2026/06/01/200.json"
	t.Run("OKMovesWhatIsHandled", func(t *testing.T) {
		a := newAccount(t)
		a.on("alerts", handles)
		a.put(stream, objectOf(t, recordOf("100"), recordOf("101")))
		a.put(poison, `{"payload":`+eventText(recordOf("200"))+`}`) // as an object
		before := a.objects()
		r := a.run("failures")
		if r.code != exitDone || !strings.Contains(r.out, "2 objects with 3 records: 2 replayed, 0 left") {
			t.Errorf("%+v", r)
		}
		slices.Sort(a.calls)
		if want := []string{eventText(recordOf("100"), recordOf("101")), eventText(recordOf("200"))}; !slices.Equal(a.calls, want) {
			t.Errorf("called with %q", a.calls)
		}
		want := map[string]string{"replayed/" + stream: before[stream], "replayed/" + poison: before[poison]}
		if got := a.objects(); !maps.Equal(got, want) {
			t.Errorf("the bucket has %v", slices.Sorted(maps.Keys(got)))
		}
		if r := a.run("failures"); r.code != exitDone || !strings.Contains(r.out, "0 objects with 0 records") || len(a.calls) != 2 {
			t.Errorf("again: %+v, %d calls", r, len(a.calls))
		}
	})
	t.Run("OKDryRunChangesNothing", func(t *testing.T) {
		a := newAccount(t)
		a.on("alerts", handles)
		a.put(stream, objectOf(t, recordOf("100")))
		a.put("other", "no JSON")
		r := a.run("failures", "--dry-run", "--json")
		var f failures
		if err := json.Unmarshal([]byte(r.out), &f); err != nil || r.code != exitFault || f.Objects != 2 || f.Records != 1 || f.Replayed != 0 || f.Waiting != 2 ||
			len(f.Left) != 1 || f.Left[0].Name != "other" {
			t.Errorf("%+v %+v", r, f)
		}
		if len(a.calls) != 0 || !slices.Equal(a.keys(), []string{stream, "other"}) {
			t.Errorf("%d calls, bucket %v", len(a.calls), a.keys())
		}
	})
	t.Run("OKLimitTakesTheOldest", func(t *testing.T) {
		a := newAccount(t)
		a.on("alerts", handles)
		for _, key := range []string{"poison/z", "poison/a"} {
			a.put(key, objectOf(t, recordOf("1")))
			time.Sleep(1100 * time.Millisecond) // S3 tells seconds
		}
		if r := a.run("failures", "--limit", "1"); r.code != exitDone || !slices.Equal(a.keys(), []string{"poison/a", "replayed/poison/z"}) {
			t.Errorf("%+v %v", r, a.keys())
		}
	})
	for name, test := range map[string]struct {
		f    function
		body string
		why  string
	}{
		"ErrNotHandled": {func(string) (string, error) { return `{"batchItemFailures":[{"itemIdentifier":"100"}]}`, nil }, "", "could not handle 1 record"},
		"ErrFunction":   {func(string) (string, error) { return "", &lambda.FunctionError{Type: "E", Message: secretName} }, "", "alerts failed"},
		"ErrOther":      {func(string) (string, error) { return `{"hello":"world"}`, nil }, "", "none of alerts'"},
		"ErrNoPayload":  {handles, `{"version":"1.0"}`, "no records"},
		"ErrNoRecords":  {handles, `{"payload":"{\"Records\":[]}"}`, "no records"},
		"ErrNoStream":   {handles, `{"payload":"{\"Records\":[{\"body\":\"x\"}]}"}`, "no records"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			a.on("alerts", test.f)
			body := test.body
			if body == "" {
				body = objectOf(t, recordOf("100"))
			}
			a.put(stream, body)
			if r := a.run("failures"); r.code != exitFault || !strings.Contains(r.out, test.why) || !strings.Contains(r.err, "1 of 1 object could not be replayed") {
				t.Errorf("%+v", r)
			}
			if !slices.Equal(a.keys(), []string{stream}) {
				t.Errorf("the bucket has %v", a.keys())
			}
		})
	}
	// Alerts keeps what it cannot read in the bucket itself and is then done with it: that is no success.
	for name, again := range map[string]string{"ErrCameBack": poison, "ErrCameBackOnAnotherDay": "poison/2026/06/09/200.json"} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			body := objectOf(t, recordOf("200"))
			a.on("alerts", func(string) (string, error) { a.put(again, body); return handles("") })
			a.put(poison, body)
			r := a.run("failures", "--json")
			var f failures
			if err := json.Unmarshal([]byte(r.out), &f); err != nil || r.code != exitFault || f.CameBack != 1 || f.Waiting != 1 {
				t.Errorf("%+v %+v", r, f)
			}
			if !slices.Contains(a.keys(), again) {
				t.Errorf("the bucket has %v", a.keys())
			}
		})
	}
	t.Run("ErrNoSuchFunctionTouchesNothing", func(t *testing.T) {
		a := newAccount(t)
		a.put(stream, objectOf(t, recordOf("100")))
		if r := a.run("failures"); r.code != exitFault || !strings.Contains(r.err, "ResourceNotFoundException") || !slices.Equal(a.keys(), []string{stream}) {
			t.Errorf("%+v %v", r, a.keys())
		}
	})
	t.Run("ErrNotSet", func(t *testing.T) {
		a := newAccount(t)
		delete(a.setting, "VOICE_ALERTS_FUNCTION")
		if r := a.run("failures"); r.code != exitUsage || !strings.Contains(r.err, "VOICE_ALERTS_FUNCTION") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ErrNobodyThere", func(t *testing.T) {
		a := newAccount(t)
		t.Setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
		t.Setenv("AWS_MAX_ATTEMPTS", "1")
		if r := a.run("failures"); r.code != exitFault || !strings.Contains(r.err, "is the service running?") {
			t.Errorf("%+v", r)
		}
	})
}

func TestReplayDeadLetters(t *testing.T) {
	job := func(n int) string { return fmt.Sprintf(`{"alert_id":"%s-%d"}`, secretName, n) }
	t.Run("OKMovesAll", func(t *testing.T) {
		a := newAccount(t)
		for n := range 23 {
			a.send("dead", job(n))
		}
		if r := a.run("dead-letters", "sms"); r.code != exitDone || !strings.Contains(r.out, "sms: 23 messages, 23 replayed, 0 left") {
			t.Errorf("%+v", r)
		}
		got := map[string]bool{}
		for _, m := range a.take("urgent") {
			got[*m.Body] = aws.ToString(m.MessageAttributes["kind"].StringValue) == "alert"
		}
		if len(got) != 23 || !got[job(0)] || !got[job(22)] || len(a.take("dead")) != 0 {
			t.Errorf("%d have arrived: %v", len(got), got)
		}
	})
	t.Run("OKEndsThoughAllComesBackAtOnce", func(t *testing.T) {
		a := newAccount(t)
		a.setting["VOICE_SMS_QUEUE"] = a.setting["VOICE_SMS_DEAD_LETTERS"]
		for n := range 12 {
			a.send("dead", job(n))
		}
		if r := a.run("dead-letters", "sms"); r.code != exitDone || !strings.Contains(r.out, "12 messages, 12 replayed") {
			t.Errorf("%+v", r)
		}
		if n := len(a.take("dead")); n != 12 {
			t.Errorf("%d are there", n)
		}
	})
	t.Run("OKLimit", func(t *testing.T) {
		a := newAccount(t)
		for n := range 3 {
			a.send("dead", job(n))
		}
		if r := a.run("dead-letters", "sms", "--limit", "2"); r.code != exitDone || len(a.take("urgent")) != 2 || len(a.take("dead")) != 1 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ErrNotTakenStays", func(t *testing.T) {
		a := newAccount(t)
		a.setting["VOICE_SMS_QUEUE"] = a.cloud.URLOf("nowhere")
		a.send("dead", job(1))
		if r := a.run("dead-letters", "sms"); r.code != exitFault || !strings.Contains(r.out, "0 replayed") {
			t.Errorf("%+v", r)
		}
		if n := len(a.take("dead")); n != 1 {
			t.Errorf("%d are there at once", n)
		}
	})
	t.Run("OKReceiptsCallTheirFunction", func(t *testing.T) {
		a := newAccount(t)
		a.on("receipts", func(payload string) (string, error) {
			if strings.Contains(payload, "bad") {
				return "", &lambda.FunctionError{Type: "E", Message: secretName}
			}
			return "null", nil
		})
		const event = `{"awslogs":{"data":"good ` + secretName + `"}}`
		a.send("receipts-dead", `{"version":"1.0","requestPayload":`+event+`}`)
		a.send("receipts-dead", `{"version":"1.0","requestPayload":{"awslogs":{"data":"bad"}}}`)
		a.send("receipts-dead", `{"version":"1.0"}`)
		r := a.run("dead-letters", "receipts", "--json")
		var results []lettersResult
		if err := json.Unmarshal([]byte(r.out), &results); err != nil || r.code != exitFault || len(results) != 1 || results[0].Replayed != 1 || len(results[0].Left) != 2 {
			t.Errorf("%+v", r)
		}
		if len(a.calls) != 2 || !slices.Contains(a.calls, event) || len(a.take("receipts-dead")) != 2 {
			t.Errorf("called with %q", a.calls)
		}
	})
	t.Run("ErrUnknownQueue", func(t *testing.T) {
		if r := newAccount(t).run("dead-letters", "post"); r.code != exitUsage || !strings.Contains(r.err, "sms, replies, receipts, uploads") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ErrOneNotSetTouchesNone", func(t *testing.T) {
		a := newAccount(t)
		a.send("dead", job(1))
		if r := a.run("dead-letters"); r.code != exitUsage || !strings.Contains(r.err, "VOICE_REPLIES_DEAD_LETTERS") || len(a.take("dead")) != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func TestReplayLists(t *testing.T) {
	a := newAccount(t)
	for _, key := range []string{"aws/lambda/m/s/1", "aws/lambda/m/s/2", "poison/2026/06/01/9.json", "replayed/aws/lambda/m/s/0"} {
		a.put(key, secretName)
	}
	a.send("dead", secretName)
	for range 2 { // looking takes nothing away
		r := a.run("--json")
		var got struct {
			Waiting []waiting
			NotSet  []string `json:"not_set"`
		}
		if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.code != exitDone {
			t.Fatalf("%+v", r)
		}
		counts := map[string]int{}
		for _, w := range got.Waiting {
			if counts[w.Source] = w.Count; w.Count > 0 && (w.OldestAt == nil || time.Since(*w.OldestAt) > time.Minute) {
				t.Errorf("%s: the oldest is of %v", w.Source, w.OldestAt)
			}
		}
		want := map[string]int{"failures": 3, "failures/stream": 2, "failures/poison": 1, "dead-letters/sms": 1, "dead-letters/receipts": 0}
		if !maps.Equal(counts, want) {
			t.Errorf("got %v", counts)
		}
		if !slices.Equal(got.NotSet, []string{"VOICE_REPLIES_DEAD_LETTERS", "VOICE_UPLOADS_DEAD_LETTERS"}) || !strings.Contains(r.err, "VOICE_UPLOADS_DEAD_LETTERS") {
			t.Errorf("not set: %v; %s", got.NotSet, r.err)
		}
	}
	t.Run("AsTable", func(t *testing.T) {
		if r := a.run(); r.code != exitDone || !strings.Contains(r.out, "failures/stream") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ErrNothingSet", func(t *testing.T) {
		a.setting = nil
		if r := a.run(); r.code != exitUsage {
			t.Errorf("%+v", r)
		}
	})
}

// TestReplayInterrupted cuts a replay off after the copy and before the deletion: run again, it ends the same.
func TestReplayInterrupted(t *testing.T) {
	a := newAccount(t)
	a.on("alerts", handles)
	const key = "poison/2026/06/01/1.json"
	body := objectOf(t, recordOf("1"))
	a.put(key, body)
	a.put("replayed/"+key, body)
	if r := a.run("failures"); r.code != exitDone || !slices.Equal(a.keys(), []string{"replayed/" + key}) {
		t.Errorf("%+v %v", r, a.keys())
	}
	t.Run("ErrWhileItRuns", func(t *testing.T) {
		a.put(key, body)
		p := &program{out: io.Discard, err: io.Discard, aws: shared.Load, now: time.Now, getenv: func(name string) string { return a.setting[name] }}
		o, err := p.operator(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		a.on("alerts", func(string) (string, error) { stop(); <-ctx.Done(); return "", errors.New("too late") })
		r := &failuresRun{operator: o, bucket: localtest.Bucket, function: "alerts", sequences: map[string]bool{}}
		if err := r.run(ctx, 0); err == nil || !strings.Contains(err.Error(), "interrupted") || !slices.Contains(a.keys(), key) {
			t.Errorf("%v, %v", err, a.keys())
		}
	})
}
