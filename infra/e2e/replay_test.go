package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/infra/local/stacktest"
)

// replaying is what make replay gives to voicectl.
func (s *stack) replaying(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.State, "replay.env"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = value
	}
	return env
}

// replay runs voicectl replay --json, which must end well, and reads its answer into into.
func (s *stack) replay(t *testing.T, into any, args ...string) {
	t.Helper()
	cmd := exec.Command(made.Voicectl, append([]string{"replay", "--json"}, args...)...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	for name, value := range s.replaying(t) {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("voicectl replay %v: %v\n%s%s", args, err, &out, &errs)
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		t.Fatalf("voicectl replay %v: %v in %s", args, err, &out)
	}
}

// release is the stream's record of a person's release, as the failures bucket keeps it, made from how their record
// stands.
func (s *stack) release(t *testing.T, p person) string {
	t.Helper()
	out, err := s.database().GetItem(context.Background(), &dynamodb.GetItemInput{TableName: aws.String("voice-CustodyTable"), ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{"a_number": &types.AttributeValueMemberS{Value: p.aNumber}}})
	if err != nil || len(out.Item) == 0 {
		t.Fatalf("%v, %v", out, err)
	}
	held := maps.Clone(out.Item)
	held["status"] = &types.AttributeValueMemberS{Value: "in_custody"}
	var images [2]json.RawMessage
	for i, item := range []map[string]types.AttributeValue{held, out.Item} {
		if images[i], err = attributevalue.MarshalMapJSON(item); err != nil {
			t.Fatal(err)
		}
	}
	event, err := json.Marshal(map[string]any{"Records": []any{map[string]any{"eventName": "MODIFY",
		"dynamodb": map[string]any{"SequenceNumber": "100000000000000000001", "OldImage": images[0], "NewImage": images[1]}}}})
	if err != nil {
		t.Fatal(err)
	}
	object, err := json.Marshal(map[string]any{"version": "1.0", "payload": string(event)})
	if err != nil {
		t.Fatal(err)
	}
	return string(object)
}

// TestReplay has operators replay what could not be handled: a phone that heard nothing hears it then, and only once.
func TestReplay(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, told, missed := s.person(), s.phone(), s.phone()
	s.book(t, ago(30), p)
	s.subscribe(t, p.application(told))
	s.upload(t, key("free"), file(t, p.out(ago(30), ago(2), "Paroled")))
	s.awaitAlerts(t, told, 1, textWithin)
	s.subscribe(t, p.application(missed)) // too late for the stream

	bucket := s.replaying(t)["VOICE_FAILURES_BUCKET"]
	object := s.release(t, p)
	give := func(key string) {
		t.Helper()
		_, err := s.bucket().PutObject(context.Background(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(object)})
		if err != nil {
			t.Fatal(err)
		}
	}
	var list struct {
		Waiting []struct {
			Source string
			Count  int
		}
	}
	waiting := func(source string) int {
		t.Helper()
		s.replay(t, &list)
		for _, w := range list.Waiting {
			if w.Source == source {
				return w.Count
			}
		}
		t.Fatalf("%s is not in %+v", source, list)
		return 0
	}
	replayed := func(want int) {
		t.Helper()
		var done struct{ Replayed, Waiting int }
		if s.replay(t, &done, "failures"); done.Replayed != want || done.Waiting != 0 {
			t.Errorf("%+v", done)
		}
	}
	t.Run("WhoMissedItIsToldOnce", func(t *testing.T) {
		give("aws/lambda/mapping/shard/2026/06/01/one")
		if n := waiting("failures"); n != 1 {
			t.Errorf("%d wait", n)
		}
		replayed(1)
		if got := s.awaitAlerts(t, missed, 1, textWithin)[0]; !strings.Contains(got.Body, "RELEASED") {
			t.Errorf("%q", got.Body)
		}
		s.noMore(t, map[string]int{told: 1, missed: 1})
	})
	t.Run("AgainTellsNobody", func(t *testing.T) {
		replayed(0)
		give("aws/lambda/mapping/shard/2026/06/01/one")
		give("poison/2026/06/01/100000000000000000001.json")
		replayed(2)
		s.settled(t)
		s.noMore(t, map[string]int{told: 1, missed: 1})
	})
	t.Run("DeadLetterIsDelivered", func(t *testing.T) {
		id := s.unsend(t, p) // of any of the phones, that of book among them
		texts := len(s.texts(t, ""))
		dead := s.replaying(t)["VOICE_SMS_DEAD_LETTERS"]
		_, err := s.queues().SendMessage(context.Background(), &sqs.SendMessageInput{QueueUrl: &dead, MessageBody: aws.String(`{"alert_id":"` + id + `"}`)})
		if err != nil {
			t.Fatal(err)
		}
		if n := waiting("dead-letters/sms"); n != 1 {
			t.Errorf("%d wait", n)
		}
		var done []struct{ Messages, Replayed int }
		if s.replay(t, &done, "dead-letters"); len(done) != 4 || done[0].Messages != 1 || done[0].Replayed != 1 {
			t.Errorf("%+v", done)
		}
		stacktest.Eventually(t, textWithin, "one phone has it again", func() bool { return len(s.texts(t, "")) == texts+1 })
		if n := waiting("dead-letters/sms"); n != 0 {
			t.Errorf("%d wait", n)
		}
	})
	t.Run("PoisonIsKeptAndKeepsNobodyWaiting", func(t *testing.T) {
		q, phone := s.person(), s.phone()
		s.book(t, ago(30), q)
		s.subscribe(t, q.application(phone))
		const broken = 40 // more than the stream has lanes
		for n := range broken {
			item, err := attributevalue.MarshalMap(map[string]string{"a_number": fmt.Sprintf("9%08d", n), "as_of": "never"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.database().PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String("voice-CustodyTable"), Item: item}); err != nil {
				t.Fatal(err)
			}
		}
		s.upload(t, key("free"), file(t, q.out(ago(30), ago(2), "Paroled")))
		s.awaitAlerts(t, phone, 1, textWithin)
		stacktest.Eventually(t, textWithin, "all are kept", func() bool { return waiting("failures") == broken })
	})
	s.Stop(t)
	if _, err := os.Stat(filepath.Join(s.State, "replay.env")); !os.IsNotExist(err) {
		t.Errorf("the runner has ended, and replay.env says where it is: %v", err)
	}
}

// unsend makes the ledger forget that an alert of a person's release was sent, and gives the alert's id.
func (s *stack) unsend(t *testing.T, p person) (id string) {
	t.Helper()
	for of, a := range s.ledger(t) {
		if a["event"] == "released" && a["a_number"] == p.aNumber {
			id = of
		}
	}
	_, err := s.database().UpdateItem(context.Background(), &dynamodb.UpdateItemInput{TableName: aws.String("voice-AlertsTable"),
		Key:                      map[string]types.AttributeValue{"alert_id": &types.AttributeValueMemberS{Value: id}},
		UpdateExpression:         aws.String("SET #state = :planned"),
		ExpressionAttributeNames: map[string]string{"#state": "state"}, ExpressionAttributeValues: map[string]types.AttributeValue{":planned": &types.AttributeValueMemberS{Value: "planned"}}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
