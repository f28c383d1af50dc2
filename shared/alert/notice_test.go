package alert

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"voice.example/infra/local/pattern"
	"voice.example/shared/custody"
	"voice.example/shared/secret"
)

// schema is notice.schema.json, with its formats checked.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	s, err := compiler.Compile("notice.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate checks a message's body against the schema.
func validate(t *testing.T, s *jsonschema.Schema, body string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return s.Validate(value)
}

// records are how one person may stand: each status, two places, two moments, listed or not, disclosable or not.
func records() (all []custody.Record) {
	yes, no := true, false
	at := time.Date(2026, 5, 20, 8, 30, 15, 123456789, time.FixedZone("", -4*60*60)).UTC()
	for _, status := range custody.Statuses() {
		for _, facility := range []string{"NORTHFIELD", "SOUTHFIELD"} {
			for _, days := range []int{0, 3, 60} { // the last is dated ahead
				for _, protected := range []*bool{&no, &yes, nil} {
					r := custody.Record{ANumber: "001234567", Version: 7, LastName: "Quiroga", FirstName: "Zoe", DateOfBirth: "1985-04-17",
						CountryOfBirth: "HN", Protected: protected, Status: status, Facility: facility, ReleaseReason: "Paroled",
						BookedIn: at.AddDate(0, 0, days-10), Since: at.AddDate(0, 0, days), AsOf: at.AddDate(0, 0, days), ReceivedAt: at, UploadID: "u", Feed: "f"}
					all = append(all, r)
					if status == custody.InCustody {
						all = append(all, r.Unlist(at.AddDate(0, 0, 4), "u2", at.AddDate(0, 0, 4)))
					}
				}
			}
		}
	}
	return all
}

// notices are all that the alerts function makes of every change from one such record to another, and of every retraction.
func notices(t *testing.T) (all []Notice) {
	t.Helper()
	keys, err := secret.New(strings.Repeat("k", 64))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	changes := func(old *custody.Record, new custody.Record) {
		new.Version++
		if event := custody.Change(old, &new, now); event != custody.NoEvent && custody.Disclosable(new, now) {
			all = append(all, NewNotice(EventID(keys, new), event, new))
		}
		for _, before := range []*custody.Record{nil, old} {
			back, ok := new.Retract(before, new, "u3", now)
			if !ok || custody.Change(&new, &back, now) == custody.NoEvent {
				continue
			}
			n := Notice{EventID: EventID(keys, back), Event: custody.Corrected}
			if custody.Disclosable(back, now) {
				n = NewNotice(n.EventID, n.Event, back)
			}
			n.RetractsEventID = RetractedEventID(keys, back)
			all = append(all, n)
		}
	}
	some := records()
	for _, new := range some {
		changes(nil, new)
		for _, old := range some {
			changes(&old, new)
		}
	}
	return all
}

