package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	r := run(t, t.TempDir(), "--param", "Greeting=good day")

	t.Run("AddressesArePrinted", func(t *testing.T) {
		for _, want := range []string{"API", "S3", "Phones", "SNS, SQS", "DynamoDB", "Sign-in", "uploads: s3://voice-uploads/uploads/"} {
			if !strings.Contains(r.output(), want) {
				t.Errorf("%q is not in the output", want)
			}
		}
	})
	t.Run("FunctionHasTheTemplatesEnvironment", func(t *testing.T) {
		a := r.call("hello", "")
		if a.Greeting != "good day" || len(a.Secret) != 20 {
			t.Fatalf("answer = %+v", a)
		}
	})
	t.Run("EachInvocationHasItsLine", func(t *testing.T) {
		r.call("hello", "")
		r.eventually("the line is there", func() bool { return strings.Contains(r.output(), "ANY /{do}") })
	})
	t.Run("StreamFeedsTheFunction", func(t *testing.T) {
		r.call("put", "one")
		r.eventually("the record has been seen", func() bool { _, ok := r.seen("stream/")["one"]; return ok })
	})
	t.Run("TopicFeedsTheQueueAndThatTheFunction", func(t *testing.T) {
		r.call("publish", "some news")
		r.eventually("the message has been seen", func() bool { return r.queueHas("some news") })
	})
	t.Run("SampleCameThroughTheUploads", func(t *testing.T) {
		r.eventually("the upload's event has been seen", func() bool { return r.queueHas("uploads/sample.csv") })
		r.eventually("the hint is printed", func() bool { return strings.Contains(r.output(), "try A-number A900-000-001, born in HONDURAS") })
	})
	t.Run("TextReachesThePhone", func(t *testing.T) {
		r.call("text", "+12025550123")
		response, err := http.Get(r.Endpoints.Phone + "/messages?to=%2B12025550123")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var messages []struct{ Body string }
		if err := json.NewDecoder(response.Body).Decode(&messages); err != nil || len(messages) != 1 || messages[0].Body != "from echo" {
			t.Fatalf("messages = %+v, %v", messages, err)
		}
		if strings.Contains(r.output(), "2025550123") {
			t.Error("the phone number is in the output")
		}
	})
	t.Run("ErrStateInUse", func(t *testing.T) {
		second := launch(t, r.state, nil)
		<-second.ended
		if second.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(second.output(), "VOICE_STATE") {
			t.Fatalf("%d %s", second.cmd.ProcessState.ExitCode(), second.output())
		}
	})
	t.Run("ErrPortTaken", func(t *testing.T) {
		taken := r.Endpoints.API[strings.LastIndex(r.Endpoints.API, ":")+1:]
		for _, variable := range []string{"VOICE_API_PORT", "VOICE_DYNAMODB_PORT"} {
			second := launch(t, t.TempDir(), []string{variable + "=" + taken})
			<-second.ended
			if second.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(second.output(), taken) || !strings.Contains(second.output(), "set "+variable) {
				t.Fatalf("%d %s", second.cmd.ProcessState.ExitCode(), second.output())
			}
		}
	})
}
