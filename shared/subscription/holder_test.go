package subscription

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/phone"
)

// spoil makes an item of the subscriptions table one that cannot be read.
func (d *desk) spoil(t *testing.T, sub Subscription) {
	t.Helper()
	_, err := d.Client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &d.Table, Item: map[string]types.AttributeValue{
		"a_number": &types.AttributeValueMemberS{Value: string(sub.ANumber)}, "subscription_id": &types.AttributeValueMemberS{Value: sub.ID},
		"phone_hash": &types.AttributeValueMemberS{Value: sub.PhoneHash}, "created_at": &types.AttributeValueMemberBOOL{Value: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHolder(t *testing.T) {
	ctx := context.Background()
	// held is a phone with three subscriptions, of which one cannot be read, beside another phone with one.
	held := func(t *testing.T) (d *desk, own []Subscription, others Subscription) {
		d = newDesk(t)
		d.CodesPerPhonePerHour = 10
		for _, a := range []custody.ANumber{"001234567", "001234568", "001234569"} {
			app := application
			app.ANumber = a
			own = append(own, d.subscribe(t, app).Subscription)
		}
		d.spoil(t, own[1])
		app := application
		app.Phone = "+12025550144"
		return d, own, d.subscribe(t, app).Subscription
	}
	t.Run("EachOfPhone", func(t *testing.T) {
		d, own, _ := held(t)
		read, unreadable := map[string]bool{}, 0
		for sub, err := range d.EachOfPhone(ctx, own[0].PhoneHash) {
			if errors.Is(err, ErrUnreadable) {
				unreadable++
			} else if err != nil {
				t.Fatal(err)
			}
			read[sub.ID] = true
		}
		if len(read) != 3 || unreadable != 1 || !read[own[0].ID] || !read[own[2].ID] {
			t.Errorf("%d, %d unreadable", len(read), unreadable)
		}
	})
	t.Run("FindOfPhone", func(t *testing.T) {
		d, own, others := held(t)
		for _, id := range []string{own[2].ID, own[2].RequestID} {
			if sub, err := d.FindOfPhone(ctx, own[0].PhoneHash, id); err != nil || sub.ID != own[2].ID {
				t.Errorf("%v, %v", sub.ID, err)
			}
		}
		for _, id := range []string{others.ID, others.RequestID, own[1].ID, "", "x"} {
			if _, err := d.FindOfPhone(ctx, own[0].PhoneHash, id); !errors.Is(err, ErrNotFound) {
				t.Errorf("%q: got %v", id, err)
			}
		}
	})
	t.Run("ChangeOfPhone", func(t *testing.T) {
		d, own, others := held(t)
		spanish, second := i18n.Spanish, phone.Number("+12025550199")
		sub, err := d.ChangeOfPhone(ctx, own[0].PhoneHash, own[0].ID, Changes{Language: &spanish, Second: &second})
		if err != nil || sub.Language != spanish || len(sub.Waiting(d.now)) != 1 || d.to[len(d.to)-1] != second {
			t.Errorf("%+v, %v", sub, err)
		}
		if _, err := d.ChangeOfPhone(ctx, own[0].PhoneHash, others.ID, Changes{Language: &spanish}); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
		if sub, err := d.Get(ctx, others.ANumber, others.ID); err != nil || sub.Language != i18n.English {
			t.Errorf("another phone's was changed: %+v, %v", sub, err)
		}
	})
	t.Run("TokensOfPhone", func(t *testing.T) {
		d, own, others := held(t)
		all, err := d.TokensOfPhone(ctx, own[0].PhoneHash)
		if err != nil || len(all) != 2 {
			t.Fatalf("%d, %v", len(all), err)
		}
		for _, m := range all {
			if sub, err := d.Find(ctx, m.Subscription.ID, m.ManageToken); err != nil || sub.PhoneHash != own[0].PhoneHash {
				t.Errorf("%+v, %v", sub, err)
			}
		}
		if sub, err := d.Get(ctx, others.ANumber, others.ID); err != nil || sub.TokenHash != others.TokenHash {
			t.Errorf("another phone's token was replaced: %v", err)
		}
	})
	t.Run("StopOfPhone", func(t *testing.T) {
		d, own, others := held(t)
		if err := d.StopOfPhone(ctx, own[0].PhoneHash, own[0].ID); err != nil {
			t.Error(err)
		}
		for _, id := range []string{own[0].ID, others.ID} {
			if err := d.StopOfPhone(ctx, own[0].PhoneHash, id); !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v", err)
			}
		}
		if left := append(d.subscribers(t, "001234567"), d.subscribers(t, "001234569")...); len(left) != 2 || left[0].ID != others.ID {
			t.Errorf("%v are left", left)
		}
	})
	t.Run("ManyAtOnceAreToldThatItIsGone", func(t *testing.T) {
		d, own, _ := held(t)
		spanish := i18n.Spanish
		var group sync.WaitGroup
		for i := range 24 {
			group.Go(func() {
				var err error
				if i%2 == 0 {
					err = d.StopOfPhone(ctx, own[0].PhoneHash, own[0].ID)
				} else {
					_, err = d.ChangeOfPhone(ctx, own[0].PhoneHash, own[0].ID, Changes{Language: &spanish})
				}
				if err != nil && !errors.Is(err, ErrNotFound) {
					t.Error(err)
				}
			})
		}
		group.Wait()
	})
	t.Run("ForgetPhone", func(t *testing.T) {
		d, own, others := held(t)
		second, mail := phone.Number("+12025550199"), "maria@example.org"
		if _, err := d.ChangeOfPhone(ctx, own[0].PhoneHash, own[0].ID, Changes{Second: &second, Email: &mail}); err != nil {
			t.Fatal(err)
		}
		if n, err := d.ForgetPhone(ctx, own[0].PhoneHash); err != nil || n != 3 {
			t.Errorf("%d, %v", n, err)
		}
		if n, err := d.ForgetPhone(ctx, own[0].PhoneHash); err != nil || n != 0 {
			t.Errorf("a second time: %d, %v", n, err)
		}
		for _, kind := range contacts {
			var a asked
			if err := d.pending(ctx, askedKey(own[0].RequestID, kind), &a); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s still waits: %v", kind, err)
			}
		}
		if out, err := d.Client.Scan(ctx, &dynamodb.ScanInput{TableName: &d.Table}); err != nil || len(out.Items) != 1 {
			t.Errorf("%d are left, %v", len(out.Items), err)
		}
		if _, err := d.Get(ctx, others.ANumber, others.ID); err != nil {
			t.Errorf("another phone's is gone: %v", err)
		}
	})
}
