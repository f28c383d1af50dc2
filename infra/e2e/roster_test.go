package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// testRoster takes the rosters of three days. Somebody is missing from the second, and back on the third.
func testRoster(t *testing.T, o office) {
	s, feed := o.stack, newFeed("jail")
	people, _ := s.roomful(t, 30)
	lost, here := people[7], people[8]
	m := s.load(t, inFeed("roster", feed), listed(t, ago(4), people), lost, here)
	if m.State != "done" || m.counts() != (counts{Rows: 30, Applied: 30}) {
		t.Fatalf("%+v", m)
	}
	watcher, other := s.phone(), s.phone()
	s.subscribe(t, lost.application(watcher))
	s.subscribe(t, here.application(other))

	without := slices.Concat(people[:7], people[8:])
	second := inFeed("roster", feed)
	m = s.upload(t, second, listed(t, ago(2), without))
	var r struct {
		Missing       int
		MissingUpload string `json:"missing_upload"`
	}
	if err := json.Unmarshal(s.get(t, "reports/"+m.UploadID+"/summary.json"), &r); err != nil {
		t.Fatal(err)
	}
	t.Run("WhoIsMissingIsNamedAndNotTold", func(t *testing.T) {
		if m.State != "done" || m.Events != 0 || r.Missing != 1 || r.MissingUpload == "" {
			t.Fatalf("%+v %+v", m, r)
		}
		lines, err := csv.NewReader(bytes.NewReader(s.get(t, "reports/"+m.UploadID+"/missing.csv"))).ReadAll()
		if err != nil || len(lines) != 2 || lines[0][0] != "a_number" || lines[1][0] != lost.aNumber {
			t.Errorf("missing.csv is %v, %v", lines, err)
		}
		if said := s.lookUp(t, lost.aNumber, lost.country); !strings.Contains(said.body, `"in_custody"`) || strings.Contains(said.body, "unlisted_since") {
			t.Errorf("%d %s", said.status, said.body)
		}
		s.noMore(t, map[string]int{watcher: 0, other: 0})
	})
	t.Run("ApprovedTheyAreToldAsNotOnTheList", func(t *testing.T) {
		if u := o.ann.show(t, r.MissingUpload); u.Kind != "missing" || u.State != "held" || u.Of != m.UploadID {
			t.Fatalf("%+v", u)
		}
		o.ann.approve(t, r.MissingUpload)
		s.noMore(t, map[string]int{watcher: 0})
		o.cleo.approve(t, r.MissingUpload)
		o.cleo.becomes(t, r.MissingUpload, "done")
		text := s.awaitAlerts(t, watcher, 1, heldWithin)[0].Body
		if !strings.Contains(text, "no longer on the agency's list") || strings.Contains(text, "RELEASED") {
			t.Errorf("%q", text)
		}
	})
	t.Run("PageAndJSONSayUnlisted", func(t *testing.T) {
		var found struct {
			Results []struct {
				Status        string
				UnlistedSince time.Time `json:"unlisted_since"`
			}
		}
		s.lookUp(t, lost.aNumber, lost.country).decode(t, http.StatusOK, &found)
		if len(found.Results) != 1 || found.Results[0].Status != "in_custody" || !found.Results[0].UnlistedSince.Equal(ago(2)) {
			t.Errorf("%+v", found)
		}
		page := readPage(t, s.post(t, "/custody", url.Values{"a_number": {lost.aNumber}, "country_of_birth": {lost.country}}))
		if words := page.words(); !strings.Contains(words, "not on the agency’s list of "+ago(2).In(feedZone).Format("January 2, 2006")) {
			t.Errorf("the page says %s", words)
		}
	})
	t.Run("BackOnTheListTheyAreToldAgain", func(t *testing.T) {
		m := s.upload(t, inFeed("roster", feed), listed(t, ago(1), people))
		if m.State != "done" || m.Events != 1 {
			t.Errorf("%+v", m)
		}
		text := s.awaitAlerts(t, watcher, 2, heldWithin)[1].Body
		if !strings.Contains(text, "on the agency's list of people in custody again") {
			t.Errorf("%q", text)
		}
		if said := s.lookUp(t, lost.aNumber, lost.country); !strings.Contains(said.body, `"in_custody"`) || strings.Contains(said.body, "unlisted_since") {
			t.Errorf("%d %s", said.status, said.body)
		}
	})
	s.settled(t)
	s.noMore(t, map[string]int{watcher: 2, other: 0})
}

// listed is a roster of some moment, with the design's own titles.
func listed(t *testing.T, asOf time.Time, people []person) []byte {
	t.Helper()
	lines := [][]string{{"a_number", "status", "as_of", "since", "last_name", "first_name", "country_of_birth", "date_of_birth", "protected", "facility"}}
	for _, p := range people {
		lines = append(lines, []string{p.aNumber, "in_custody", moment(asOf), moment(ago(20)), p.last, p.first, p.country, p.born, p.protected, "EASTFIELD EXAMPLE JAIL"})
	}
	return sheet(t, lines)
}
