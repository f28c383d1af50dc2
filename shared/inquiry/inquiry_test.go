package inquiry

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/secret"
)

func newTable(t *testing.T) (*Table, *time.Time) {
	db := dynamodbtest.New(t, "inquiries")
	keys, err := secret.New(strings.Repeat("k", 64))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	return &Table{Client: db.Client, Name: db.Table("inquiries"), Keys: keys, Retention: 24 * time.Hour, Now: func() time.Time { return now }}, &now
}

func TestOpen(t *testing.T) {
	ctx := context.Background()
	t.Run("OK", func(t *testing.T) {
		table, now := newTable(t)
		i, isNew, err := table.Open(ctx, "alert", Inquiry{Reason: Unanswered, PhoneHash: "p"})
		if err != nil || !isNew || !regexp.MustCompile(`^[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]{4}$`).MatchString(i.Reference) {
			t.Fatalf("got %+v, %v, %v", i, isNew, err)
		}
		got, err := table.Get(ctx, i.Reference)
		if err != nil || got.State != Open || got.Office != National || got.Queue != "national#open" || got.ExpiresAt != now.Add(24*time.Hour).Unix() {
			t.Errorf("got %+v, %v", got, err)
		}
		if strings.Contains(got.Cause, "alert") {
			t.Error("the cause is written out")
		}
	})
	t.Run("TheSameCauseIsOneInquiry", func(t *testing.T) {
		table, _ := newTable(t)
		first, _, _ := table.Open(ctx, "phone/2026-06-01", Inquiry{Reason: CallMe})
		again, isNew, err := table.Open(ctx, "phone/2026-06-01", Inquiry{Reason: CallMe})
		other, otherIsNew, _ := table.Open(ctx, "phone/2026-06-02", Inquiry{Reason: CallMe})
		if err != nil || isNew || again.Reference != first.Reference || !otherIsNew || other.Reference == first.Reference {
			t.Errorf("got %s, %s, %v, %s", first.Reference, again.Reference, isNew, other.Reference)
		}
	})
	t.Run("WhoAsksAgainAfterItWasSeenToGetsAnother", func(t *testing.T) {
		table, _ := newTable(t)
		for reason, another := range map[Reason]bool{CallMe: true, Unanswered: false} {
			first, _, _ := table.Open(ctx, "cause", Inquiry{Reason: reason})
			closed := "SET #s = :s"
			if _, err := table.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &table.Name, Key: key(first.Reference),
				UpdateExpression: &closed, ExpressionAttributeNames: map[string]string{"#s": "state"},
				ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: "closed"}}}); err != nil {
				t.Fatal(err)
			}
			if second, isNew, err := table.Open(ctx, "cause", Inquiry{Reason: reason}); err != nil || isNew != another || (second.Reference != first.Reference) != another {
				t.Errorf("%s: got %s after %s, %v, %v", reason, second.Reference, first.Reference, isNew, err)
			}
		}
	})
	t.Run("AnotherCauseWithTheSameReference", func(t *testing.T) {
		table, _ := newTable(t)
		taken := table.Keys.Reference("reference", table.Keys.Hash("inquiry", string(CallMe), "cause"), "0")
		if _, err := table.put(ctx, Inquiry{Reference: taken, Cause: "another", State: Open, Queue: "q", DueAt: "2026-06-01T00:00:00Z", DueShard: shard}); err != nil {
			t.Fatal(err)
		}
		if i, isNew, err := table.Open(ctx, "cause", Inquiry{Reason: CallMe}); err != nil || !isNew || i.Reference == taken {
			t.Errorf("got %+v, %v, %v", i, isNew, err)
		}
	})
}

func TestDue(t *testing.T) {
	ctx := context.Background()
	table, now := newTable(t)
	first, _, _ := table.Open(ctx, "one", Inquiry{Reason: CallMe})
	*now = now.Add(time.Minute)
	second, _, _ := table.Open(ctx, "two", Inquiry{Reason: CallMe})
	due, err := table.Due(ctx, 10)
	if err != nil || len(due) != 2 || due[0].Reference != first.Reference || due[1].Reference != second.Reference {
		t.Fatalf("got %+v, %v", due, err)
	}
	if ok, err := table.Told(ctx, due[0], now.Add(time.Hour)); err != nil || !ok {
		t.Fatalf("got %v, %v", ok, err)
	}
	if ok, err := table.Told(ctx, due[0], now.Add(time.Hour)); err != nil || ok {
		t.Errorf("told twice: %v, %v", ok, err)
	}
	if due, _ := table.Due(ctx, 10); len(due) != 1 || due[0].Reference != second.Reference {
		t.Errorf("got %+v", due)
	}
	*now = now.Add(time.Hour)
	if due, _ := table.Due(ctx, 1); len(due) != 1 {
		t.Errorf("got %+v", due)
	}
}
