package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestPace goes through numbers as scrapers do, and looks for one person among them.
func TestPace(t *testing.T) {
	from := func(d *desk, n int, number, country string) int {
		r := httptest.NewRequest("POST", "/v1/custody/search", strings.NewReader(`{"a_number":"`+number+`","country_of_birth":"`+country+`"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-For", "198.51.100.1") // which counts for nothing
		r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", n>>16&255, n>>8&255, n&255)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		return w.Code
	}
	t.Run("RotatingAddressesAreSlowed", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", nil)
		for n := range lookupsPerMinute + 5 {
			if got := from(d, n, strconv.Itoa(500_000_000+n), "MX"); got != http.StatusNotFound {
				t.Fatalf("%d", got)
			}
		}
		if d.slept != 5 {
			t.Errorf("%d answers were held back", d.slept)
		}
		if got := from(d, 70_000, "012345678", "MX"); got != http.StatusOK || d.slept != 5 {
			t.Errorf("whoever looks for somebody who is there: %d, held back %d", got, d.slept)
		}
		if got := from(d, 70_001, "555555555", "MX"); got != http.StatusNotFound {
			t.Errorf("whoever has the wrong number is refused: %d", got)
		}
		d.now = d.now.Add(time.Minute)
		from(d, 70_002, "555555556", "MX")
		if d.slept != 6 {
			t.Error("a minute later it is not over")
		}
	})
	t.Run("CountriesOfOneNumberAreSlowed", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", nil)
		for n := range triesPerNumber + 3 {
			d.now = d.now.Add(2 * time.Minute)
			from(d, n, "012345678", "CU")
		}
		if d.slept != 3 {
			t.Errorf("%d answers were held back", d.slept)
		}
		if got := from(d, 99, "012345678", "MX"); got != http.StatusOK || d.slept != 3 {
			t.Errorf("the right country: %d", got)
		}
	})
	t.Run("OneAddressIsSlowedAndNotRefused", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", nil)
		for range lookupsPerMinute + 4 {
			if got := from(d, 7, "012345678", "MX"); got != http.StatusOK {
				t.Fatalf("%d", got)
			}
		}
		if d.slept != 4 {
			t.Errorf("%d answers were held back", d.slept)
		}
	})
	t.Run("HiddenIsSlowedLikeMissing", func(t *testing.T) {
		for name, q := range newDesk(t).secrets(t) {
			d := newDesk(t)
			d.secrets(t)
			for n := range triesPerNumber + 1 {
				from(d, n, q.ANumber, q.CountryOfBirth)
			}
			if d.slept != 1 {
				t.Errorf("%s: %d answers were held back", name, d.slept)
			}
		}
	})
	t.Run("MemoryHasAnEnd", func(t *testing.T) {
		c := counter{window: time.Hour}
		for n := range 2 * mostCounted {
			c.add(noon, strconv.Itoa(n))
		}
		if len(c.uses) != mostCounted || c.add(noon, "1") != 2 {
			t.Errorf("%d are counted", len(c.uses))
		}
	})
}

// TestPaceFitsTheThrottle sees that look-ups which wait cannot hold the instances that texts need: Lambda has a thousand for an
// account that has asked for no more.
func TestPaceFitsTheThrottle(t *testing.T) {
	template, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	held := 0.0
	for _, route := range []string{"POST /custody", "POST /v1/custody/search"} {
		found := regexp.MustCompile(regexp.QuoteMeta(route) + `: \{ThrottlingRateLimit: (\d+), ThrottlingBurstLimit: \d+\}`).FindSubmatch(template)
		if found == nil {
			t.Fatalf("%s has no throttle of its own", route)
		}
		rate, _ := strconv.ParseFloat(string(found[1]), 64)
		held += rate * slowdown.Seconds()
	}
	if held > 250 {
		t.Errorf("look-ups can hold %.0f instances", held)
	}
}
