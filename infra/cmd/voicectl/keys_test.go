package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/kms/kmstest"
	"voice.example/shared/audit"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/limit"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/subscription"
)

// safe is a service's tables with sealed fields in each, and an operator.
type safe struct {
	t             *testing.T
	db            *dynamodbtest.DB
	kms           *kmstest.KMS
	endpoint      string
	now           time.Time
	slept         func(time.Duration) // called when voicectl waits
	env           map[string]string
	table         *keyring.Table
	plain         *secret.Keys
	keys          keyring.Keys // of a process of the service that goes on
	subscriptions *subscription.Store
	inquiries     *inquiry.Table
	log           *audit.Log
	codes         []string
}

const safePhone, safeNote = "+12025550143", "He knows where I work."

func newSafe(t *testing.T) *safe {
	t.Helper()
	s := &safe{t: t, db: dynamodbtest.New(t, "keys", "subscriptions", "limits", "inquiries", "audit"), kms: kmstest.New(t), now: time.Now(), slept: func(time.Duration) {}}
	var err error
	if s.plain, err = secret.New(keyringtest.DataKey); err != nil {
		t.Fatal(err)
	}
	s.env = map[string]string{keysTable: s.db.Table("keys"), dataKMSKey: s.kms.Key, subscriptionsTable: s.db.Table("subscriptions"),
		limitsTable: s.db.Table("limits"), inquiriesTable: s.db.Table("inquiries"), auditTable: s.db.Table("audit"), "USER": "olga"}
	clock := func() time.Time { return s.now }
	s.table = &keyring.Table{Client: s.db.Client, Name: s.db.Table("keys"), KMS: s.kms.Client, Key: s.kms.Key, Now: clock}
	s.keys = keyring.Of(s.plain, s.table)
	if err := s.keys.Make(t.Context(), "escalate"); err != nil {
		t.Fatal(err)
	}
	s.subscriptions = &subscription.Store{Client: s.db.Client, Table: s.db.Table("subscriptions"), Keys: s.keys.Fields, Sender: s, Now: clock, Agency: "VOICE",
		Limits: &limit.Table{Client: s.db.Client, Name: s.db.Table("limits"), Now: clock}, CodesPerPhonePerHour: 100, CodesPerHour: 1000, Mail: mailbox{s}}
	s.inquiries = &inquiry.Table{Client: s.db.Client, Name: s.db.Table("inquiries"), Keys: s.keys.Fields, Retention: time.Hour, Now: clock}
	s.log = &audit.Log{Client: s.db.Client, Name: s.db.Table("audit"), Keys: s.keys.Audit, Retention: time.Hour, Now: clock}
	s.endpoint = s.both()
	return s
}

// both answers as KMS and as DynamoDB, at one address.
func (s *safe) both() string {
	to := func(address string) http.Handler {
		parsed, err := url.Parse(address)
		if err != nil {
			s.t.Fatal(err)
		}
		return &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(parsed) }}
	}
	keys, tables := to(s.kms.Endpoint), to(s.db.Endpoint)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "TrentService.") {
			keys.ServeHTTP(w, r)
			return
		}
		tables.ServeHTTP(w, r)
	}))
	s.t.Cleanup(server.Close)
	return server.URL
}

// Send keeps the code of a text.
func (s *safe) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	return "m", s.code(text)
}

func (s *safe) code(text string) error {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(word) == 6 {
			s.codes = append(s.codes, word)
			return nil
		}
	}
	return fmt.Errorf("no code in %q", text)
}

type mailbox struct{ *safe }

// Send keeps the code of a mail.
func (m mailbox) Send(_ context.Context, _, _, body string) (string, error) { return "m", m.code(body) }

