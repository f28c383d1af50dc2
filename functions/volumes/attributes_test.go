package main

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/inquiry"
	"voice.example/shared/volume"
)

// inserted is the record of an item that shared/inquiry or shared/alert writes, as Lambda gives it.
func inserted(t *testing.T, key string, item any) record {
	t.Helper()
	attributes, err := attributevalue.MarshalMap(item)
	if err != nil {
		t.Fatal(err)
	}
	image, err := attributevalue.MarshalMapJSON(attributes)
	if err != nil {
		t.Fatal(err)
	}
	raw := recordOf(1, `{"`+key+`":{"S":"x"}}`, "", string(image))
	return read(json.RawMessage(raw))
}

// TestAttributesAreTheirs finds an attribute that is not called any more what is counted by.
func TestAttributesAreTheirs(t *testing.T) {
	b := newBench(t)
	at := time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)
	later := at.Add(30 * time.Minute)
	t.Run("OfInquiries", func(t *testing.T) {
		i := inquiry.Inquiry{Reference: "K7P4-QDX2", Reason: inquiry.CustodyStatus, Channel: inquiry.Phone, State: inquiry.Resolved, Office: "ATL", Language: "es",
			OpenedAt: at, FirstContactAt: &later, ResolvedAt: &later, Outcome: inquiry.Answered, CallSeconds: 90, Transfers: 2, Overdue: true}
		adds, err := b.ofInquiry(inserted(t, "reference", i))
		if got := line(adds[volume.On(volume.Inquiries, day)]); err != nil || got != "call_seconds:12=90 calls:12=1 channel:phone=1 first_contact=1 first_contact:1h=1 "+
			"first_contact_seconds=1800 language:es=1 office:ATL=1 opened=1 outcome:answered=1 overdue=1 reason:custody_status=1 resolved=1 transfers=2" {
			t.Errorf("got %s, %v", got, err)
		}
		for _, state := range []inquiry.State{inquiry.Open, inquiry.Assigned} {
			adds, err := b.ofInquiry(inserted(t, "reference", inquiry.Inquiry{State: state, OpenedAt: at, Overdue: true}))
			if got := adds[volume.Standing()]; err != nil || !maps.Equal(got, volume.Counts{string(state): 1, volume.Overdue: 1}) {
				t.Errorf("got %v, %v", got, err)
			}
		}
	})
	t.Run("OfAlerts", func(t *testing.T) {
		a := alert.Alert{ID: "e.s", Event: custody.EventReleased, State: alert.Failed, Outcome: alert.Unreachable}
		r := inserted(t, "alert_id", a)
		adds, err := b.ofAlert(r)
		if got := line(adds[volume.On(volume.Alerts, day)]); err != nil || got != "failed:released=1 failed_by:phone=1" || r.keys.AlertID.S == "" {
			t.Errorf("got %s, %v", got, err)
		}
	})
}
