package custody

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestGlanceMany(t *testing.T) {
	table, _ := newTable(t)
	ctx := context.Background()
	full, bare := person("000000001"), Record{ANumber: "000000002", Version: 1, Status: Released, AsOf: noon}
	full.Version, full.Feed, full.RowHash = 1, "north", "hash"
	full.StintStart, full.ReceivedAt = noon.Add(-time.Hour), noon.Add(123456789*time.Nanosecond)
	unlisted := full
	unlisted.ANumber, unlisted.UnlistedSince = "000000003", noon.Add(time.Hour)
	// Neighbours with other attributes, in one call.
	records := []Record{full, bare, unlisted}
	outcomes, err := table.Insert(ctx, records)
	if err != nil || !reflect.DeepEqual(outcomes, make([]error, 3)) {
		t.Fatalf("inserting: %v, %v", outcomes, err)
	}
	t.Run("WhatWasInsertedIsThere", func(t *testing.T) {
		for _, want := range records {
			if got, err := table.Get(ctx, want.ANumber, true); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, want)
			}
		}
	})
	t.Run("AGlanceIsTheRecordsOwn", func(t *testing.T) {
		glances, err := table.GlanceMany(ctx, []ANumber{full.ANumber, bare.ANumber, unlisted.ANumber, "000000004"})
		if err != nil || len(glances) != 3 {
			t.Fatalf("%d glances, %v", len(glances), err)
		}
		for _, r := range records {
			want := Glance{Version: r.Version, Feed: r.Feed, HeldBy: r.HeldBy(), RowHash: r.RowHash, Since: r.Since, StintStart: r.StintStart,
				AsOf: r.AsOf, ReceivedAt: r.ReceivedAt, UnlistedSince: r.UnlistedSince}
			if got := glances[r.ANumber]; !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
	for name, spoil := range map[string]func(item map[string]types.AttributeValue){
		"NoKey":     func(item map[string]types.AttributeValue) { delete(item, "a_number") },
		"NoVersion": func(item map[string]types.AttributeValue) { delete(item, "version") },
		"VersionIsText": func(item map[string]types.AttributeValue) {
			item["version"] = &types.AttributeValueMemberN{Value: "one"}
		},
		"BadTime": func(item map[string]types.AttributeValue) {
			item["as_of"] = &types.AttributeValueMemberS{Value: "soon"}
		},
		"TextOfOtherType": func(item map[string]types.AttributeValue) {
			item["row_hash"] = &types.AttributeValueMemberBOOL{Value: true}
		},
	} {
		t.Run("Err"+name, func(t *testing.T) {
			item := encode(full)
			spoil(item)
			if _, g, err := decodeGlance(item); err == nil {
				t.Errorf("got %+v", g)
			}
		})
	}
}
