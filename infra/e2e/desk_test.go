package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/stacktest"
)

// TestDesk is an office's day: requests that are given to people and handed back when nobody is in contact, lists, people by
// name, who has seen what, feeds, files that are sent in parts and given up, and the console in a browser.
func TestDesk(t *testing.T) {
	t.Parallel()
	s := start(t, "--param", "InquiryDueMinutes=unanswered_alert=30,call_me=240,custody_status=240,alerts=1440,local_contact=1,victim_services=1440,other=2880")
	sofia, theo := s.employee(t, "supervisor-1"), s.employee(t, "operator-1")
	rosa, dana, walter := s.employee(t, "officer-1"), s.employee(t, "data-officer-1"), s.employee(t, "auditor-1")
	const address = "rosa.delgado-finch@voice.example"
	sofia.run(t, wentWell, nil, "directory", "load", "--kind", "offices", "--yes",
		sofia.write(t, "offices.csv", []byte("code,name,phone,county_fips\nPHO,Phoenix,,04013\nELP,El Paso,,48141\n")))
	sofia.run(t, wentWell, nil, "directory", "load", "--kind", "people", "--yes",
		sofia.write(t, "people.csv", []byte("email,name,role,office,languages\n"+address+",Rosa Delgado-Finch,officer,PHO,en\n")))
	began := time.Now()
	phone := s.phone()
	first, second := s.inquire(t, phone, "local_contact", "04013"), s.inquire(t, phone, "custody_status", "04013")

	t.Run("GivenToWhoIsOfTheCountysOffice", func(t *testing.T) {
		var l struct {
			Inquiries []struct{ Reference, Assignee string }
		}
		rosa.ask(t, "GET", "/v1/staff/inquiries", "").decode(t, http.StatusOK, &l)
		if len(l.Inquiries) != 1 || l.Inquiries[0].Reference != first.Reference || l.Inquiries[0].Assignee != address {
			t.Errorf("%+v", l)
		}
		stacktest.Eventually(t, textWithin, "they are told by mail", func() bool { return len(s.texts(t, address)) > 0 })
	})
	t.Run("OthersWaitInTheQueue", func(t *testing.T) {
		r := theo.ask(t, "GET", "/v1/staff/inquiries?queue=national", "")
		if r.status != http.StatusOK || !strings.Contains(r.body, second.Reference) || strings.Contains(r.body, first.Reference) {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("Done", func(t *testing.T) {
		third := s.inquire(t, s.phone(), "local_contact", "04013")
		for _, act := range []struct{ name, body string }{{"contacted", `{"text":"They are well."}`}, {"resolve", `{"outcome":"answered"}`}} {
			if r := rosa.ask(t, "POST", "/v1/staff/inquiries/"+third.Reference+"/"+act.name, act.body); r.status != http.StatusOK {
				t.Errorf("%s: %d %s", act.name, r.status, r.body)
			}
		}
	})
	t.Run("PeopleByName", func(t *testing.T) {
		p := s.person()
		s.upload(t, key("held"), file(t, p.held(ago(9))))
		question, err := json.Marshal(map[string]string{"last_name": p.last, "first_name": p.first, "country_of_birth": p.country})
		if err != nil {
			t.Fatal(err)
		}
		if r := theo.ask(t, "POST", "/v1/staff/people/search", string(question)); r.status != http.StatusOK || !strings.Contains(r.body, p.aNumber) {
			t.Errorf("%d %s", r.status, r.body)
		}
		walter.run(t, wentWell, nil, "audit", "who", "--staff", "operator-1", "--why", "a complaint of a family")
	})
	t.Run("Feeds", func(t *testing.T) {
		if r := sofia.ask(t, "PUT", "/v1/staff/feeds/weekly", `{"every_hours":1}`); r.status != http.StatusOK {
			t.Errorf("%d %s", r.status, r.body)
		}
		if r := dana.ask(t, "GET", "/v1/staff/feeds", ""); !strings.Contains(r.body, `"weekly"`) {
			t.Errorf("%d %s", r.status, r.body)
		}
		s.silence(t, "weekly")
	})
	t.Run("FilesInParts", func(t *testing.T) { testParts(t, dana) })
	t.Run("Console", func(t *testing.T) { testConsoleInABrowser(t, s, first.Reference) })
	t.Run("HolderDeletesTheirRequest", func(t *testing.T) {
		own := s.inquire(t, s.phone(), "custody_status", "48141")
		page := s.fill(t, s.open(t, "/follow"), "/follow", map[string]string{"reference": own.Reference, "pin": own.PIN})
		page = s.fill(t, page, "/follow", map[string]string{"step": "forget"})
		s.fill(t, page, "/follow", map[string]string{"step": "forget", "sure": "yes"})
		if _, there := s.scan(t, "InquiriesTable", "reference")[own.Reference]; there {
			t.Error("it is there still")
		}
	})
	t.Run("StaffAreToldOfWhatWaits", func(t *testing.T) {
		for _, words := range []string{"overdue, nobody has been in contact", `feed "weekly"`} {
			stacktest.Eventually(t, time.Until(began.Add(3*time.Minute)), words, func() bool {
				for _, m := range s.texts(t, "staff@agency.example") {
					if strings.Contains(m.Body, words) {
						return true
					}
				}
				return false
			})
		}
	})
	t.Run("CtrlCLeavesNoProcess", func(t *testing.T) { s.Stop(t) })
}

// opened is a request that somebody has made.
type opened struct{ Reference, PIN string }

func (s *stack) inquire(t *testing.T, phone, reason, county string) (o opened) {
	t.Helper()
	s.json(t, "POST", "/v1/inquiries", map[string]any{"reason": reason, "language": "en", "phone": phone, "county": county}).decode(t, http.StatusCreated, &o)
	return o
}

// silence lets hours pass for a feed: no test can wait for them.
func (s *stack) silence(t *testing.T, feed string) {
	t.Helper()
	long := time.Now().UTC().Add(-5 * time.Hour).Format("2006-01-02T15:04:05.000000000Z07:00")
	_, err := s.database().UpdateItem(context.Background(), &dynamodb.UpdateItemInput{TableName: aws.String("voice-FeedsTable"),
		Key:              map[string]types.AttributeValue{"feed": &types.AttributeValueMemberS{Value: feed}},
		UpdateExpression: aws.String("SET expected_at = :at"), ExpressionAttributeValues: map[string]types.AttributeValue{":at": &types.AttributeValueMemberS{Value: long}}})
	if err != nil {
		t.Fatal(err)
	}
}

// testParts sends files of each kind in parts: one is given up, one completed, and that once more, as after a lost answer.
func testParts(t *testing.T, dana *employee) {
	for _, kind := range []string{`"mode":"uploads"`, `"mode":"roster"`, `"mode":"uploads","dry_run":true`} {
		var begun struct {
			Key        string `json:"key"`
			S3UploadID string `json:"s3_upload_id"`
			Parts      []struct{ URL string }
		}
		body := []byte("a_number\n")
		begin := func() {
			dana.ask(t, "POST", "/v1/staff/uploads", fmt.Sprintf(`{"name":"a.csv","size":%d,%s}`, len(body), kind)).decode(t, http.StatusCreated, &begun)
		}
		begin()
		which := fmt.Sprintf(`"key":%q,"s3_upload_id":%q`, begun.Key, begun.S3UploadID)
		if r := dana.ask(t, "POST", "/v1/staff/uploads/abort", "{"+which+"}"); r.status != http.StatusNoContent {
			t.Errorf("abort %s: %d %s", kind, r.status, r.body)
		}
		begin()
		put, err := http.NewRequest(http.MethodPut, begun.Parts[0].URL, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		sent, err := http.DefaultClient.Do(put)
		if err != nil || sent.StatusCode != http.StatusOK {
			t.Fatalf("a part: %v, %v", sent, err)
		}
		sent.Body.Close()
		which = fmt.Sprintf(`{"key":%q,"s3_upload_id":%q,"parts":[{"number":1,"etag":%q}]}`, begun.Key, begun.S3UploadID, sent.Header.Get("ETag"))
		var done, again struct {
			UploadID string `json:"upload_id"`
		}
		dana.ask(t, "POST", "/v1/staff/uploads/complete", which).decode(t, http.StatusOK, &done)
		dana.ask(t, "POST", "/v1/staff/uploads/complete", which).decode(t, http.StatusOK, &again)
		if done.UploadID == "" || again != done {
			t.Errorf("%s became %+v and then %+v", kind, done, again)
		}
	}
	var l struct{ Uploads []uploaded }
	stacktest.Eventually(t, reportWithin, "the three are listed", func() bool {
		dana.run(t, wentWell, &l, "list")
		return len(l.Uploads) >= 3
	})
}

// crumbs keeps cookies as a browser does that takes this machine for safe.
type crumbs map[string]string

// SetCookies and Cookies are for http.CookieJar.
func (c crumbs) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	for _, one := range cookies {
		if c[one.Name] = one.Value; one.MaxAge < 0 {
			delete(c, one.Name)
		}
	}
}

func (c crumbs) Cookies(*url.URL) (all []*http.Cookie) {
	for name, value := range c {
		all = append(all, &http.Cookie{Name: name, Value: value})
	}
	return all
}

// testConsoleInABrowser signs an officer in, who looks at a request and at others of the same phone, and signs out.
func testConsoleInABrowser(t *testing.T, s *stack, reference string) {
	browser := &http.Client{Jar: crumbs{}, Timeout: 30 * time.Second}
	site := strings.Replace(s.API, "127.0.0.1", "localhost", 1)
	read := func(response *http.Response, err error) page {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return readPage(t, reply{status: response.StatusCode, header: response.Header, body: string(body)})
	}
	choose, err := browser.Get(site + "/staff/sign-in?to=/staff")
	if err != nil {
		t.Fatal(err)
	}
	choose.Body.Close()
	home := read(browser.PostForm(s.SignIn+"/sign-in", url.Values{"request": {choose.Request.URL.Query().Get("request")}, "subject": {"officer-1"}}))
	if home.status != http.StatusOK || !strings.Contains(home.body, "/staff/sign-out") {
		t.Fatalf("%d: %s", home.status, home.words())
	}
	send := func(p page, ending string) page {
		t.Helper()
		for _, f := range p.forms {
			if strings.HasSuffix(f.action, ending) {
				return read(browser.PostForm(site+f.action, f.fields))
			}
		}
		t.Fatalf("the page has no form to %s: %s", ending, p.words())
		return page{}
	}
	request := read(browser.Get(site + "/staff/inquiries/" + reference))
	if request.status != http.StatusOK || !strings.Contains(request.words(), reference) {
		t.Fatalf("%d: %s", request.status, request.words())
	}
	if r := send(request, "/related"); r.status != http.StatusOK || !strings.Contains(r.words(), "Other requests of this phone") {
		t.Errorf("%d: %s", r.status, r.words())
	}
	if r := send(home, "/staff/sign-out"); r.status != http.StatusOK {
		t.Errorf("%d: %s", r.status, r.words())
	}
	if r := read(browser.Get(site + "/staff")); strings.Contains(r.body, "/staff/sign-out") {
		t.Error("the session goes on after it was ended")
	}
}