// fill seals something of every kind.
func (s *safe) fill() (sub subscription.Subscription, reference string) {
	s.t.Helper()
	ctx := s.t.Context()
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	app := subscription.Application{ANumber: "900000001", CountryOfBirth: "MX", Phone: safePhone, Language: i18n.English, Second: "+12025550144", Email: "ada@example.org"}
	pending, err := s.subscriptions.Request(ctx, app, "")
	must(err)
	made, err := s.subscriptions.Confirm(ctx, pending.ID, s.codes[0])
	must(err)
	for _, code := range slices.Clone(s.codes[1:]) {
		if made, err = s.subscriptions.Confirm(ctx, pending.ID, code); err != nil {
			s.t.Fatal(err)
		}
	}
	i := inquiry.Inquiry{Reason: inquiry.Other, Channel: inquiry.Web, Language: i18n.English}
	must(s.inquiries.Reach(ctx, &i, inquiry.Contact{Name: "Ada", Phone: safePhone, MayText: true, Note: safeNote}))
	must(s.inquiries.Say(ctx, &i, "Please call."))
	opened, _, err := s.inquiries.Open(ctx, "cause", i, staff.Identity{})
	must(err)
	_, err = s.inquiries.Note(ctx, opened.Reference, staff.Identity{Subject: "o", Name: "Olga", Email: "olga@agency.example", Roles: []staff.Role{staff.Operator}}, safeNote)
	must(err)
	must(s.log.Write(ctx, audit.Entry{Subject: audit.Inquiry(opened.Reference), Actor: "o", Action: audit.Viewed, What: "an inquiry"}, safeNote))
	return made.Subscription, opened.Reference
}

