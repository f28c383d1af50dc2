package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/template"
)

func TestSampleFile(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	file, err := sampleFile(now)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, title := range rows[0] {
		column[title] = i
	}
	minors, guarded, people := 0, 0, map[string]bool{}
	for _, row := range rows[1:] {
		if number := strings.NewReplacer("A", "", "-", "").Replace(row[column["A-Number"]]); len(number) != 9 || !strings.HasPrefix(number, "9000000") {
			t.Errorf("%s is not among the invented numbers", number)
		}
		people[row[column["A-Number"]]] = true
		born, err := time.Parse("2006-01-02", row[column["Date of Birth"]])
		if err != nil {
			t.Error(err)
		}
		if born.AddDate(18, 0, 0).After(now) {
			minors++
		}
		if row[column["Protected"]] == "Y" {
			guarded++
		}
		in, err := time.Parse("2006-01-02 15:04:05", row[column["Book In Date Time"]])
		if err != nil || in.After(now) || in.Before(now.AddDate(0, -6, 0)) {
			t.Errorf("booked in %s, %v", in, err)
		}
		if (row[column["Book Out Date Time"]] == "") != (row[column["Detention Release Reason"]] == "") {
			t.Errorf("%s has a way out without a time, or a time without a way", row[0])
		}
	}

	t.Run("TwelvePeopleOneMinorOneProtected", func(t *testing.T) {
		if len(people) != 12 || minors != 1 || guarded != 1 {
			t.Fatalf("%d people, %d minors, %d protected", len(people), minors, guarded)
		}
	})
}

func TestScheduledEvent(t *testing.T) {
	f := template.Function{LogicalID: "TickFunction"}
	at := time.Date(2026, 3, 1, 12, 5, 0, 0, time.UTC)
	t.Run("EventBridgesOwn", func(t *testing.T) {
		var event map[string]any
		if err := json.Unmarshal(scheduledEvent(template.Schedule{Event: "Tick"}, f, at), &event); err != nil {
			t.Fatal(err)
		}
		if event["detail-type"] != "Scheduled Event" || event["source"] != "aws.events" || event["time"] != "2026-03-01T12:05:00Z" {
			t.Fatalf("event = %v", event)
		}
	})
	t.Run("OwnInput", func(t *testing.T) {
		if got := scheduledEvent(template.Schedule{Input: json.RawMessage(`{"a":1}`)}, f, at); string(got) != `{"a":1}` {
			t.Fatalf("event = %s", got)
		}
	})
}
