package keyring_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
	"voice.example/shared/keyring"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/secret"
)

// kept is an item with two sealed values, of which one is within a list.
type kept struct {
	ANumber string `dynamodbav:"a_number"`
	ID      string `dynamodbav:"subscription_id"`
	Phone   string `dynamodbav:"phone"`
	Notes   []note `dynamodbav:"notes"`
	Changes int    `dynamodbav:"changes"`
}

type note struct {
	Text string `dynamodbav:"text"`
}

func fieldsOf(item map[string]types.AttributeValue) ([]secret.Field, error) {
	var k kept
	if err := attributevalue.UnmarshalMap(item, &k); err != nil {
		return nil, err
	}
	fields := []secret.Field{{Path: []any{"phone"}, Purpose: "phone", Of: []string{k.ID}, Sealed: k.Phone}}
	for n, one := range k.Notes {
		fields = append(fields, secret.Field{Path: []any{"notes", n, "text"}, Purpose: "note", Sealed: one.Text})
	}
	return fields, nil
}

// shelf is a table of sealed items.
type shelf struct {
	*bench
	t     *testing.T
	table string
	keys  keyring.Keys // of a process that goes on
}

func newShelf(t *testing.T, items, notes int) *shelf {
	t.Helper()
	s := &shelf{bench: made(t), t: t}
	s.table = s.db.Table("subscriptions")
	plain, err := secret.New(keyringtest.DataKey)
	if err != nil {
		t.Fatal(err)
	}
	s.keys = keyring.Of(plain, s.Table)
	for n := range items {
		k := kept{ANumber: fmt.Sprintf("%09d", n), ID: fmt.Sprint("id", n), Phone: s.seal(s.keys, "phone", phone(n, 0), fmt.Sprint("id", n))}
		for i := range notes {
			k.Notes = append(k.Notes, note{s.seal(s.keys, "note", fmt.Sprint("note ", n, i))})
		}
		s.put(k)
	}
	return s
}

func phone(n, changes int) string { return fmt.Sprintf("+1202555%04d/%d", n, changes) }

func (s *shelf) seal(keys keyring.Keys, purpose, text string, of ...string) string {
	s.t.Helper()
	sealed, err := keys.Fields.SealField(s.t.Context(), purpose, text, of...)
	if err != nil {
		s.t.Fatal(err)
	}
	return sealed
}

