package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// face is all of a reply that a caller can compare: not its date and not the gateway's request id.
func (r reply) face(without ...string) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.status)
	for _, name := range slices.Sorted(maps.Keys(r.header)) {
		if name == "Date" || name == "Apigw-Requestid" || slices.Contains(without, name) {
			continue
		}
		fmt.Fprintln(&b, name, r.header[name])
	}
	return b.String() + r.body
}

// testNoOracle asks about people who may not be shown, or are not there, and finds no difference.
func testNoOracle(t *testing.T, s *stack) {
	known, child, guarded, unsaid, ageless, unknown := s.person(), s.person(), s.person(), s.person(), s.person(), s.person()
	child, guarded = child.minor(time.Now()), guarded.guarded()
	unsaid.protected, ageless.born = "", ""
	m := s.upload(t, key("oracle"), file(t, known.held(ago(9)), child.held(ago(9)), guarded.held(ago(9)), unsaid.held(ago(9)), ageless.held(ago(9))))
	if m.counts() != (counts{Rows: 5, Applied: 5}) {
		t.Fatalf("%+v", m)
	}
	// The column itself may be missing, too: nobody has said anything then.
	columnless := s.person()
	s.upload(t, key("oracle"), sheet(t, [][]string{
		{"A-Number", "Last Name", "First Name", "Date of Birth", "Birth Country", "Status", "As Of"},
		{columnless.aNumber, columnless.last, columnless.first, columnless.born, columnless.country, "released", moment(ago(3))},
	}))
	abroad := known
	abroad.country = "PERU"
	hidden := []struct {
		name string
		who  person
	}{
		{"Minor", child}, {"Protected", guarded}, {"NotSaidToBeUnprotected", unsaid}, {"NoProtectedColumn", columnless},
		{"NoDateOfBirth", ageless}, {"WrongCountry", abroad}, {"Unknown", unknown},
	}
	ways := []struct {
		name string
		ask  func(person) reply
	}{
		{"JSON", func(p person) reply { return s.lookUp(t, p.aNumber, p.country) }},
		{"JSONByName", func(p person) reply {
			return s.json(t, "POST", "/v1/custody/search", map[string]string{"last_name": p.last, "first_name": p.first, "country_of_birth": p.country})
		}},
		{"Page", func(p person) reply {
			return s.post(t, "/custody", url.Values{"a_number": {p.aNumber}, "country_of_birth": {p.country}})
		}},
		{"PageInSpanish", func(p person) reply {
			return s.post(t, "/custody", url.Values{"a_number": {p.aNumber}, "country_of_birth": {p.country}, "lang": {"es"}})
		}},
		{"PageByName", func(p person) reply {
			return s.post(t, "/custody", url.Values{"by": {"name"}, "last_name": {p.last}, "first_name": {p.first}, "country_of_birth": {p.country}})
		}},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			if r := way.ask(known); r.status != http.StatusOK {
				t.Fatalf("somebody who may be shown: %d %s", r.status, r.body)
			}
			for _, h := range hidden {
				nobody := unknown
				nobody.country = h.who.country // the page repeats what was typed, and its length is told
				want := way.ask(nobody)
				if want.status != http.StatusNotFound {
					t.Errorf("status %d", want.status)
				}
				if got := way.ask(h.who); unnumbered(got.face(), h.who) != unnumbered(want.face(), nobody) {
					t.Errorf("%s is told from an unknown person:\n%s\nand\n%s", h.name, got.face(), want.face())
				}
			}
		})
	}
	t.Run("SubscribingJSON", func(t *testing.T) {
		var want string
		for i, h := range append(hidden, struct {
			name string
			who  person
		}{"Known", known}) {
			got := s.subscribingFace(t, h.who)
			if i == 0 {
				want = got
			}
			if got != want {
				t.Errorf("%s is told from a minor:\n%s\nand\n%s", h.name, got, want)
			}
		}
	})
	t.Run("SubscribingPage", func(t *testing.T) {
		id := regexp.MustCompile(`value="[^"]{16,}"`)
		var want string
		for i, h := range hidden {
			r := s.post(t, "/alerts", url.Values{"a_number": {h.who.aNumber}, "country_of_birth": {h.who.country}, "phone": {s.phone()}, "language": {"en"}})
			r.body = regexp.MustCompile(`\b\d\d\b`).ReplaceAllString(id.ReplaceAllStringFunc(r.body, func(v string) string { return fmt.Sprint(len(v)) }), "99")
			got := r.face()
			if i == 0 {
				want = got
			}
			if got != want || r.status != http.StatusOK {
				t.Errorf("%s is told from a minor:\n%s\nand\n%s", h.name, got, want)
			}
		}
	})
}

// unnumbered is an answer without the A-number that was typed, which the page repeats.
func unnumbered(face string, p person) string {
	n := p.aNumber
	return strings.NewReplacer(n, "NUMBER", n[:3]+"-"+n[3:6]+"-"+n[6:], "NUMBER").Replace(face)
}

// subscribingFace goes all the way from the request to the finished subscription, and gives what was answered,
// with only the length of what is random.
func (s *stack) subscribingFace(t *testing.T, p person) string {
	t.Helper()
	phone := s.phone()
	requested := s.json(t, "POST", "/v1/subscriptions", p.application(phone))
	var ids struct {
		ID      string    `json:"subscription_id"`
		Expires time.Time `json:"expires_at"`
	}
	requested.decode(t, http.StatusAccepted, &ids)
	verified := s.verify(t, ids.ID, s.code(t, phone))
	var token struct {
		Token string `json:"manage_token"`
	}
	verified.decode(t, http.StatusOK, &token)
	shown := s.json(t, "GET", "/v1/subscriptions/"+ids.ID, nil, "Authorization", "Bearer "+token.Token)
	var fields map[string]any
	shown.decode(t, http.StatusOK, &fields)
	fields["phone_ending"], fields["created_at"] = "", ""
	country, _ := fields["country_of_birth"].(string)
	fields["country_of_birth"] = len(country)
	shape, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	shown.body = string(shape)
	all := ""
	for _, r := range []reply{requested, verified, shown} {
		all += r.face("Content-Length") + "\n" // a time's fraction of a second may be a digit shorter
	}
	expires := regexp.MustCompile(`"expires_at":"[^"]*"`)
	all = strings.ReplaceAll(strings.ReplaceAll(all, ids.ID, fmt.Sprint(len(ids.ID))), token.Token, fmt.Sprint(len(token.Token)))
	return expires.ReplaceAllString(all, "")
}