// opens makes sure that everything opens, in a new process of the service.
func (s *safe) opens(sub subscription.Subscription, reference string) {
	s.t.Helper()
	ctx, keys := s.t.Context(), keyring.Of(s.plain, s.table)
	s.subscriptions.Keys, s.inquiries.Keys, s.log.Keys = keys.Fields, keys.Fields, keys.Audit
	defer func() {
		s.subscriptions.Keys, s.inquiries.Keys, s.log.Keys = s.keys.Fields, s.keys.Fields, s.keys.Audit
	}()
	got, err := s.subscriptions.Get(ctx, sub.ANumber, sub.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	if n, err := s.subscriptions.Phone(ctx, got); err != nil || n.E164() != safePhone {
		s.t.Errorf("the phone: %s, %v", n.E164(), err)
	}
	if n, err := s.subscriptions.SecondPhone(ctx, got); err != nil || n.E164() != "+12025550144" {
		s.t.Errorf("the second phone: %s, %v", n.E164(), err)
	}
	if a, err := s.subscriptions.EmailAddress(ctx, got); err != nil || a != "ada@example.org" {
		s.t.Errorf("the address: %s, %v", a, err)
	}
	i, err := s.inquiries.Get(ctx, reference)
	if err != nil {
		s.t.Fatal(err)
	}
	if c, err := s.inquiries.Contact(ctx, i); err != nil || c.Note != safeNote || c.Phone.E164() != safePhone {
		s.t.Errorf("the contact: %+v, %v", c, err)
	}
	if m, err := s.inquiries.Message(ctx, i); err != nil || m != "Please call." {
		s.t.Errorf("the message: %q, %v", m, err)
	}
	if text, err := s.inquiries.Text(ctx, i.Timeline[len(i.Timeline)-1]); err != nil || text != safeNote {
		s.t.Errorf("the note: %q, %v", text, err)
	}
	page, err := s.log.Of(ctx, audit.Inquiry(reference), 10, "")
	if err != nil || len(page.Entries) != 1 {
		s.t.Fatalf("%+v, %v", page, err)
	}
	if why, err := s.log.Why(ctx, page.Entries[0]); err != nil || why != safeNote {
		s.t.Errorf("the reason: %q, %v", why, err)
	}
}

func (s *safe) run(args ...string) ran {
	s.t.Helper()
	var out, err bytes.Buffer
	p := &program{in: strings.NewReader(""), out: &out, err: &err, now: func() time.Time { return s.now },
		sleep: func(_ context.Context, d time.Duration) error { s.slept(d); return nil },
		aws: func(context.Context) (aws.Config, error) {
			return aws.Config{Region: "us-east-1", BaseEndpoint: &s.endpoint, Credentials: s.db.Client.Options().Credentials,
				Retryer: func() aws.Retryer { return aws.NopRetryer{} }}, nil
		},
		getenv: func(name string) string { return s.env[name] }}
	r := ran{code: p.run(append([]string{"keys"}, args...)), out: out.String(), err: err.String()}
	for _, secret := range []string{safePhone, safePhone[2:], safeNote, "ada@"} {
		if strings.Contains(r.out+r.err, secret) {
			s.t.Errorf("%s was printed: %s %s", secret, r.out, r.err)
		}
	}
	return r
}

// primary is the key of a keyset that seals.
func (s *safe) primary(name keyring.Name) keyring.KeyID {
	s.t.Helper()
	_, set, err := s.table.Load(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return set.Primary()
}

func TestKeysRotation(t *testing.T) {
	s := newSafe(t)
	sub, reference := s.fill()
	old := s.primary(keyring.Fields).String()
	s.opens(sub, reference)

	if r := s.run("show", "--count", "--json"); r.code != 0 || !strings.Contains(r.out, `"values": 11`) || !strings.Contains(r.out, `"made_by": "escalate"`) {
		// a phone and two contacts; what waited for codes, with one value and twice two; a contact, a message and a note
		t.Errorf("%+v", r)
	}
	if r := s.run("retire", old, "--after", "25h"); r.code != 1 || !strings.Contains(r.err, "seals") {
		t.Errorf("the primary was retired: %+v", r)
	}
	if r := s.run("rotate"); r.code != 0 || !strings.Contains(r.out, "seals from now on") || !strings.Contains(r.out, "voicectl keys reencrypt") {
		t.Fatalf("%+v", r)
	}
	s.opens(sub, reference)
	if r := s.run("reencrypt", "--dry-run"); r.code != 0 || !strings.Contains(r.out, "6 values of 6 would be sealed anew") {
		t.Errorf("%+v", r)
	}
	if r := s.run("retire", old); r.code != 1 || !strings.Contains(r.err, "backups may hold") {
		t.Errorf("retired too soon: %+v", r)
	}
	if r := s.run("retire", old, "--after", "1h"); r.code != 2 {
		t.Errorf("while functions may seal with it: %+v", r)
	}
	s.now = s.now.Add(26 * time.Hour)
	if r := s.run("retire", old, "--after", "25h"); r.code != 1 || !strings.Contains(r.err, "the key stays") || !strings.Contains(r.err, "reencrypt") {
		t.Errorf("retired with something under it: %+v", r)
	}
	r := s.run("reencrypt", "--json")
	var done reencrypted
	if err := json.Unmarshal([]byte(r.out), &done); r.code != 0 || err != nil || done.Tally.Rewritten != 6 || done.Behind != 0 || done.Passes != 2 || done.Tally.Calls != 6 {
		t.Fatalf("%+v, %v", r, err)
	}
	s.opens(sub, reference)
	if r := s.run("reencrypt"); r.code != 0 || !strings.Contains(r.out, "0 values") {
		t.Errorf("again: %+v", r)
	}
	if r := s.run("retire", old, "--after", "25h", "--dry-run"); r.code != 1 { // what waited for codes is there still
		t.Errorf("%+v", r)
	}
	s.expire()
	if r := s.run("retire", old, "--after", "25h", "--dry-run"); r.code != 0 || !strings.Contains(r.out, "could be retired") {
		t.Errorf("%+v", r)
	}
	waits := 0
	s.slept = func(d time.Duration) {
		if d >= time.Minute {
			waits++
		}
	}
	if r := s.run("retire", old, "--after", "25h"); r.code != 0 || waits != 1 {
		t.Errorf("%+v, %d waits", r, waits)
	}
	s.opens(sub, reference)
	if r := s.run("show"); strings.Contains(r.out, old) || strings.Count(r.out, "fields") != 1 {
		t.Errorf("%+v", r)
	}
	if r := s.run("retire", old, "--after", "25h"); r.code != 1 || !strings.Contains(r.err, "no such key") {
		t.Errorf("again: %+v", r)
	}
}

// expire empties the limits table, as time does.
func (s *safe) expire() {
	s.t.Helper()
	table := s.db.Table("limits")
	out, err := s.db.Client.Scan(s.t.Context(), &dynamodb.ScanInput{TableName: &table})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, item := range out.Items {
		for name := range item {
			if name != "key" {
				delete(item, name)
			}
		}
		if _, err := s.db.Client.DeleteItem(s.t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: item}); err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestKeysRetire(t *testing.T) {
	t.Run("WhatIsWrittenBackBetweenItsTwoLooksKeepsTheKey", func(t *testing.T) {
		s := newSafe(t)
		sub, _ := s.fill()
		s.expire()
		old, before := s.primary(keyring.Fields).String(), sub
		s.run("rotate")
		s.now = s.now.Add(40 * 24 * time.Hour)
		s.run("reencrypt")
		s.slept = func(d time.Duration) {
			if d < time.Minute {
				return
			}
			item, err := attributevalue.MarshalMap(before)
			if err != nil {
				t.Fatal(err)
			}
			table := s.db.Table("subscriptions")
			if _, err := s.db.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
				t.Fatal(err)
			}
		}
		if r := s.run("retire", old); r.code != 1 || !strings.Contains(r.err, "sealed with it") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("OfTheAuditItStaysWithItsEntries", func(t *testing.T) {
		s := newSafe(t)
		s.fill()
		old := s.primary(keyring.Audit).String()
		if r := s.run("rotate", "--keyset", "audit"); r.code != 0 || strings.Contains(r.out, "reencrypt") {
			t.Errorf("%+v", r)
		}
		s.now = s.now.Add(40 * 24 * time.Hour)
		if r := s.run("retire", old, "--keyset", "audit"); r.code != 1 || !strings.Contains(r.err, "expire") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("BackupsThatAreKeptForLongerCount", func(t *testing.T) {
		s := newSafe(t)
		s.env[backupDays] = "100"
		old := s.primary(keyring.Fields).String()
		s.run("rotate")
		s.now = s.now.Add(40 * 24 * time.Hour)
		if r := s.run("retire", old); r.code != 1 || !strings.Contains(r.err, "the key stays until") {
			t.Errorf("%+v", r)
		}
	})
}

func TestKeysFaults(t *testing.T) {
	t.Run("WhatTheDataKeySealed", func(t *testing.T) {
		s := newSafe(t)
		sub, reference := s.fill()
		sub.SealedPhone = s.plain.Seal("subscription/phone", safePhone)
		item, err := attributevalue.MarshalMap(sub)
		if err != nil {
			t.Fatal(err)
		}
		table := s.db.Table("subscriptions")
		if _, err := s.db.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
			t.Fatal(err)
		}
		s.opens(sub, reference)
		if r := s.run("reencrypt"); r.code != 1 || !strings.Contains(r.out, "LEFT: 1 value") || !strings.Contains(r.out, dataKey) {
			t.Errorf("without the data key: %+v", r)
		}
		s.env[dataKey] = keyringtest.DataKey
		if r := s.run("reencrypt"); r.code != 0 || !strings.Contains(r.out, "1 value with") {
			t.Errorf("%+v", r)
		}
		s.opens(sub, reference)
	})
	t.Run("KMSDown", func(t *testing.T) {
		s := newSafe(t)
		sub, reference := s.fill()
		s.kms.Down(true)
		for _, args := range [][]string{{"rotate"}, {"reencrypt"}} {
			if r := s.run(args...); r.code != 1 || !strings.Contains(r.err, "by KMS") {
				t.Errorf("%v: %+v", args, r)
			}
		}
		s.kms.Down(false)
		s.opens(sub, reference)
		if r := s.run("show"); r.code != 0 || strings.Count(r.out, "yes") != 2 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("Usage", func(t *testing.T) {
		s := newSafe(t)
		for _, args := range [][]string{{"retire"}, {"retire", "xyz"}, {"rotate", "--keyset", "none"}, {"reencrypt", "--rate", "0"}, {"show", "more"}} {
			if r := s.run(args...); r.code != 2 {
				t.Errorf("%v: %+v", args, r)
			}
		}
		delete(s.env, inquiriesTable)
		if r := s.run("show"); r.code != 2 || !strings.Contains(r.err, inquiriesTable) {
			t.Errorf("%+v", r)
		}
		if r := s.run("--help"); r.code != 0 || !strings.Contains(r.out, "KeysSettings") {
			t.Errorf("%+v", r)
		}
	})
}
