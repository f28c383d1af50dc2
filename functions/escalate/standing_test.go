package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/upload"
)

func TestNote(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	b.heard("north", 27*time.Hour)
	b.heard("south", 0)
	for i, state := range []upload.State{upload.Held, upload.Held, upload.Done} {
		table := b.db.Table("uploads")
		s := func(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }
		if _, err := b.db.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
			"upload_id": s(fmt.Sprint(i)), "state": s(string(state)), "received_at": s("2026-06-01T00:00:00Z")}}); err != nil {
			t.Fatal(err)
		}
	}
	at := b.now
	b.minutes(1)
	now, err := b.Volumes.Standing(ctx)
	if err != nil || !now.Service.At.Equal(at) || now.Service.Held != 2 || len(now.Service.Silent) != 1 ||
		now.Service.Silent[0].Feed != "north" || !now.Service.Silent[0].Since.Equal(at.Add(-27*time.Hour)) {
		t.Errorf("got %+v, %v", now, err)
	}
	b.heard("north", 0)
	b.minutes(1)
	if now, err := b.Volumes.Standing(ctx); err != nil || len(now.Service.Silent) != 0 {
		t.Errorf("got %+v, %v", now, err)
	}
}
