package aws_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/aws"
	"voice.example/shared/aws/awstest"
)

// observe runs a handler once and gives the line that it leaves. There must be one.
func observe(t *testing.T, handler any, payload string) (line awstest.Line, answer string, err error) {
	t.Helper()
	log := awstest.Capture(func() {
		defer func() { _ = recover() }()
		var out []byte
		out, err = aws.Observe(handler).Invoke(context.Background(), []byte(payload))
		answer = string(out)
	})
	lines := awstest.Invocations(log)
	if len(lines) != 1 {
		t.Fatalf("%d lines: %s", len(lines), log)
	}
	if bad := awstest.CheckMetrics(lines[0]); bad != nil {
		t.Errorf("%v, of %v", bad, lines[0])
	}
	return lines[0], answer, err
}

func TestObserve(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		line, answer, err := observe(t, func(ctx context.Context, e events.SQSEvent) (string, error) {
			l := aws.LineOf(ctx)
			l.Add("records", len(e.Records))
			l.Add("sent", 1)
			l.Add("sent", 2)
			l.Set("upload_id", "a")
			l.Set("upload_id", "b")
			l.Again(0)
			return "done", nil
		}, `{"Records":[{},{}]}`)
		if err != nil || answer != `"done"` || line.Text("outcome") != "ok" || line.Number("records") != 2 || line.Number("sent") != 3 ||
			line.Text("upload_id") != "b" || line.Text("level") != "INFO" || line["cold"] != true || line.Number("again") != 0 || line["ms"] == nil {
			t.Errorf("%v, %s, %v", line, answer, err)
		}
		if _, there := line["_aws"]; there {
			t.Error("there are no metrics, and yet a document of them")
		}
	})
	t.Run("SomeComeAgain", func(t *testing.T) {
		line, _, _ := observe(t, func(ctx context.Context) error { aws.LineOf(ctx).Again(3); return nil }, `{}`)
		if line.Text("outcome") != "again" || line.Number("again") != 3 {
			t.Errorf("%v", line)
		}
	})
	t.Run("ErrHandler", func(t *testing.T) {
		line, _, err := observe(t, func(context.Context) error { return errors.New("the store is down") }, `{}`)
		if err == nil || line.Text("outcome") != "error" || line.Text("error") != "the store is down" || line.Text("level") != "ERROR" {
			t.Errorf("%v, %v", line, err)
		}
	})
	t.Run("ErrEventUnreadable", func(t *testing.T) {
		line, _, err := observe(t, func(context.Context, events.SQSEvent) error { return nil }, `{"Records":"x"}`)
		if err == nil || line.Text("outcome") != "error" {
			t.Errorf("%v, %v", line, err)
		}
	})
	t.Run("ErrPanicIsPassedOnAndItsTextIsNotLogged", func(t *testing.T) {
		var caught any
		line, _, _ := observe(t, func(ctx context.Context) (err error) {
			aws.LineOf(ctx).Add("records", 1)
			defer func() { caught = "ran" }()
			panic("about Ada")
		}, `{}`)
		if line.Text("outcome") != "panic" || line.Number("records") != 1 || strings.Contains(line.Text("error"), "Ada") || caught != "ran" {
			t.Errorf("%v", line)
		}
	})
	t.Run("NobodyObserves", func(t *testing.T) {
		l := aws.LineOf(context.Background())
		l.Add("records", 1)
		l.Set("a", 1)
		l.Count(aws.TextsSent, 1)
		l.Sample(aws.UrgentAlertAge, 1)
		l.Level(aws.FeedsSilent, 1)
		l.Outcome("ok")
		l.Again(1)
		l.Fail(errors.New("x"))
	})
}

func TestMetrics(t *testing.T) {
	t.Setenv("SERVICE", "voice-test")
	line, _, _ := observe(t, func(ctx context.Context) error {
		l := aws.LineOf(ctx)
		l.Count(aws.TextsSent, 2)
		l.Count(aws.TextsSent, 1)
		l.Count(aws.TextsNotSent, 0)
		for i := range 130 {
			l.Sample(aws.UrgentAlertAge, float64(i))
		}
		l.Level(aws.FeedsSilent, 0)
		l.Level(aws.OldestDueWaiting, 5)
		l.Level(aws.OldestDueWaiting, 3)
		l.Sum(aws.ReadUnits, 1.5)
		return nil
	}, `{}`)
	ages, _ := line["UrgentAlertAge"].([]any)
	silent, there := line["FeedsSilent"]
	if line.Number("TextsSent") != 3 || len(ages) != 100 || !there || silent != 0.0 || line.Number("OldestDueWaiting") != 5 ||
		line["TextsNotSent"] != nil || line.Text("Service") != "voice-test" {
		t.Errorf("%v", line)
	}
	directives := line["_aws"].(map[string]any)["CloudWatchMetrics"].([]any)
	if len(directives) != 2 {
		t.Errorf("%v", directives)
	}
	t.Run("EachIsNamedOnce", func(t *testing.T) {
		seen := map[string]bool{}
		for _, m := range aws.Metrics() {
			if seen[m.Name] || m.Name == "" || m.Unit == "" {
				t.Errorf("%+v", m)
			}
			seen[m.Name] = true
		}
	})
}

// TestInvocationsConsume asks a real store: what an invocation consumed is in its line, and nothing of another's.
func TestInvocationsConsume(t *testing.T) {
	db := dynamodbtest.New(t, "optouts")
	for name, value := range map[string]string{"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret",
		"AWS_ENDPOINT_URL_DYNAMODB": db.Endpoint} {
		t.Setenv(name, value)
	}
	cfg, err := aws.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	client := dynamodb.NewFromConfig(cfg)
	table := db.Table("optouts")
	key := map[string]types.AttributeValue{"phone_hash": &types.AttributeValueMemberS{Value: "h"}}
	write := func(ctx context.Context) error {
		_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: key})
		return err
	}
	read := func(ctx context.Context) error {
		_, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key, ConsistentRead: sdk.Bool(true)})
		return err
	}
	wrote, _, err := observe(t, write, `{}`)
	if err != nil || wrote.Number("WriteUnits") != 1 || wrote["ReadUnits"] != nil || wrote.Number("calls") != 1 {
		t.Errorf("%v, %v", wrote, err)
	}
	if got, _, err := observe(t, read, `{}`); err != nil || got.Number("ReadUnits") != 1 || got["WriteUnits"] != nil {
		t.Errorf("%v, %v", got, err)
	}
}
