package queue

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// call makes one call of the JSON protocol.
func (f *fixture) call(action, body string) (status int, queryError string, answer map[string]any) {
	f.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost:9911/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", TargetPrefix+action)
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		f.t.Fatalf("%s answers %q: %v", action, w.Body, err)
	}
	return w.Code, w.Header().Get("x-amzn-query-error"), answer
}

func TestProtocol(t *testing.T) {
	const url = `"QueueUrl":"http://localhost:9911/000000000000/main"`
	t.Run("SendReceiveDelete", func(t *testing.T) {
		f := start(t)
		_, _, sent := f.call("SendMessage", `{`+url+`,"MessageBody":"This is a test message","MessageAttributes":{"n":{"DataType":"Number","StringValue":"1"}}}`)
		if sent["MD5OfMessageBody"] != "fafb00f5732ab283681e124bf8747ed1" || sent["MD5OfMessageAttributes"] == "" {
			t.Errorf("sent %v", sent)
		}
		_, _, got := f.call("ReceiveMessage", `{`+url+`,"AttributeNames":["All"],"MessageAttributeNames":["All"]}`)
		m := got["Messages"].([]any)[0].(map[string]any)
		if m["Body"] != "This is a test message" || m["MD5OfMessageAttributes"] != sent["MD5OfMessageAttributes"] ||
			m["Attributes"].(map[string]any)["ApproximateReceiveCount"] != "1" {
			t.Errorf("received %v", m)
		}
		if status, _, _ := f.call("DeleteMessage", fmt.Sprintf(`{`+url+`,"ReceiptHandle":%q}`, m["ReceiptHandle"])); status != 200 {
			t.Errorf("delete: %d", status)
		}
		_, _, a := f.call("GetQueueAttributes", `{`+url+`,"AttributeNames":["All"]}`)
		attributes := a["Attributes"].(map[string]any)
		if attributes["ApproximateNumberOfMessagesNotVisible"] != "0" || attributes["VisibilityTimeout"] != "10" ||
			!strings.Contains(attributes["RedrivePolicy"].(string), deadARN) {
			t.Errorf("attributes %v", attributes)
		}
	})
	t.Run("BatchTellsOfEachEntry", func(t *testing.T) {
		f := start(t)
		_, _, a := f.call("SendMessageBatch", `{`+url+`,"Entries":[{"Id":"a","MessageBody":"x"},{"Id":"b","MessageBody":""}]}`)
		if len(a["Successful"].([]any)) != 1 || a["Failed"].([]any)[0].(map[string]any)["Id"] != "b" {
			t.Errorf("answer %v", a)
		}
		_, code, _ := f.call("SendMessageBatch", `{`+url+`,"Entries":[{"Id":"a","MessageBody":"x"},{"Id":"a","MessageBody":"y"}]}`)
		if code != "AWS.SimpleQueueService.BatchEntryIdsNotDistinct;Sender" {
			t.Errorf("error %q", code)
		}
	})
	t.Run("ErrNoSuchQueue", func(t *testing.T) {
		status, code, answer := start(t).call("GetQueueUrl", `{"QueueName":"nobody"}`)
		if status != 400 || code != "AWS.SimpleQueueService.NonExistentQueue;Sender" || answer["__type"] != "com.amazonaws.sqs#QueueDoesNotExist" {
			t.Errorf("%d %q %v", status, code, answer)
		}
	})
	t.Run("DeadLettersGoBack", func(t *testing.T) {
		f := start(t)
		f.call("SendMessage", `{"QueueUrl":"dead","MessageBody":"x"}`)
		if status, _, a := f.call("StartMessageMoveTask", fmt.Sprintf(`{"SourceArn":%q,"DestinationArn":%q}`, deadARN, mainARN)); status != 200 {
			t.Fatalf("%v", a)
		}
		f.want(f.receive("main", Ask{}), "x")
		f.send("y")
		f.call("PurgeQueue", `{`+url+`}`)
		if c := f.queue("main").Counts(); c != (Counts{}) {
			t.Errorf("after a purge: %+v", c)
		}
	})
}
