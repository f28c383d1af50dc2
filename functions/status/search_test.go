package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"voice.example/shared/custody"
)

func TestSearch(t *testing.T) {
	d := newDesk(t)
	d.add(t, "012345678", nil)
	d.add(t, "012345679", func(r *custody.Record) { r.InTransit = true })
	d.add(t, "012345670", func(r *custody.Record) { r.LastName, r.FirstName = "Otra", "Eva" })
	d.add(t, "012345671", func(r *custody.Record) {
		r.LastName, r.FirstName, r.DateOfBirth = "Otra", "Eva", "1990-05-06"
	})
	secrets := d.secrets(t)

	t.Run("OK", func(t *testing.T) {
		w := d.search(`{"a_number":"A012-345-678","country_of_birth":"MÉXICO"}`)
		want := `{"results":[{"status":"in_custody","since":"2026-05-28T16:00:00Z","facility":"FLORENCE CENTER",` +
			`"field_office":"PHO","as_of":"2026-05-31T20:00:00Z","explanation":"In custody at FLORENCE CENTER since May 28, 2026. ` +
			`This means that the person is held and cannot leave. They can be moved to another place, or let out, at any time."}]}` + "\n"
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if got := w.Header().Get("Content-Type"); got != "application/json" {
			t.Errorf("content type %q", got)
		}
	})
	t.Run("NoFacilityWhileBeingMoved", func(t *testing.T) {
		w := d.search(`{"a_number":"12345679","country_of_birth":"MEX"}`)
		if body := w.Body.String(); !strings.Contains(body, `"in_transit":true`) || !strings.Contains(body, `"facility":""`) {
			t.Errorf("got %s", body)
		}
	})
	t.Run("ByName", func(t *testing.T) {
		for body, want := range map[string]int{
			`{"last_name":"OTRA","first_name":"éva","country_of_birth":"MX"}`:                              2,
			`{"last_name":"Otra","first_name":"Eva","country_of_birth":"MX","date_of_birth":"1990-05-06"}`: 1,
		} {
			var answer struct{ Results []result }
			w := d.search(body)
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || len(answer.Results) != want {
				t.Errorf("%s: got %d %s", body, w.Code, w.Body)
			}
		}
	})
	t.Run("NoOracle", func(t *testing.T) {
		var first, firstWork string
		for name, q := range secrets {
			before := d.meter.Read()
			body, err := json.Marshal(q)
			if err != nil {
				t.Fatal(err)
			}
			answer := whole(t, d.search(strings.Replace(string(body), `,"last_name":"","first_name":"","date_of_birth":""`, "", 1)))
			after := d.meter.Read()
			work := strings.Repeat("r", int(2*(after.RRU-before.RRU))) + strings.Repeat("w", int(after.WRU-before.WRU))
			if first == "" {
				first, firstWork = answer, work
			}
			if !strings.HasPrefix(answer, "404 ") || answer != first {
				t.Errorf("%s: got\n%s\nnot\n%s", name, answer, first)
			}
			if work != "r" || work != firstWork {
				t.Errorf("%s: did the work %q, want one read of half a unit", name, work)
			}
		}
	})
	t.Run("NoOracleByName", func(t *testing.T) {
		// Four people of this name may not be shown, and nobody has the other.
		d.add(t, "000000021", func(r *custody.Record) { r.LastName, r.DateOfBirth = "Secreta", "2012-01-02" })
		hidden := whole(t, d.search(`{"last_name":"Secreta","first_name":"Ada","country_of_birth":"MX"}`))
		missing := whole(t, d.search(`{"last_name":"Nadie","first_name":"Ada","country_of_birth":"MX"}`))
		if hidden != missing || !strings.HasPrefix(hidden, "404 ") {
			t.Errorf("got\n%s\nand\n%s", hidden, missing)
		}
	})
}

func TestSearchRefuses(t *testing.T) {
	d := newDesk(t)
	for _, test := range []struct {
		name, body string
		status     int
		field      string
	}{
		{"ErrNoANumber", `{"country_of_birth":"MX"}`, 400, "a_number"},
		{"ErrShortANumber", `{"a_number":"123456","country_of_birth":"MX"}`, 400, "a_number"},
		{"ErrNoCountry", `{"a_number":"012345678"}`, 400, "country_of_birth"},
		{"ErrUnknownCountry", `{"a_number":"012345678","country_of_birth":"USSR"}`, 400, "country_of_birth"},
		{"ErrBothWays", `{"a_number":"012345678","last_name":"x","first_name":"y","country_of_birth":"MX"}`, 400, "a_number"},
		{"ErrNoFirstName", `{"last_name":"x","country_of_birth":"MX"}`, 400, "first_name"},
		{"ErrBadDate", `{"last_name":"x","first_name":"y","country_of_birth":"MX","date_of_birth":"2/1/1980"}`, 400, "date_of_birth"},
		{"ErrNoSuchDay", `{"last_name":"x","first_name":"y","country_of_birth":"MX","date_of_birth":"1980-02-31"}`, 400, "date_of_birth"},
		{"ErrNoLetters", `{"last_name":"🙂","first_name":"y","country_of_birth":"MX"}`, 400, "last_name"},
		{"ErrFutureDate", `{"last_name":"x","first_name":"y","country_of_birth":"MX","date_of_birth":"2030-01-01"}`, 400, "date_of_birth"},
		{"ErrUnknownField", `{"a_number":"012345678","country_of_birth":"MX","ssn":"1"}`, 400, "ssn"},
		{"ErrNumberForText", `{"a_number":12345678,"country_of_birth":"MX"}`, 400, "a_number"},
		{"ErrNoJSON", `a_number=012345678`, 400, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := d.meter.Read()
			w := d.search(test.body)
			var p struct {
				Status int
				Errors []struct{ Field, Problem string }
			}
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status || p.Status != test.status || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if test.field != "" && (len(p.Errors) != 1 || p.Errors[0].Field != test.field || p.Errors[0].Problem == "") {
				t.Errorf("got %s, want a problem with %s alone", w.Body, test.field)
			}
			if d.meter.Read() != before {
				t.Error("a record was read before the request was understood")
			}
		})
	}
}

// TestOneRead holds a look-up by A-number to one eventually consistent read of one record, whatever there is to find. What
// is known of the feeds is read once a minute, and not for each.
func TestOneRead(t *testing.T) {
	d := newDesk(t)
	d.add(t, "012345678", nil)
	secrets := d.secrets(t)
	d.search(`{"a_number":"12345678","country_of_birth":"MX"}`) // has the feeds read
	asked := map[string]query{"Found": {ANumber: "12345678", CountryOfBirth: "MX"}}
	maps.Copy(asked, secrets)
	for name, q := range asked {
		for way, ask := range map[string]func(){
			"JSON": func() { d.search(`{"a_number":"` + q.ANumber + `","country_of_birth":"` + q.CountryOfBirth + `"}`) },
			"Page": func() { d.post(form(q)) },
		} {
			t.Run(name+way, func(t *testing.T) {
				before := d.meter.Read()
				ask()
				after := d.meter.Read()
				if after.Calls-before.Calls != 1 || after.RRU-before.RRU != 0.5 || after.WRU != before.WRU {
					t.Errorf("from %+v to %+v, want one call of half a read unit", before, after)
				}
			})
		}
	}
}
