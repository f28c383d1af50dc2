package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"voice.example/infra/local/stacktest"
)

// testRepeated announces every upload again and again, in no order: while it is worked on, while it is held, and once it
// is done.
func testRepeated(t *testing.T, o office) {
	s, feed := o.stack, newFeed("again")
	people, content := s.roomful(t, 30)
	first, other, witness := s.phone(), s.phone(), s.phone()
	s.subscribe(t, people[0].application(witness))
	s.subscribe(t, people[5].application(witness))
	random := dice()
	folder := "uploads/" + feed + "/"
	// One after the other they tell a story; each is announced again while the next are on their way.
	files := []struct {
		key  string
		body []byte
		ends string
	}{
		{folder + "held.csv", content, "done"},
		{folder + "moved.csv", file(t, people[0].out(ago(20), ago(12), "Transferred"), people[1].out(ago(20), ago(11), "Transferred")), "done"},
		{folder + "free.csv", file(t, people[0].out(ago(20), ago(9), "Paroled")), "done"},
		{folder + "old.csv", file(t, people[0].held(ago(20)), people[1].held(ago(20))), "done"},
		{folder + "unreadable.csv", []byte("colour,taste\nred,sweet\n"), "rejected"},
		{folder + "all-gone.csv", gone(t, people[2:]), "held"},
		{"dry-run/" + folder + "trial.csv", gone(t, people), "planned"},
		{folder + "held.csv", content, "done"}, // the same name again, another version
	}
	var said []string
	reports := map[string]string{} // summary.json by upload id
	var held string
	for i, f := range files {
		earlier := s.reports(t, f.key)
		said = append(said, s.putKnown(t, f.key, f.body))
		s.announce(t, shuffled(random, said)...)
		if i == 0 {
			s.awaitAlerts(t, witness, 2, heldWithin)
		}
		m := s.awaitReport(t, f.key, earlier)
		if m.State != f.ends {
			t.Errorf("%s: %+v", f.key, m)
		}
		if said, reports[m.UploadID] = append(said, goOn(m.UploadID)), ""; f.ends == "held" {
			held = m.UploadID
		}
		if i == 0 {
			s.subscribe(t, people[0].application(first))
			s.subscribe(t, people[5].application(other))
		}
		if strings.HasSuffix(f.key, "/moved.csv") { // or the release may overtake it, and rightly be the only text
			s.awaitAlerts(t, first, 1, heldWithin)
		}
	}
	s.drained(t)
	if u := o.ann.show(t, held); u.State != "held" {
		t.Fatalf("announcing it again made it %s", u.State)
	}
	o.ann.approve(t, held)
	s.announce(t, shuffled(random, said)...)
	o.ben.approve(t, held)
	s.announce(t, shuffled(random, said)...)
	o.ben.becomes(t, held, "done")
	s.awaitAlerts(t, first, 2, heldWithin) // moved on, and free
	s.awaitAlerts(t, other, 1, heldWithin) // removed
	s.drained(t)
	s.settled(t)

	table := s.custodyOf(t, people)
	for i, p := range people {
		want := []string{"released", "in_custody", "removed"}[min(i, 2)]
		if table[p.aNumber]["status"] != want {
			t.Errorf("person %d is %v, want %s", i, table[p.aNumber]["status"], want)
		}
	}
	for id := range reports {
		reports[id] = string(s.get(t, "reports/"+id+"/summary.json"))
	}

	s.announce(t, shuffled(random, append(said, said...))...)
	s.drained(t)
	t.Run("NobodyIsToldAgain", func(t *testing.T) {
		s.noMore(t, map[string]int{first: 2, other: 1})
	})
	t.Run("TableStaysTheSame", func(t *testing.T) { sameTable(t, table, s.custodyOf(t, people)) })
	t.Run("OneReportForEachUpload", func(t *testing.T) {
		found := 0
		for _, name := range []string{"held", "moved", "free", "old", "unreadable", "all-gone"} {
			found += len(s.reports(t, folder+name+".csv"))
		}
		if found += len(s.reports(t, "dry-run/"+folder+"trial.csv")); found != len(files) {
			t.Errorf("%d reports on %d files", found, len(files))
		}
		for id, was := range reports {
			if now := string(s.get(t, "reports/"+id+"/summary.json")); now != was {
				t.Errorf("a report went from %s to %s", was, now)
			}
		}
	})
}

func shuffled(random *rand.Rand, all []string) []string {
	mixed := append([]string(nil), all...)
	random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return mixed
}

// putKnown uploads a file and gives the notification that S3 sends of it.
func (s *stack) putKnown(t *testing.T, key string, file []byte) (notification string) {
	t.Helper()
	out, err := s.bucket().PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: &key, Body: bytes.NewReader(file)})
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"Records": []any{map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
		"eventTime": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "eventName": "ObjectCreated:Put",
		"userIdentity": map[string]any{"principalId": "AWS:AIDAEXAMPLE"},
		"s3": map[string]any{
			"s3SchemaVersion": "1.0", "bucket": map[string]any{"name": bucket},
			"object": map[string]any{
				"key":  strings.ReplaceAll(url.QueryEscape(key), "%2F", "/"),
				"size": len(file), "eTag": strings.Trim(*out.ETag, `"`), "versionId": *out.VersionId, "sequencer": "0055AED6DCD90281E5",
			},
		},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// goOn is what the service sends itself about an upload that has work to do.
func goOn(uploadID string) string { return `{"upload_id":"` + uploadID + `"}` }

func (s *stack) queues() *sqs.Client {
	return sqs.New(sqs.Options{Region: "us-east-1", BaseEndpoint: &s.SNS, Credentials: keys})
}

// uploadsQueue finds the queue of uploads, by the end of its name.
func (s *stack) uploadsQueue(t *testing.T) *string {
	t.Helper()
	all, err := s.queues().ListQueues(context.Background(), &sqs.ListQueuesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range all.QueueUrls {
		if strings.HasSuffix(address, "UploadsQueue") {
			return &address
		}
	}
	t.Fatalf("no queue of uploads among %v", all.QueueUrls)
	return nil
}

// announce puts messages into the queue of uploads, in their order.
func (s *stack) announce(t *testing.T, messages ...string) {
	t.Helper()
	queue := s.uploadsQueue(t)
	for _, body := range messages {
		if _, err := s.queues().SendMessage(context.Background(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: &body}); err != nil {
			t.Fatal(err)
		}
	}
}

// drained waits until the queue of uploads is empty. What another worker had comes again after 16 s.
func (s *stack) drained(t *testing.T) {
	t.Helper()
	queue := s.uploadsQueue(t)
	stacktest.Eventually(t, reportWithin, "the queue of uploads is empty", func() bool {
		out, err := s.queues().GetQueueAttributes(context.Background(), &sqs.GetQueueAttributesInput{QueueUrl: queue,
			AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll}})
		if err != nil {
			t.Fatal(err)
		}
		return out.Attributes["ApproximateNumberOfMessages"] == "0" && out.Attributes["ApproximateNumberOfMessagesNotVisible"] == "0"
	})
}
