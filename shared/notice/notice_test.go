package notice

import (
	"context"
	"strings"
	"testing"

	"voice.example/infra/local/localtest"
)

func TestNotify(t *testing.T) {
	ctx := context.Background()
	t.Run("OK", func(t *testing.T) {
		cloud := localtest.New(t)
		topic := StaffTopic{Client: cloud.SNS(), ARN: localtest.TopicARN}
		for _, subject := range []string{"VOICE: a feed is silent", "two\nlines", strings.Repeat("long ", 50), "with an é"} {
			if err := topic.Notify(ctx, subject, "text"); err != nil {
				t.Errorf("%q: %v", subject, err)
			}
		}
		if got := cloud.Published(); len(got) != 4 || got[0].Body != "text" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("ErrNoTopic", func(t *testing.T) {
		topic := StaffTopic{Client: localtest.New(t).SNS(), ARN: localtest.TopicARN + "-gone"}
		if err := topic.Notify(ctx, "subject", "text"); err == nil {
			t.Error("no error")
		}
	})
}
