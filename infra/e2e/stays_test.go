package e2e

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// titled is a row by its titles.
type titled map[string]string

// testStays uploads a file of thousands of stints and compares every person with what the file says.
func testStays(t *testing.T, s *stack) {
	body := staysFile(t)
	rows := readTitled(t, body)
	for _, r := range rows {
		made.People.Number(r["A-Number"])
	}
	began := time.Now()
	m := s.upload(t, key("stays"), body)
	took := time.Since(began)

	want, rejected := latestStints(t, rows, began)
	t.Run("EveryRowIsAccountedFor", func(t *testing.T) {
		if m.State != "done" || m.Rows != len(rows) || m.Rejected != rejected || m.Applied != len(want) || m.Conflicts != 0 {
			t.Errorf("%+v, want %d rows, %d people and %d rejects", m, len(rows), len(want), rejected)
		}
	})
	t.Run("WithinAMinute", func(t *testing.T) {
		if took > time.Minute {
			t.Errorf("it took %s", took)
		}
	})
	t.Run("FiguresAreThere", func(t *testing.T) {
		if m.RRU <= 0 || m.WRU < float64(m.Applied) || m.CostUSD <= 0 || m.Events == 0 || m.Alerts != 0 {
			t.Errorf("%+v", m)
		}
	})
	t.Run("EachPersonIsInTheStateOfTheirLatestStint", func(t *testing.T) {
		have := s.custody(t)
		wrong := 0
		for a, w := range want {
			if got := standingOf(t, have[a]); got != w {
				if wrong++; wrong <= 5 {
					t.Errorf("%s: have %+v, want %+v", a, got, w)
				}
			}
		}
		if wrong > 0 {
			t.Errorf("%d people of %d are wrong", wrong, len(want))
		}
	})
	t.Run("SameFileAgainWritesNothing", func(t *testing.T) {
		before := s.custody(t)
		again := s.upload(t, key("stays-again"), body)
		want := counts{Rows: m.Rows, Unchanged: m.Applied, Superseded: m.Superseded, Rejected: m.Rejected}
		if again.counts() != want || again.Events != 0 {
			t.Errorf("%+v, want %+v", again, want)
		}
		sameTable(t, before, s.custody(t))
	})
}

// standing is where a person stands, in the words of the custody table.
type standing struct {
	status, facility, since string
	inTransit               bool
	protected               bool
}

func standingOf(t *testing.T, item map[string]any) standing {
	t.Helper()
	text := func(name string) string { v, _ := item[name].(string); return v }
	flag := func(name string) bool { v, _ := item[name].(bool); return v }
	since, err := time.Parse(time.RFC3339, text("since"))
	if item != nil && err != nil {
		t.Errorf("since is %q", text("since"))
	}
	return standing{text("status"), text("facility_code"), since.UTC().Format(time.DateTime), flag("in_transit"), flag("protected")}
}

// meaning is what the agency's reasons say, after the design, section 5.
func meaning(reason string) (status string, inTransit bool) {
	switch {
	case reason == "", reason == "Processing Disposition Changed Locally":
		return "in_custody", false
	case reason == "Transferred":
		return "in_custody", true
	case reason == "Removed", reason == "Title 42 Return":
		return "removed", false
	case strings.HasPrefix(reason, "Paroled"), strings.HasPrefix(reason, "Order of "), strings.HasPrefix(reason, "Bonded Out"),
		reason == "Relief Granted by IJ", reason == "Proceedings Terminated":
		return "released", false
	case strings.HasPrefix(reason, "Voluntary "), reason == "Withdrawal":
		return "departed", false
	case strings.HasPrefix(reason, "U.S. Marshals"), strings.HasPrefix(reason, "ORR"):
		return "transferred_out", false
	case reason == "Died":
		return "deceased", false
	case reason == "Escaped":
		return "escaped", false
	}
	return "unknown reason " + reason, false
}

// latestStints works out where everybody stands: by the stint that began last. Rows dated more than 90 days
// ahead of the clock, as the template has it, are to be rejected.
func latestStints(t *testing.T, rows []titled, now time.Time) (people map[string]standing, rejected int) {
	t.Helper()
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		when, err := time.ParseInLocation(time.DateTime, text, feedZone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	latest := map[string]titled{}
	protected := map[string]bool{}
	for _, r := range rows {
		in, out := at(r["Book In Date Time"]), at(r["Book Out Date Time"])
		if horizon := now.AddDate(0, 0, 90); in.After(horizon) || out.After(horizon) {
			rejected++
			continue
		}
		digits := strings.NewReplacer("A", "", "-", "", " ", "").Replace(r["A-Number"])
		a := strings.Repeat("0", 9-len(digits)) + digits
		protected[a] = protected[a] || r["Protected"] == "Y" || strings.HasPrefix(r["Detention Release Reason"], "ORR")
		if known, ok := latest[a]; !ok || !in.Before(at(known["Book In Date Time"])) {
			latest[a] = r
		}
	}
	people = map[string]standing{}
	for a, r := range latest {
		st := standing{facility: r["Detention Facility Code"], protected: protected[a]}
		st.status, st.inTransit = meaning(r["Detention Release Reason"])
		since := at(r["Book In Date Time"])
		if st.status != "in_custody" || st.inTransit {
			since = at(r["Book Out Date Time"])
		}
		st.since = since.UTC().Format(time.DateTime)
		people[a] = st
	}
	return people, rejected
}

func readTitled(t *testing.T, body []byte) []titled {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []titled
	for _, line := range lines[1:] {
		r := titled{}
		for i, title := range lines[0] {
			r[title] = line[i]
		}
		rows = append(rows, r)
	}
	return rows
}

// staysFile is the agency's file where it lies beside the repository; elsewhere one of the same titles, size
// and shape is made up.
func staysFile(t *testing.T) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(made.Root, "..", "shared", "data", "stays.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		return inventStays(t, 10_000_000)
	}
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// sameTable compares two scans.
func sameTable(t *testing.T, before, after map[string]map[string]any) {
	t.Helper()
	if len(before) != len(after) {
		t.Errorf("the table had %d items and has %d", len(before), len(after))
	}
	for id, item := range before {
		if !sameItem(item, after[id]) {
			t.Errorf("an item has changed from %v to %v", item, after[id])
			return
		}
	}
}