func TestNoticeSchema(t *testing.T) {
	s := schema(t)
	all := notices(t)
	t.Run("EveryNoticeIsValid", func(t *testing.T) {
		seen := map[custody.Event]int{}
		bare := 0
		for _, n := range all {
			m, err := n.Message()
			if err != nil {
				t.Fatal(err)
			}
			if err := validate(t, s, m.Body); err != nil {
				t.Fatalf("%s: %v", m.Body, err)
			}
			if seen[n.Event]++; n.ANumber == "" {
				bare++
			}
		}
		for _, e := range custody.Events() {
			if seen[e] == 0 {
				t.Errorf("no notice of %s was made", e)
			}
		}
		if bare == 0 || bare == len(all) {
			t.Errorf("%d of %d notices tell nothing of the person", bare, len(all))
		}
	})
	t.Run("JobIsNone", func(t *testing.T) {
		if validate(t, s, JobMessage(Alert{ID: "e.s", Event: custody.EventReleased}).Body) == nil {
			t.Error("a job passes for a notice")
		}
	})
	const good = `{"event_id":"mfzwizltoqqgc3tpoqxgcltuojqw4zlt","event":"released","a_number":"900000001","version":7,"status":"released","as_of":"2026-06-01T14:05:00Z"}`
	if err := validate(t, s, good); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new string }{
		"ErrPhone":            {`{`, `{"phone":"+12025550143",`},
		"ErrName":             {`{`, `{"last_name":"Quiroga",`},
		"ErrInitials":         {`{`, `{"initials":"Z.Q.",`},
		"ErrBirth":            {`{`, `{"date_of_birth":"1985-04-17",`},
		"ErrFacility":         {`{`, `{"facility":"NORTHFIELD",`},
		"ErrSubscription":     {`{`, `{"subscription_id":"s",`},
		"ErrPhoneAsID":        {"mfzwizltoqqgc3tpoqxgcltuojqw4zlt", "+12025550143"},
		"ErrAlertAsID":        {"mfzwizltoqqgc3tpoqxgcltuojqw4zlt", "mfzwizltoqqgc3tpoqxgcltuojqw4zlt.s"},
		"ErrNoID":             {`"event_id":"mfzwizltoqqgc3tpoqxgcltuojqw4zlt",`, ``},
		"ErrUnknownEvent":     {`"event":"released"`, `"event":"paroled"`},
		"ErrUnknownStatus":    {`"status":"released"`, `"status":"free"`},
		"ErrShortANumber":     {"900000001", "1234567"},
		"ErrANumberAsNumber":  {`"900000001"`, `900000001`},
		"ErrNullMember":       {`"2026-06-01T14:05:00Z"`, `null`},
		"ErrDay":              {"2026-06-01T14:05:00Z", "2026-06-01"},
		"ErrOtherZone":        {"14:05:00Z", "14:05:00-04:00"},
		"ErrNoSuchDay":        {"2026-06-01T", "2026-06-31T"},
		"ErrWithoutMoment":    {`,"as_of":"2026-06-01T14:05:00Z"`, ``},
		"ErrNobody":           {`,"a_number":"900000001","version":7,"status":"released","as_of":"2026-06-01T14:05:00Z"`, ``},
		"ErrRetractingNone":   {`{`, `{"retracts_event_id":"mfzwizltoqqgc3tpoqxgcltuojqw4zlt",`},
		"ErrUnlistedSince":    {`"event":"released"`, `"event":"unlisted"`},
		"ErrUnlistedButFree":  {`{`, `{"unlisted_since":"2026-06-01T05:00:00Z",`},
		"ErrStatusOfNobody":   {`"a_number":"900000001",`, ``},
		"ErrPersonWithoutAny": {`,"status":"released","as_of":"2026-06-01T14:05:00Z"`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, c.old, c.new, 1)
			if bad == good {
				t.Fatal("nothing was changed")
			}
			if validate(t, s, bad) == nil {
				t.Errorf("it is valid: %s", bad)
			}
		})
	}
}

// fences are the blocks of partners.md of one sort, in order.
func fences(t *testing.T, sort string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile("partners.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```json "+sort+"\n(.*?)^```$").FindAllSubmatch(text, -1) {
		blocks = append(blocks, string(m[1]))
	}
	return blocks
}

