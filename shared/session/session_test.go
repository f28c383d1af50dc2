package session_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/secret"
	"voice.example/shared/session"
	"voice.example/shared/staff"
)

var rosa = staff.Identity{Subject: "officer-1", Name: "Rosa Delgado-Finch", Email: "rosa@voice.example", Office: "PHX",
	Roles: []staff.Role{staff.Officer, staff.Operator}}

// desk is a sessions table whose clock the test sets.
type desk struct {
	*session.Table
	t   *testing.T
	now time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	keys, err := secret.New(strings.Repeat("k", secret.MinKeyLength))
	if err != nil {
		t.Fatal(err)
	}
	db := dynamodbtest.New(t, "sessions")
	d := &desk{t: t, now: time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)}
	d.Table = &session.Table{Client: db.Client, Name: db.Table("sessions"), Keys: keys, Idle: 30 * time.Minute, Absolute: 8 * time.Hour,
		Now: func() time.Time { return d.now }}
	return d
}

func (d *desk) start(who staff.Identity) string {
	d.t.Helper()
	token, err := d.Start(context.Background(), who)
	if err != nil {
		d.t.Fatal(err)
	}
	return token
}

// use checks what using a token comes to.
func (d *desk) use(token string, want error) session.Session {
	d.t.Helper()
	s, err := d.Use(context.Background(), token)
	if !errors.Is(err, want) || session.Ended(err) != (want != nil) || want != nil && s.ID != "" {
		d.t.Fatalf("%+v, %v; want %v", s, err, want)
	}
	return s
}

func TestSession(t *testing.T) {
	ctx := context.Background()
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		token := d.start(rosa)
		began := d.now
		d.now = d.now.Add(10 * time.Minute)
		s := d.use(token, nil)
		if !reflect.DeepEqual(s.Who, rosa) || !s.SignedInAt.Equal(began) || !s.SeenAt.Equal(d.now) || !secret.ValidID(s.ID) {
			t.Errorf("%+v", s)
		}
	})
	t.Run("NoRole", func(t *testing.T) {
		d := newDesk(t)
		if s := d.use(d.start(staff.Identity{Subject: "newcomer-1"}), nil); s.Who.Subject != "newcomer-1" || len(s.Who.Roles) != 0 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("UseKeepsItAlive", func(t *testing.T) {
		d := newDesk(t)
		token := d.start(rosa)
		for range 10 {
			d.now = d.now.Add(30*time.Minute - time.Second)
			d.use(token, nil)
		}
	})
	t.Run("ErrIdle", func(t *testing.T) {
		d := newDesk(t)
		token := d.start(rosa)
		d.now = d.now.Add(30 * time.Minute)
		d.use(token, session.ErrIdle)
		d.use(token, session.ErrIdle) // trying does not wake it
	})
	t.Run("ErrOld", func(t *testing.T) {
		d := newDesk(t)
		token := d.start(rosa)
		for end := d.now.Add(8 * time.Hour); d.now.Before(end); d.now = d.now.Add(15 * time.Minute) {
			d.use(token, nil)
		}
		d.use(token, session.ErrOld)
	})
	t.Run("ErrNone", func(t *testing.T) {
		d := newDesk(t)
		token := d.start(rosa)
		for _, other := range []string{"", "x", token[1:], token + "A", strings.Repeat("A", len(token)), strings.Repeat("é", 43)} {
			d.use(other, session.ErrNone)
		}
	})
	t.Run("End", func(t *testing.T) {
		d := newDesk(t)
		token, other := d.start(rosa), d.start(rosa)
		for range 2 {
			if err := d.End(ctx, token); err != nil {
				t.Fatal(err)
			}
		}
		d.use(token, session.ErrNone)
		d.use(other, nil)
		if err := d.End(ctx, "x"); err != nil {
			t.Error(err)
		}
	})
	t.Run("TwoSignInsAreTwoSessions", func(t *testing.T) {
		d := newDesk(t)
		one, two := d.start(rosa), d.start(rosa)
		if one == two || d.use(one, nil).ID == d.use(two, nil).ID {
			t.Error("they are one")
		}
	})
	t.Run("TableHasNoToken", func(t *testing.T) {
		d := newDesk(t)
		token := d.start(rosa)
		out, err := d.Client.Scan(ctx, &dynamodb.ScanInput{TableName: &d.Name})
		if err != nil || len(out.Items) != 1 {
			t.Fatalf("%v, %v", out.Items, err)
		}
		var stored struct {
			Session   string
			ExpiresAt int64 `dynamodbav:"expires_at"`
		}
		decode(t, out.Items[0], &stored)
		if !secret.ValidID(stored.Session) || strings.Contains(token, stored.Session) || stored.ExpiresAt != d.now.Add(8*time.Hour).Unix() {
			t.Errorf("%+v", stored)
		}
	})
	t.Run("ErrorOfTheTableIsNoEnd", func(t *testing.T) {
		d := newDesk(t)
		token := d.start(rosa)
		d.Name = "elsewhere"
		if _, err := d.Use(ctx, token); err == nil || session.Ended(err) || strings.Contains(err.Error(), token) {
			t.Errorf("%v", err)
		}
	})
}

func decode(t *testing.T, item map[string]types.AttributeValue, into any) {
	t.Helper()
	if err := attributevalue.UnmarshalMap(item, into); err != nil {
		t.Fatal(err)
	}
}
