package inquiry

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/i18n"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
)

func TestFind(t *testing.T) {
	table, _ := newTable(t)
	made := open(t, table, "key", Inquiry{Reason: Other})
	if got, err := table.Find(ctx, Other, "key"); err != nil || got.Reference != made.Reference {
		t.Errorf("%+v, %v", got, err)
	}
	for name, err := range map[string]error{
		"of another cause":  second(table.Find(ctx, Other, "other")),
		"of another reason": second(table.Find(ctx, Alerts, "key")),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWithdraw(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		table, now := newTable(t)
		i := open(t, table, "a", Inquiry{Reason: Other})
		if _, err := table.Take(ctx, i.Reference, theo); err != nil {
			t.Fatal(err)
		}
		*now = now.Add(time.Hour)
		got, err := table.Withdraw(ctx, i.Reference)
		if err != nil || got.State != Resolved || got.Outcome != Withdrawn || !got.ResolvedAt.Equal(*now) || got.FirstContactAt != nil || got.DueAt != "" ||
			got.ExpiresAt != now.Add(table.Retention).Unix() || kinds(got) != "opened taken resolved" || got.Timeline[2].By != "" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := table.Withdraw(ctx, i.Reference); !errors.Is(err, ErrResolved) {
			t.Errorf("again: %v", err)
		}
	})
	t.Run("TheLoadOfWhoHadItGoesDown", func(t *testing.T) {
		table, _ := newTable(t)
		d := &loads{Table: table, changed: map[string]int{}}
		table.Directory = d
		i := open(t, table, "a", Inquiry{Reason: Other})
		if _, err := table.Take(ctx, i.Reference, theo); err != nil {
			t.Fatal(err)
		}
		if _, err := table.Withdraw(ctx, i.Reference); err != nil || d.changed[theo.Email] != 0 || len(d.changed) != 1 {
			t.Errorf("%v, %v", d.changed, err)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		table, _ := newTable(t)
		if _, err := table.Withdraw(ctx, "K7P4-QDX2"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}

// loads is a directory of nobody that sums up how loads change. The writes that it gives change an item beside the inquiries.
type loads struct {
	*Table
	changed map[string]int
}

func (l *loads) OfficeOf(context.Context, string) (string, error) { return National, nil }

func (l *loads) Choose(context.Context, string, staff.Role, i18n.Language) (string, error) {
	return "", nil
}

func (l *loads) LoadItem(person string, by int) types.TransactWriteItem {
	l.changed[person] += by
	return types.TransactWriteItem{Update: &types.Update{TableName: &l.Name, Key: key("load"), UpdateExpression: sdk.String("ADD #open :by"),
		ExpressionAttributeNames:  map[string]string{"#open": "open"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":by": &types.AttributeValueMemberN{Value: strconv.Itoa(by)}}}}
}

func TestAmend(t *testing.T) {
	const before, after = phone.Number("+12025550143"), phone.Number("+12025550144")
	table, _ := newTable(t)
	made := Inquiry{Reason: Other, MayText: true}
	if err := table.Reach(ctx, &made, Contact{Name: "Ana", Phone: before, MayText: true, Note: "not on Sundays"}); err != nil {
		t.Fatal(err)
	}
	made = open(t, table, "a", made)
	t.Run("AnotherPhone", func(t *testing.T) {
		got, err := table.Amend(ctx, made.Reference, func(c *Contact) { c.Phone, c.MayText = after, false })
		if err != nil || got.PhoneHash != optout.Hash(table.Keys, after) || got.MayText || kinds(got) != "opened amended" || got.Timeline[1].SealedText != "" {
			t.Errorf("%+v, %v", got, err)
		}
		if c, err := table.Contact(ctx, got); err != nil || c != (Contact{Name: "Ana", Phone: after, Note: "not on Sundays"}) {
			t.Errorf("%+v, %v", c, err)
		}
	})
	t.Run("NoPhone", func(t *testing.T) {
		got, err := table.Amend(ctx, made.Reference, func(c *Contact) { c.Phone, c.Email, c.MayText = "", "ana@example.org", true })
		if err != nil || got.PhoneHash != "" || got.MayText {
			t.Errorf("%+v, %v", got, err)
		}
		if got = get(t, table, made.Reference); got.PhoneHash != "" {
			t.Error("it is still found by the phone")
		}
	})
	t.Run("ErrResolved", func(t *testing.T) {
		if _, err := table.Withdraw(ctx, made.Reference); err != nil {
			t.Fatal(err)
		}
		if _, err := table.Amend(ctx, made.Reference, func(*Contact) {}); !errors.Is(err, ErrResolved) {
			t.Errorf("%v", err)
		}
	})
	t.Run("ErrUnreadableContact", func(t *testing.T) {
		i := open(t, table, "b", Inquiry{Reason: Other, SealedContact: "Ana"})
		_, err := table.Amend(ctx, i.Reference, func(*Contact) { t.Error("it was changed") })
		if err == nil || strings.Contains(err.Error(), "Ana") {
			t.Errorf("%v", err)
		}
	})
}

func TestVisit(t *testing.T) {
	table, now := newTable(t)
	i := open(t, table, "a", Inquiry{Reason: Other})
	token := table.VisitToken(table.Begin(i))
	if v, err := table.OpenVisit(token); err != nil || v.Of != i.Reference {
		t.Errorf("%+v, %v", v, err)
	}
	*now = now.Add(secret.VisitIdle)
	if _, err := table.OpenVisit(token); !errors.Is(err, secret.ErrVisitOver) {
		t.Errorf("%v", err)
	}
	if _, err := table.Note(ctx, i.Reference, staff.Identity{}, ""); !errors.Is(err, ErrNotYours) {
		t.Errorf("a holder is nobody of the staff: %v", err)
	}
}
