package audit

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/staff"
)

var ctx = context.Background()

// book is a log of its own, with a clock.
type book struct {
	*Log
	now time.Time
}

func newBook(t *testing.T) *book {
	t.Helper()
	db := dynamodbtest.New(t, "audit")
	keys := keyringtest.Keys(t)
	b := &book{now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	b.Log = &Log{Client: db.Client, Name: db.Table("audit"), Keys: keys, Retention: 400 * 24 * time.Hour, Now: func() time.Time { return b.now }}
	return b
}

var walter = staff.Identity{Subject: "walter", Name: "Walter Sample", Email: "walter@voice.example", Roles: []staff.Role{staff.Auditor}}

// write adds an entry, a second after the one before.
func (b *book) write(t testing.TB, subject string) {
	t.Helper()
	b.now = b.now.Add(time.Second)
	if err := b.Write(ctx, Entry{Subject: subject, Action: Viewed, What: "an inquiry"}.By(walter), "because of Ada"); err != nil {
		t.Fatal(err)
	}
}

// items are all items of the table, the blocks or the entries, in the order of their keys.
func (b *book) items(t testing.TB, blocks bool) (found []Item) {
	t.Helper()
	out, err := b.Client.Scan(ctx, &dynamodb.ScanInput{TableName: &b.Name})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range out.Items {
		if (s(item["subject"]) == chain) == blocks {
			found = append(found, item)
		}
	}
	slices.SortFunc(found, func(x, y Item) int { return strings.Compare(s(x["at"]), s(y["at"])) })
	return found
}

func s(v types.AttributeValue) string { return v.(*types.AttributeValueMemberS).Value }

func (b *book) put(t testing.TB, item Item) {
	t.Helper()
	if _, err := b.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &b.Name, Item: item}); err != nil {
		t.Fatal(err)
	}
}

func (b *book) remove(t testing.TB, item Item) {
	t.Helper()
	if _, err := b.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &b.Name, Key: keyOf(s(item["subject"]), s(item["at"]))}); err != nil {
		t.Fatal(err)
	}
}

