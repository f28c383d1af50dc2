package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/web"
)

// noon is when the tests are: the clock of the handlers.
var noon = time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)

// lookupsPerMinute is what the template has, and triesPerNumber what becomes of it.
const (
	lookupsPerMinute = 60
	triesPerNumber   = lookupsPerMinute / numberShare
)

// desk is the function on a database of its own.
type desk struct {
	http.Handler
	table *custody.Table
	feeds *feed.Table
	now   time.Time
	meter *aws.Meter
	slept int // answers that were held back
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := dynamodbtest.New(t)
	d := &desk{meter: new(aws.Meter), now: noon}
	metered := dynamodb.New(db.Client.Options(), d.meter.Attach)
	d.table = custody.NewTable(metered, db.Table("custody"))
	d.feeds = &feed.Table{Client: metered, Name: db.Table("feeds")}
	clock := func() time.Time { return d.now }
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	pace := newPace(lookupsPerMinute, clock)
	pace.wait = func(_ context.Context, wait time.Duration) {
		if wait == slowdown {
			d.slept++
		}
	}
	site := web.Site{Agency: "VOICE", Hotline: "1-855-488-6423", Zone: zone}
	if d.Handler, err = newServer(site, d.table, &feed.Watch{List: d.feeds.List, Silent: 26 * time.Hour, Now: clock}, 400, pace, clock); err != nil {
		t.Fatal(err)
	}
	return d
}

// add puts an invented adult born in Mexico into the table, after change has had its way.
func (d *desk) add(t *testing.T, a custody.ANumber, change func(*custody.Record)) {
	t.Helper()
	public := false
	r := custody.Record{
		ANumber: a, Version: 1, LastName: "Prueba", FirstName: "Ada", DateOfBirth: "1980-01-02", CountryOfBirth: "MX",
		Protected: &public, Status: custody.InCustody, Since: noon.AddDate(0, 0, -4), AsOf: noon.Add(-20 * time.Hour),
		ReceivedAt: noon, Facility: "FLORENCE CENTER", FieldOffice: "PHO", UploadID: "u",
	}
	if change != nil {
		change(&r)
	}
	r.NameKey = custody.NameKeyOf(r.LastName, r.FirstName, r.CountryOfBirth)
	if err := d.table.Apply(context.Background(), r); err != nil {
		t.Fatal(err)
	}
}

// secrets fills the table with everybody whom no look-up may find, and gives their queries.
func (d *desk) secrets(t *testing.T) map[string]query {
	t.Helper()
	hidden := true
	d.add(t, "000000011", func(r *custody.Record) { r.DateOfBirth = "2010-01-02" })
	d.add(t, "000000012", func(r *custody.Record) { r.Protected = &hidden })
	d.add(t, "000000013", func(r *custody.Record) { r.Protected = nil })
	d.add(t, "000000014", func(r *custody.Record) { r.DateOfBirth = "" })
	d.add(t, "000000015", nil)
	return map[string]query{
		"Missing":          {ANumber: "999999999", CountryOfBirth: "MX"},
		"Minor":            {ANumber: "000000011", CountryOfBirth: "MX"},
		"Protected":        {ANumber: "000000012", CountryOfBirth: "MX"},
		"ProtectedUnknown": {ANumber: "000000013", CountryOfBirth: "MX"},
		"AgeUnknown":       {ANumber: "000000014", CountryOfBirth: "MX"},
		"WrongCountry":     {ANumber: "000000015", CountryOfBirth: "CU"},
	}
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

func (d *desk) search(body string) *httptest.ResponseRecorder {
	return d.ask("POST", "/v1/custody/search", "application/json", body)
}

func (d *desk) post(form url.Values) *httptest.ResponseRecorder {
	return d.ask("POST", "/custody", "application/x-www-form-urlencoded", form.Encode())
}

// whole is an answer as bytes: status, headers and body.
func whole(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var out bytes.Buffer
	result := w.Result()
	out.WriteString(result.Status + "\n")
	if err := result.Header.Write(&out); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(result.Body)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(body)
	return out.String()
}

// alike is the whole answer of a page to a query, with what was typed made alike.
func (d *desk) alike(t *testing.T, q query) string {
	t.Helper()
	dashed := q.ANumber[:3] + "-" + q.ANumber[3:6] + "-" + q.ANumber[6:]
	return strings.NewReplacer(q.ANumber, "NUMBER", dashed, "NUMBER", `value="`+q.CountryOfBirth+`"`, "COUNTRY", "Mexico", "COUNTRY", "Cuba", "COUNTRY").
		Replace(whole(t, d.post(form(q))))
}

func form(q query) url.Values {
	return url.Values{"a_number": {q.ANumber}, "country_of_birth": {q.CountryOfBirth}, "lang": {"en"}}
}