func (s *shelf) put(k kept) {
	s.t.Helper()
	item, err := attributevalue.MarshalMap(k)
	if err == nil {
		_, err = s.Client.PutItem(s.t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: item})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// all reads the items and opens them with a new process's keys.
func (s *shelf) all() map[string]kept {
	s.t.Helper()
	out, err := s.Client.Scan(s.t.Context(), &dynamodb.ScanInput{TableName: &s.table})
	if err != nil {
		s.t.Fatal(err)
	}
	keys, found := keyring.Of(s.keys.Fields, s.Table), map[string]kept{}
	for _, item := range out.Items {
		var k kept
		if err := attributevalue.UnmarshalMap(item, &k); err != nil {
			s.t.Fatal(err)
		}
		if k.Phone, err = keys.Fields.OpenField(s.t.Context(), "phone", k.Phone, k.ID); err != nil {
			s.t.Errorf("%s: %v", k.ID, err)
		}
		for i := range k.Notes {
			if k.Notes[i].Text, err = keys.Fields.OpenField(s.t.Context(), "note", k.Notes[i].Text); err != nil {
				s.t.Errorf("%s: %v", k.ID, err)
			}
		}
		found[k.ID] = k
	}
	return found
}

// rewriter seals anew with the newest key.
func (s *shelf) rewriter() *keyring.Rewriter {
	s.t.Helper()
	_, set, err := s.Load(s.t.Context(), keyring.Fields)
	if err != nil {
		s.t.Fatal(err)
	}
	return &keyring.Rewriter{Client: s.Client, Table: s.table, Key: []string{"a_number", "subscription_id"}, Fields: fieldsOf,
		Keys: keyring.Of(s.keys.Fields, s.Table).Fields, Primary: set.Primary(),
		Pause: func(context.Context) error { return nil }, Seen: func(int) {}}
}

func (s *shelf) counts() map[keyring.KeyID]int {
	s.t.Helper()
	counts, err := keyring.Count(s.t.Context(), s.Client, s.table, func(int) {})
	if err != nil {
		s.t.Fatal(err)
	}
	return counts
}

func TestRewriter(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		s := newShelf(t, 5, 2)
		old := s.rewriter().Primary
		s.put(kept{ANumber: "000000099", ID: "old", Phone: s.keys.Fields.Seal("phone", "of the data key")}) // before there were keysets
		before := s.all()
		s.rotate(t)
		dry := s.rewriter()
		dry.DryRun = true
		if tally, err := dry.Pass(t.Context()); err != nil || tally.Behind != 16 || tally.Rewritten != 0 || tally.WRU != 0 {
			t.Errorf("%+v, %v", tally, err)
		}
		r := s.rewriter()
		tally, err := r.Pass(t.Context())
		if err != nil || tally.Items != 6 || tally.Fields != 16 || tally.Rewritten != 16 || tally.Lost != 0 || tally.Calls != 7 || tally.WRU < 6 {
			t.Errorf("%+v, %v", tally, err)
		}
		if counts := s.counts(); counts[r.Primary] != 16 || counts[old] != 0 {
			t.Errorf("%v", counts)
		}
		if _, err := s.Retire(t.Context(), keyring.Fields, old, "test"); err != nil {
			t.Fatal(err)
		}
		if after := s.all(); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%v became %v", before, after)
		}
		if again, err := s.rewriter().Pass(t.Context()); err != nil || again.Behind != 0 || again.Calls != 1 {
			t.Errorf("again: %+v, %v", again, err)
		}
	})
	t.Run("MoreThanOneUpdateTakes", func(t *testing.T) {
		s := newShelf(t, 1, 300)
		before := s.all()
		s.rotate(t)
		if tally, err := s.rewriter().Pass(t.Context()); err != nil || tally.Rewritten != 301 {
			t.Errorf("%+v, %v", tally, err)
		}
		if after := s.all(); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Error("something is lost")
		}
	})
	t.Run("CutShortItIsBegunAgain", func(t *testing.T) {
		s := newShelf(t, 10, 1)
		before := s.all()
		s.rotate(t)
		killed, writes := s.rewriter(), 0
		killed.Pause = func(context.Context) error {
			if writes++; writes > 4 {
				return context.Canceled
			}
			return nil
		}
		first, err := killed.Pass(t.Context())
		if !errors.Is(err, context.Canceled) || first.Rewritten != 8 {
			t.Fatalf("%+v, %v", first, err)
		}
		if second, err := s.rewriter().Pass(t.Context()); err != nil || second.Rewritten != 12 {
			t.Errorf("%+v, %v", second, err)
		}
		if after := s.all(); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%v became %v", before, after)
		}
	})
	t.Run("WhatChangesMeanwhileIsNotLost", func(t *testing.T) {
		const items, changes = 8, 25
		s := newShelf(t, items, 1)
		s.rotate(t)
		var writers sync.WaitGroup
		for n := range items { // each has the old keyset still, and reads, changes and writes back as the service does
			writers.Go(func() { s.change(n, changes) })
		}
		done := make(chan struct{})
		go func() { writers.Wait(); close(done) }()
		overtaken := 0
		for running := true; running; {
			select {
			case <-done:
				running = false // and one pass more
			default:
			}
			tally, err := s.rewriter().Pass(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			overtaken += tally.Overtaken
		}
		t.Logf("%d were overtaken", overtaken)
		r := s.rewriter()
		if counts := s.counts(); counts[r.Primary] != 2*items {
			t.Errorf("%v", counts)
		}
		for id, k := range s.all() {
			var n int
			fmt.Sscanf(id, "id%d", &n)
			if k.Changes != changes || k.Phone != phone(n, changes) || k.Notes[0].Text != fmt.Sprint("note ", n, 0) {
				t.Errorf("%s: %d changes, %q, %q", id, k.Changes, k.Phone, k.Notes[0].Text)
			}
		}
	})
	t.Run("WhatOpensWithNoKeyIsCountedAndStays", func(t *testing.T) {
		s := newShelf(t, 2, 0)
		s.put(kept{ANumber: "000000050", ID: "moved", Phone: s.seal(s.keys, "phone", "text", "another item")})
		s.rotate(t)
		if tally, err := s.rewriter().Pass(t.Context()); err != nil || tally.Lost != 1 || tally.Rewritten != 2 {
			t.Errorf("%+v, %v", tally, err)
		}
	})
	t.Run("KMSDown", func(t *testing.T) {
		s := newShelf(t, 3, 0)
		s.rotate(t)
		r := s.rewriter()
		s.kms.Down(true)
		tally, err := r.Pass(t.Context())
		if err == nil || tally.Rewritten != 0 || tally.Lost != 0 {
			t.Errorf("%+v, %v", tally, err)
		}
		s.kms.Down(false)
		if counts := s.counts(); counts[r.Primary] != 0 {
			t.Errorf("%v", counts)
		}
	})
}

// change changes an item's phone so many times, each if nobody has changed the item since it was read, as inquiries do: by a
// version, and all of the item.
func (s *shelf) change(n, times int) {
	for i := 1; i <= times; {
		key := map[string]types.AttributeValue{"a_number": &types.AttributeValueMemberS{Value: fmt.Sprintf("%09d", n)},
			"subscription_id": &types.AttributeValueMemberS{Value: fmt.Sprint("id", n)}}
		consistent := true
		out, err := s.Client.GetItem(s.t.Context(), &dynamodb.GetItemInput{TableName: &s.table, Key: key, ConsistentRead: &consistent})
		var k kept
		if err == nil {
			err = attributevalue.UnmarshalMap(out.Item, &k)
		}
		if err == nil {
			k.Phone, err = s.keys.Fields.SealField(s.t.Context(), "phone", phone(n, i), k.ID)
		}
		k.Changes = i
		item, marshalErr := attributevalue.MarshalMap(k)
		if err := errors.Join(err, marshalErr); err != nil {
			s.t.Error(err)
			return
		}
		_, err = s.Client.PutItem(s.t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: item, ConditionExpression: new("changes = :before"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":before": &types.AttributeValueMemberN{Value: fmt.Sprint(i - 1)}}})
		if aws.ConditionFailed(err) {
			continue
		}
		if err != nil {
			s.t.Error(err)
			return
		}
		i++
	}
}
