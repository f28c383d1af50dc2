package main

import (
	"fmt"
	"testing"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/alert"
	"voice.example/shared/volume"
)

func ledger(state alert.State, outcome string) string {
	if outcome == "" {
		return item("alert_id", "e.s", "event", "released", "state", string(state), "a_number", "900000001")
	}
	return item("alert_id", "e.s", "event", "released", "state", string(state), "outcome", outcome)
}

// day is the day of the records: noon of 1 June 2026 in New York.
const day = "2026-06-01"

func TestAlerts(t *testing.T) {
	planned, claimed, sent := ledger(alert.Planned, ""), ledger(alert.Claimed, ""), ledger(alert.Sent, "")
	for name, c := range map[string]struct {
		old, new, want string
	}{
		"Planned":                  {"", planned, "planned:released=1"},
		"ClaimedIsNoNews":          {planned, claimed, ""},
		"GivenBackIsNotPlanned":    {claimed, planned, ""},
		"Sent":                     {claimed, sent, "sent:released=1"},
		"ChasedIsNoNews":           {sent, ledger(alert.Sent, "quota"), ""},
		"Delivered":                {sent, ledger(alert.Delivered, ""), "delivered:released=1"},
		"Acknowledged":             {sent, ledger(alert.Acknowledged, ""), "acknowledged:released=1"},
		"Failed":                   {sent, ledger(alert.Failed, "unreachable"), "failed:released=1 failed_by:unreachable=1"},
		"FailedForNoReason":        {sent, ledger(alert.Failed, ""), "failed:released=1 failed_by:unknown=1"},
		"OptedOut":                 {claimed, ledger(alert.OptedOut, "stopped"), "opted_out:released=1 opted_out_by:stopped=1"},
		"FailedAndArrivedAfterAll": {ledger(alert.Failed, "unreachable"), ledger(alert.Delivered, ""), "delivered:released=1"},
		"Forgotten":                {sent, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.ok(ofAlert(1, c.old, c.new))
			if got := b.day(volume.Alerts, day); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
	t.Run("ABatchIsOneCallAndTheSameBatchIsCountedOnce", func(t *testing.T) {
		b := newBench(t)
		var records []string
		for i := range 1000 {
			records = append(records, ofAlert(i, claimed, sent))
		}
		b.ok(records...)
		if c := b.meter.Read(); c.Calls != 1 {
			t.Errorf("%+v", c)
		}
		b.ok(records...)
		b.ok(ofAlert(1000, claimed, sent))
		if got := b.day(volume.Alerts, day); got != "sent:released=1001" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("WhatCannotBeReadIsLeftOut", func(t *testing.T) {
		b := newBench(t)
		b.ok(ofAlert(1, claimed, sent), `7`, ofAlert(2, claimed, item("state", 7)), ofAlert(3, claimed, sent))
		if got := b.day(volume.Alerts, day); got != "sent:released=2" || len(b.letters()) != 0 {
			t.Errorf("got %s", got)
		}
	})
	t.Run("ErrOfTheTable", func(t *testing.T) {
		b := newBench(t)
		faulty := *b.table
		faulty.Client = b.db.Faulty(func() dynamodbtest.Fault { return dynamodbtest.Lost })
		b.Volumes = &faulty
		if _, err := b.handle(ofAlert(1, claimed, sent)); err == nil {
			t.Error("no error")
		}
		b.Volumes = b.table
		b.ok(ofAlert(1, claimed, sent)) // which had been counted
		if got := b.day(volume.Alerts, day); got != "sent:released=1" {
			t.Errorf("got %s", got)
		}
	})
}

// TestAlertsCost measures what counting costs, on a day on which everything has been counted before.
func TestAlertsCost(t *testing.T) {
	const perAlert = 3 // records: planned, sent, delivered; the mapping's filter lets through no others
	for size, most := range map[int]float64{1: 20, 10: 2, 1000: 0.02} {
		t.Run(fmt.Sprintf("BatchesOf%d", size), func(t *testing.T) {
			b := newBench(t)
			all := []alert.State{alert.Planned, alert.Sent, alert.Delivered, alert.Failed, alert.OptedOut, alert.Acknowledged}
			var records []string
			for _, event := range []string{"booked_in", "transferred", "released", "removed", "departed", "other_agency", "escaped",
				"returned", "deceased", "corrected"} {
				for i, state := range all {
					old := item("state", "claimed")
					if state == alert.Planned {
						old = ""
					}
					records = append(records, ofAlert(i, old, item("state", string(state), "event", event, "outcome", "unreachable")))
				}
			}
			b.ok(records...)
			before := b.meter.Read()
			records = nil
			for i := range size {
				records = append(records, ofAlert(100+i, item("state", "claimed"), item("state", "sent", "event", "released")))
			}
			b.ok(records...)
			after := b.meter.Read()
			consumed := after
			consumed.WRU, consumed.RRU, consumed.Calls = after.WRU-before.WRU, after.RRU-before.RRU, after.Calls-before.Calls
			dollars := consumed.Cost() / float64(size) * perAlert * 1e6
			t.Logf("%d calls, %.0f write units a batch; $%.4f a million alerts", consumed.Calls, consumed.WRU, dollars)
			if consumed.Calls > 2 || dollars > most {
				t.Errorf("%+v, $%.4f", consumed, dollars)
			}
		})
	}
}
