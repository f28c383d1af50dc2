package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/alert"
	"voice.example/shared/audit"
	"voice.example/shared/aws"
	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/limit"
	"voice.example/shared/numbering"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// desk is the function on a database of its own, with a clock to turn and a phone to read.
type desk struct {
	http.Handler
	now   time.Time
	texts []string
	mail  mailbox
	db    *dynamodbtest.DB
	store *subscription.Store
	fail  error
	// ledger is metered, apart from the store.
	ledger *alert.Ledger
	meter  aws.Meter
	// inquiries and offices are what was asked, and by whom it is seen to.
	inquiries *inquiry.Table
	offices   *directory.Table
	audit     *audit.Log
}

// Send is the phone network.
func (d *desk) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	if d.fail != nil {
		return "", d.fail
	}
	d.texts = append(d.texts, text)
	return "message", nil
}

// code is the code of the last text.
func (d *desk) code(t *testing.T) string {
	t.Helper()
	if len(d.texts) == 0 {
		t.Fatal("no text was sent")
	}
	code := regexp.MustCompile(`\b\d{6}\b`).FindString(d.texts[len(d.texts)-1])
	if code == "" {
		t.Fatal("the text has no code")
	}
	return code
}

// wrongCode is six digits that are not the code.
func (d *desk) wrongCode(t *testing.T) string {
	if d.code(t) == "000000" {
		return "111111"
	}
	return "000000"
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return newHandled(t, func(*handler) {})
}

// newHandled is newDesk with a handler that is set up otherwise.
func newHandled(t *testing.T, set func(*handler)) *desk {
	t.Helper()
	db := dynamodbtest.New(t)
	keys := keyringtest.Keys(t)
	d := &desk{db: db, now: time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return d.now }
	d.store = &subscription.Store{
		Client: db.Client, Table: db.Table("subscriptions"), Keys: keys, Sender: d, Agency: "VOICE", Now: clock,
		Limits: &limit.Table{Client: db.Client, Name: db.Table("limits"), Now: clock},
		Mail:   &d.mail, Zone: time.UTC, CodesPerPhonePerHour: 3, CodesPerHour: 1000, CountryOf: numbering.CountryOf, ZoneOf: numbering.ZoneOf,
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	d.ledger = &alert.Ledger{Client: dynamodb.New(db.Client.Options(), d.meter.Attach), Table: db.Table("alerts"), Retention: 24 * time.Hour, Now: clock}
	d.offices = &directory.Table{Client: db.Client, Name: db.Table("directory"), Now: clock, Zone: zone}
	d.inquiries = &inquiry.Table{Client: db.Client, Name: db.Table("inquiries"), Keys: keys, Directory: d.offices, Now: clock,
		Terms: inquiry.Terms{inquiry.CustodyStatus: 4 * time.Hour}, Retention: 400 * 24 * time.Hour}
	d.audit = &audit.Log{Client: db.Client, Name: db.Table("audit"), Keys: keys, Retention: 400 * 24 * time.Hour, Now: clock}
	d.store.Others = d.inquiries.TextsOf
	h := &handler{store: d.store, ledger: d.ledger, ledgerDays: 400,
		inquiries: d.inquiries, offices: d.offices, audit: d.audit, tipLine: "1-866-347-2423", ownCase: "1-800-375-5283", codesPerAddress: 1000}
	set(h)
	d.Handler, err = newServer(web.Site{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: zone}, h)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ask sends a request; extra are header names and values.
func (d *desk) ask(method, path, kind, body string, extra ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(extra); i += 2 {
		r.Header.Set(extra[i], extra[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func (d *desk) json(method, path, body string, extra ...string) *httptest.ResponseRecorder {
	return d.ask(method, path, "application/json", body, extra...)
}

// post sends a form as a browser sends one of ours.
func (d *desk) post(path string, form url.Values) *httptest.ResponseRecorder {
	return d.ask("POST", path, "application/x-www-form-urlencoded", form.Encode(), "Sec-Fetch-Site", "same-origin")
}

// request subscribes a phone and gives the request's id.
func (d *desk) request(t *testing.T, number string, extra ...string) string {
	t.Helper()
	w := d.json("POST", "/v1/subscriptions",
		`{"a_number":"A012-345-678","country_of_birth":"Mexico","phone":"`+number+`","language":"en"}`, extra...)
	if w.Code != http.StatusAccepted {
		t.Fatalf("got %d: %s", w.Code, w.Body)
	}
	var answer struct {
		ID string `json:"subscription_id"`
	}
	decode(t, w, &answer)
	return answer.ID
}

func decode(t *testing.T, w *httptest.ResponseRecorder, target any) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), target); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
}

// problem is the part of a problem document that tests look at.
type problem struct {
	Code      string
	Title     string
	Detail    string
	Hotline   string
	TriesLeft *int `json:"tries_left"`
	Errors    []struct{ Field, Problem string }
}

func fields(p problem) string {
	var names []string
	for _, e := range p.Errors {
		names = append(names, e.Field)
	}
	return strings.Join(names, " ")
}
