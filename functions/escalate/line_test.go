package main

import (
	"testing"
	"time"

	"voice.example/shared/aws/awstest"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
)

// TestLine looks at the levels that alarms go by.
func TestLine(t *testing.T) {
	t.Run("AllIsWell", func(t *testing.T) {
		b := newBench(t)
		b.heard("north", 0)
		line := awstest.Once(t, b.Handle, struct{}{})
		for _, level := range []string{"OldestUrgentWaiting", "OldestDueWaiting", "UploadsHeld", "OldestHeldUpload", "FeedsSilent", "KeptForReplay"} {
			if line[level] != 0.0 {
				t.Errorf("%s is %v", level, line[level])
			}
		}
		if line.Number("MinutesDone") != 1 || line["InquiriesOverdue"] != nil {
			t.Errorf("%v", line)
		}
	})
	t.Run("NothingIsWell", func(t *testing.T) {
		b := newBench(t)
		b.planned(nil)
		b.heard("north", 27*time.Hour)
		b.keep("poison/1.json")
		b.keep("aws/lambda/x")
		b.put(b.db.Table("uploads"), map[string]any{"upload_id": "u", "state": upload.Held, "received_at": b.now.Add(-time.Hour)})
		if _, _, err := b.Inquiries.Open(t.Context(), "a reply", inquiry.Inquiry{Reason: inquiry.CallMe, Channel: inquiry.Text}, staff.Identity{}); err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(24*time.Hour + 10*time.Minute)
		line := awstest.Once(t, b.Handle, struct{}{})
		const day = 87000
		for name, want := range map[string]float64{"OldestUrgentWaiting": day, "OldestDueWaiting": day - 120, "UploadsHeld": 1, "OldestHeldUpload": day + 3600,
			"FeedsSilent": 1, "KeptForReplay": 2, "InquiriesOverdue": 1, "MinutesDone": 1} {
			if line.Number(name) != want {
				t.Errorf("%s is %v, want %v", name, line[name], want)
			}
		}
	})
	t.Run("AMinuteThatFailedIsNotDone", func(t *testing.T) {
		b := newBench(t)
		b.heard("north", 27*time.Hour)
		b.Staff = deaf{}
		if line := awstest.Once(t, b.Handle, struct{}{}); line["MinutesDone"] != nil || line.Text("outcome") != "error" || line.Number("FeedsSilent") != 1 {
			t.Errorf("%v", line)
		}
	})
}
