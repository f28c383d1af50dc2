package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"voice.example/shared/alert"
	"voice.example/shared/aws/awstest"
	"voice.example/shared/optout"
)

// eventLine is an event of End User Messaging for a text to the number.
func (b *bench) eventLine(messageID, kind string, final bool, description string) string {
	return fmt.Sprintf(`{"eventType":%q,"isFinal":%t,"messageId":%q,"destinationPhoneNumber":%q,"messageRequestTimestamp":%d,"messageStatusDescription":%q}`,
		kind, final, messageID, number, b.now.UnixMilli(), description)
}

func TestHandleEvents(t *testing.T) {
	ctx := context.Background()
	t.Run("AsEndUserMessagingWritesThem", func(t *testing.T) {
		b := newBench(t)
		text, err := os.ReadFile("testdata/events.ndjson")
		if err != nil {
			t.Fatal(err)
		}
		const id = "862a8790-60c0-4430-9b2b-658bd000000"
		arrived, lost, silent := b.sent(id+"1"), b.sent(id+"2"), b.sent(id+"3")
		b.now = b.now.Add(72 * time.Hour)
		b.handle(strings.Split(strings.TrimSpace(string(text)), "\n")...)
		if a := b.alert(arrived); a.State != alert.Delivered || !a.DeliveredAt.Equal(b.now) {
			t.Errorf("%+v", a)
		}
		if a := b.alert(lost); a.State != alert.Failed || a.Outcome != "blocked" {
			t.Errorf("%+v", a)
		}
		if a := b.alert(silent); a.State != alert.Sent {
			t.Errorf("%+v", a)
		}
	})
	for kind, c := range map[string]struct {
		want    alert.State
		outcome string
	}{
		"TEXT_DELIVERED":           {alert.Delivered, ""},
		"TEXT_SUCCESSFUL":          {alert.Delivered, ""},
		"TEXT_BLOCKED":             {alert.Failed, "blocked"},
		"TEXT_CARRIER_BLOCKED":     {alert.Failed, "blocked"},
		"TEXT_SPAM":                {alert.Failed, "spam"},
		"TEXT_UNREACHABLE":         {alert.Failed, "unreachable"},
		"TEXT_CARRIER_UNREACHABLE": {alert.Failed, "unreachable"},
		"TEXT_TTL_EXPIRED":         {alert.Failed, "unreachable"},
		"TEXT_INVALID":             {alert.Failed, "invalid"},
		"TEXT_INVALID_MESSAGE":     {alert.Failed, "text_invalid"},
		"TEXT_PROTECT_BLOCKED":     {alert.Failed, "not_allowed"},
		"TEXT_UNKNOWN":             {alert.Sent, ""},
		"TEXT_QUEUED":              {alert.Sent, ""},
		"TEXT_PENDING":             {alert.Sent, ""},
		"TEXT_SENT":                {alert.Sent, ""},
		"TEXT_NEVER_HEARD_OF":      {alert.Sent, ""},
	} {
		t.Run(kind, func(t *testing.T) {
			b := newBench(t)
			id := b.sent("m")
			b.handle(b.eventLine("m", kind, false, ""))
			if a := b.alert(id); a.State != alert.Sent {
				t.Errorf("not final: %s", a.State)
			}
			b.handle(b.eventLine("m", kind, true, ""), b.eventLine("m", kind, true, ""))
			if a := b.alert(id); a.State != c.want || a.Outcome != c.outcome {
				t.Errorf("%s, %q", a.State, a.Outcome)
			}
		})
	}
	t.Run("OptedOutPhoneGoesOnOurList", func(t *testing.T) {
		b := newBench(t)
		id := b.sent("m")
		b.handle(b.eventLine("m", "TEXT_BLOCKED", true, optedOut))
		if a := b.alert(id); a.State != alert.OptedOut || a.Outcome != "phone" {
			t.Errorf("%s, %q", a.State, a.Outcome)
		}
		if e, err := b.OptOuts.Get(ctx, b.hash); err != nil || !e.Stopped || e.Why != optout.Receipt {
			t.Errorf("%+v, %v", e, err)
		}
	})
	t.Run("ButNotAfterALaterStart", func(t *testing.T) {
		b := newBench(t)
		late := b.eventLine("m", "TEXT_BLOCKED", true, optedOut)
		if _, err := b.OptOuts.Start(ctx, b.hash, b.now.Add(time.Hour), "start"); err != nil {
			t.Fatal(err)
		}
		b.handle(late)
		if stopped, err := b.OptOuts.Stopped(ctx, b.hash); stopped || err != nil {
			t.Errorf("%v, %v", stopped, err)
		}
	})
	t.Run("NoNewsIsCountedAndWhatCannotBeReadIsToldWithoutWhatItSays", func(t *testing.T) {
		b := newBench(t)
		id := b.sent("m")
		good := b.eventLine("m", "TEXT_DELIVERED", true, "")
		log := awstest.Capture(func() {
			b.handle(b.eventLine("m", "TEXT_QUEUED", false, "secret"), b.eventLine("m", "TEXT_UNKNOWN", true, "secret"),
				`{"eventType":"TEXT_DELIVERED","isFinal":"secret"}`, strings.Replace(good, number, "", 1), strings.Replace(good, `"m"`, `""`, 1), good)
		})
		if a := b.alert(id); a.State != alert.Delivered {
			t.Errorf("%s", a.State)
		}
		said := string(log)
		if strings.Contains(said, "secret") || strings.Contains(said, "5550143") || !strings.Contains(said, `"no_news":2,"unreadable":3`) {
			t.Errorf("logged %s", said)
		}
	})
}