func (b *book) verify(t testing.TB, noted ...Head) Report {
	t.Helper()
	r, err := b.Verify(ctx, noted, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *book) seal(t testing.TB, items ...Item) Head {
	t.Helper()
	head, err := b.Seal(ctx, items)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func TestWrite(t *testing.T) {
	b := newBook(t)
	b.write(t, Inquiry("K7P4-QDX2"))
	b.write(t, Inquiry("K7P4-QDX2"))
	b.write(t, Person(b.Keys, "001234567"))
	t.Run("OfASubject", func(t *testing.T) {
		first, err := b.Of(ctx, Inquiry("K7P4-QDX2"), 1, "")
		if err != nil || len(first.Entries) != 1 || first.Next == "" || strings.Contains(first.Next, "K7P4") {
			t.Fatalf("%+v, %v", first, err)
		}
		e := first.Entries[0]
		why, err := b.Why(context.Background(), e)
		if err != nil || why != "because of Ada" || strings.Contains(e.SealedWhy, "Ada") || e.ActorName != "Walter Sample" || !e.When().Equal(b.now.Add(-time.Second)) {
			t.Errorf("%+v, %q, %v", e, why, err)
		}
		second, err := b.Of(ctx, Inquiry("K7P4-QDX2"), 1, first.Next)
		if err != nil || len(second.Entries) != 1 || second.Entries[0].At >= e.At {
			t.Errorf("%+v, %v", second, err)
		}
	})
	t.Run("BySomebody", func(t *testing.T) {
		for _, somebody := range []string{"walter", "Walter@voice.example"} {
			page, err := b.By(ctx, somebody, 2, "")
			if err != nil || len(page.Entries) != 2 || !strings.HasPrefix(page.Entries[0].Subject, "custody#") || strings.Contains(page.Entries[0].Subject, "001234567") {
				t.Fatalf("%s: %+v, %v", somebody, page, err)
			}
			if page, err = b.By(ctx, somebody, 2, page.Next); err != nil || len(page.Entries) != 1 || page.Next != "" {
				t.Errorf("%s: %+v, %v", somebody, page, err)
			}
		}
	})
	t.Run("TwoAtTheSameMoment", func(t *testing.T) {
		for range 2 {
			if err := b.Write(ctx, Entry{Subject: "x#1", Actor: Holder, Action: Deleted}, ""); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("TheAnswerToTheFirstTryIsLost", func(t *testing.T) {
		lost := *b.Log
		lost.Client = dynamodb.New(b.Client.Options(), func(o *dynamodb.Options) { o.HTTPClient = &deaf{next: o.HTTPClient} })
		if err := lost.Write(ctx, Entry{Subject: "x#2", Actor: Holder, Action: Deleted}, "why"); err != nil {
			t.Error(err)
		}
		if page, err := b.Of(ctx, "x#2", 9, ""); err != nil || len(page.Entries) != 1 {
			t.Errorf("%+v, %v", page, err)
		}
	})
	t.Run("ErrAnotherIsThere", func(t *testing.T) {
		one := Item{"subject": &types.AttributeValueMemberS{Value: "x"}, "actor": &types.AttributeValueMemberS{Value: "a"}}
		if already(&types.ConditionalCheckFailedException{Item: one}, Item{"subject": one["subject"]}) || !already(&types.ConditionalCheckFailedException{Item: one}, one) {
			t.Error("an item is taken for another")
		}
	})
	t.Run("ErrIncomplete", func(t *testing.T) {
		for _, e := range []Entry{{Actor: "a", Action: Viewed}, {Subject: "x", Action: Viewed}, {Subject: "x", Actor: "a"}, {Subject: chain, Actor: "a", Action: Viewed}} {
			if err := b.Write(ctx, e, ""); err == nil {
				t.Errorf("%+v was written", e)
			}
		}
	})
	t.Run("ErrAfter", func(t *testing.T) {
		page, err := b.Of(ctx, Inquiry("K7P4-QDX2"), 1, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range []string{"x", page.Next} {
			if _, err := b.Of(ctx, Inquiry("2222-2222"), 1, after); !errors.Is(err, ErrAfter) {
				t.Errorf("%v", err)
			}
		}
	})
}

// deaf does not hear the first answer.
type deaf struct {
	next  dynamodb.HTTPClient
	heard bool
}

func (d *deaf) Do(r *http.Request) (*http.Response, error) {
	answer, err := d.next.Do(r)
	if err != nil || d.heard {
		return answer, err
	}
	d.heard = true
	answer.Body.Close()
	return nil, io.ErrUnexpectedEOF
}

func TestSeal(t *testing.T) {
	b := newBook(t)
	for range 4 {
		b.write(t, "x#1")
	}
	entries := b.items(t, false)
	t.Run("OK", func(t *testing.T) {
		if r := b.verify(t); r.Waiting != 4 || len(r.Problems) != 0 || r.Head.Number != 0 {
			t.Errorf("before: %+v", r)
		}
		b.seal(t, entries[0], entries[1])
		head := b.seal(t, entries[2], entries[3])
		if r := b.verify(t, head); r.Entries != 4 || r.Blocks != 2 || r.Waiting != 0 || len(r.Problems) != 0 || r.Head != head {
			t.Errorf("%+v", r)
		}
		if read, err := ParseHead(head.String()); err != nil || read != head {
			t.Errorf("%v, %v", read, err)
		}
	})
	t.Run("AgainIsNoHarm", func(t *testing.T) {
		b.seal(t, entries[1], entries[2])
		if r := b.verify(t); len(r.Problems) != 0 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("SideBySide", func(t *testing.T) {
		errs := make(chan error, 6)
		for range cap(errs) {
			go func() { _, err := b.Seal(ctx, entries[:1]); errs <- err }()
		}
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if r := b.verify(t); r.Blocks != 9 || len(r.Problems) != 0 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ErrUnreadable", func(t *testing.T) {
		for _, item := range []Item{{}, b.items(t, true)[0], {"subject": &types.AttributeValueMemberS{Value: "x"}}} {
			if _, err := b.Seal(ctx, []Item{item}); !errors.Is(err, ErrUnreadable) || Readable(item) {
				t.Errorf("%v", err)
			}
		}
	})
	t.Run("ErrHead", func(t *testing.T) {
		for _, text := range []string{"", "1", "1:x", "x:" + strings.Repeat("a", 43), "0:" + strings.Repeat("a", 43)} {
			if _, err := ParseHead(text); err == nil {
				t.Errorf("%q", text)
			}
		}
	})
}

func TestLife(t *testing.T) {
	b := newBook(t)
	b.write(t, "x#1")
	entry := b.items(t, false)[0]
	b.seal(t, entry)
	b.remove(t, entry)
	if r := b.verify(t); len(r.Problems) != 1 || r.Problems[0].Kind != EntryMissing || r.Problems[0].Subject != "x#1" {
		t.Errorf("gone too early: %+v", r)
	}
	b.now = b.now.Add(b.Retention)
	if r := b.verify(t); len(r.Problems) != 0 || r.Expired != 1 {
		t.Errorf("gone when its life was over: %+v", r)
	}
}