func TestPartnersPage(t *testing.T) {
	text, err := os.ReadFile("partners.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("ExamplesAreNotices", func(t *testing.T) {
		examples, s := fences(t, "notice"), schema(t)
		if len(examples) != 4 {
			t.Fatalf("%d examples", len(examples))
		}
		for _, body := range examples {
			if err := validate(t, s, body); err != nil {
				t.Errorf("%s: %v", body, err)
			}
			in := json.NewDecoder(strings.NewReader(body))
			in.DisallowUnknownFields()
			var n Notice
			if err := in.Decode(&n); err != nil {
				t.Errorf("%s: %v", body, err)
			}
			m, err := n.Message()
			if err != nil {
				t.Fatal(err)
			}
			var compact bytes.Buffer
			if err := json.Compact(&compact, []byte(body)); err != nil || compact.String() != m.Body {
				t.Errorf("the code says\n%s, the page\n%s", m.Body, &compact)
			}
		}
	})
	t.Run("TablesNameAll", func(t *testing.T) {
		var members struct {
			Properties map[string]struct {
				Enum []string
			}
		}
		text, err := os.ReadFile("notice.schema.json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &members); err != nil {
			t.Fatal(err)
		}
		page := rows(t)
		for name := range members.Properties {
			if page[name] == nil {
				t.Errorf("the page does not name %s", name)
			}
		}
		var events, statuses []string
		for _, e := range custody.Events() {
			events = append(events, string(e))
			row := page[string(e)]
			if len(row) != 4 || row[3] != Urgency(e) {
				t.Errorf("of %s the page says %q", e, row)
			}
		}
		for _, status := range custody.Statuses() {
			statuses = append(statuses, string(status))
		}
		if got := members.Properties["event"].Enum; !slices.Equal(got, events) {
			t.Errorf("the schema has the events %v", got)
		}
		if got := members.Properties["status"].Enum; !slices.Equal(got, statuses) {
			t.Errorf("the schema has the statuses %v", got)
		}
	})
	t.Run("StatusOfEachEventIsRight", func(t *testing.T) {
		page := rows(t)
		for _, n := range notices(t) {
			want := strings.Trim(page[string(n.Event)][1], "`")
			if n.ANumber != "" && want != "any" && want != string(n.Status) {
				t.Fatalf("%s leaves a person %s, and the page says %s", n.Event, n.Status, want)
			}
		}
	})
	t.Run("FiltersChooseWhatThePageSays", func(t *testing.T) {
		wants := []func(custody.Event) bool{
			func(custody.Event) bool { return true },
			custody.Event.Urgent,
			func(e custody.Event) bool {
				return !slices.Contains([]custody.Event{custody.BookedIn, custody.Transferred, custody.Returned}, e)
			},
			func(e custody.Event) bool { return e != custody.Transferred },
		}
		filters := fences(t, "filter")
		if len(filters) != len(wants) {
			t.Fatalf("%d filters", len(filters))
		}
		for i, text := range filters {
			filter, err := pattern.Parse([]byte(text))
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			for _, e := range custody.Events() {
				n, err := Notice{Event: e}.Message()
				if err != nil {
					t.Fatal(err)
				}
				if got := filter.MatchValues(values(n)); got != wants[i](e) {
					t.Errorf("%s: %s passes: %t", strings.TrimSpace(text), e, got)
				}
				if filter.MatchValues(values(JobMessage(Alert{Event: e}))) {
					t.Errorf("%s: a job passes", strings.TrimSpace(text))
				}
			}
		}
	})
	t.Run("SubscriptionAsksForEvents", func(t *testing.T) {
		found := regexp.MustCompile(`--attributes '(.*)'`).FindSubmatch(text)
		if found == nil {
			t.Fatal("no example")
		}
		var attributes struct{ FilterPolicy string }
		if err := json.Unmarshal(found[1], &attributes); err != nil || strings.TrimSpace(fences(t, "filter")[0]) != attributes.FilterPolicy {
			t.Errorf("%q, %v", attributes.FilterPolicy, err)
		}
	})
	t.Run("AttributesAreThoseOfTheMessages", func(t *testing.T) {
		n, err := Notice{Event: custody.EventReleased}.Message()
		if err != nil {
			t.Fatal(err)
		}
		page := rows(t)
		for of, m := range map[int]Message{1: n, 2: JobMessage(Alert{Event: custody.EventReleased})} {
			for _, name := range []string{"kind", "urgency", "channel"} {
				if _, there := m.Attributes[name]; there == (page[name][of] == "not there") {
					t.Errorf("%s of %v: the page says %q", name, m.Attributes["kind"], page[name][of])
				}
			}
			if len(m.Attributes) != 2+of { // and event
				t.Errorf("the attributes are %v", m.Attributes)
			}
		}
	})
}

// rows are the rows of the page's tables by their first cell, the first of each name.
func rows(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("partners.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if name := strings.Trim(cells[0], "`"); found[name] == nil {
			found[name] = cells
		}
	}
	return found
}

// values are a message's attributes, as a filter sees them.
func values(m Message) map[string][]any {
	all := map[string][]any{}
	for name, value := range m.Attributes {
		all[name] = []any{value}
	}
	return all
}
