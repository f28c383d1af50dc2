package main

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/sms"
	"voice.example/shared/web"
	"voice.example/shared/web/webtest"
)

// subscribed subscribes a phone on the pages, with all that a subscription can have.
func (d *desk) subscribed(t *testing.T, number, aNumber string) {
	t.Helper()
	form := typed()
	form.Set("phone", number)
	form.Set("a_number", aNumber)
	form.Set("quiet", "yes")
	form.Set("lang", "en")
	id := hidden(t, d.post("/alerts", form).Body.String(), "id")
	if w := d.post("/alerts/verify", url.Values{"id": {id}, "code": {d.code(t)}}); w.Code != http.StatusOK {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
}

// visited opens the list of a phone's alerts by the code.
func (d *desk) visited(t *testing.T, number string) string {
	t.Helper()
	id := hidden(t, d.post("/manage", url.Values{"phone": {number}}).Body.String(), "id")
	w := d.post("/manage/verify", url.Values{"id": {id}, "code": {d.code(t)}})
	if w.Code != http.StatusOK {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// called sends an event as API Gateway does, with the name it was called by and a Host header.
func (d *desk) called(t *testing.T, domain, host string, form url.Values) events.APIGatewayV2HTTPResponse {
	t.Helper()
	event := events.APIGatewayV2HTTPRequest{
		RawPath: "/manage", Body: form.Encode(),
		Headers: map[string]string{"host": host, "x-forwarded-host": "elsewhere.example", "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"},
	}
	event.RequestContext.DomainName, event.RequestContext.HTTP.Method = domain, "POST"
	answer, err := web.Adapt(d)(context.Background(), event)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

var texted = regexp.MustCompile(`https?://\S+/manage/[a-z2-7]{16}\b`)

const manageNumber = "(202) 555-0143"

func TestManagePages(t *testing.T) {
	t.Run("FromPhoneToDeleted", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		form := d.ask("GET", "/manage", "", "")
		if form.Code != http.StatusOK {
			t.Fatalf("got %d", form.Code)
		}
		ask := url.Values{"phone": {manageNumber}, "key": {hidden(t, form.Body.String(), "key")}}
		code := d.post("/manage", ask)
		if d.post("/manage", ask); len(d.texts) != 2 {
			t.Errorf("pressing twice sent %d texts", len(d.texts)-1)
		}
		id := hidden(t, code.Body.String(), "id")
		if w := d.post("/manage/verify", url.Values{"id": {id}, "code": {d.wrongCode(t)}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "4 tries left") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		list := d.post("/manage/verify", url.Values{"id": {id}, "code": {d.code(t)}}).Body.String()
		for _, want := range []string{"phone ending in 43", "ending in 678, born in: Mexico", "Español", "Roble", "Between 10:00 PM and 7:00 AM", "kept private"} {
			if !strings.Contains(list, want) {
				t.Errorf("the list lacks %q: %s", want, list)
			}
		}
		for _, secret := range []string{"12345678", "5550143", "555-0143"} {
			if strings.Contains(list, secret) {
				t.Errorf("the list tells %s", secret)
			}
		}
		again := d.post("/manage/alerts", url.Values{"visit": {hidden(t, list, "visit")}, "lang": {"es"}})
		if again.Code != http.StatusOK || !strings.Contains(again.Body.String(), "termina en 678, nacida en: México") {
			t.Errorf("got %d %s", again.Code, again.Body)
		}
		sure := d.post("/manage/delete", url.Values{"visit": {hidden(t, list, "visit")}}).Body.String()
		if !strings.Contains(sure, "for 400 days") || len(d.list(t, sure)) != 1 {
			t.Errorf("it was deleted, or what stays is not said: %s", sure)
		}
		done := d.post("/manage/delete", url.Values{"visit": {hidden(t, sure, "visit")}, "sure": {hidden(t, sure, "sure")}})
		if done.Code != http.StatusOK || !strings.Contains(done.Body.String(), "is deleted") || len(d.list(t, sure)) != 0 {
			t.Errorf("got %d %s", done.Code, done.Body)
		}
	})
	t.Run("StopsOne", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		d.subscribed(t, manageNumber, "012345679")
		list := d.visited(t, manageNumber)
		ids := d.list(t, list)
		if len(ids) != 2 {
			t.Fatalf("%d are listed", len(ids))
		}
		stop := url.Values{"visit": {hidden(t, list, "visit")}, "id": {ids[1]}}
		for range 2 {
			w := d.post("/manage/stop", stop)
			if left := d.list(t, list); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "This alert is off.") || len(left) != 1 || left[0] != ids[0] {
				t.Errorf("got %d, %d are left: %s", w.Code, len(left), w.Body)
			}
		}
	})
	t.Run("OneOfAnotherPhoneStays", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		d.subscribed(t, "2025550144", "012345678")
		other := d.visited(t, "2025550144")
		own := d.visited(t, manageNumber)
		form := url.Values{"visit": {hidden(t, own, "visit")}, "id": d.list(t, other)}
		d.post("/manage/stop", form)
		form.Set("step", "save")
		form.Set("language", "vi")
		if w := d.post("/manage/change", form); !strings.Contains(w.Body.String(), "off already") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if body := d.post("/manage/alerts", url.Values{"visit": {hidden(t, other, "visit")}}).Body.String(); len(d.list(t, other)) != 1 || strings.Contains(body, "Tiếng Việt</li>") {
			t.Errorf("another phone's alert was changed: %s", body)
		}
	})
	t.Run("Changes", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		list := d.visited(t, manageNumber)
		form := url.Values{"visit": {hidden(t, list, "visit")}, "id": {hidden(t, list, "id")}}
		page := d.post("/manage/change", form).Body.String()
		for _, want := range []string{`value="es" checked`, `name="discreet" value="yes" checked`, `name="quiet" value="yes" checked`, `value="Roble"`, "Between 10:00 PM"} {
			if !strings.Contains(page, want) {
				t.Errorf("the form is not filled in with %s: %s", want, page)
			}
		}
		maps.Copy(form, url.Values{"step": {"save"}, "language": {"ht"}, "code_word": {"no.good"}, "second_phone": {"2025550199"}, "email": {"maria@example.org"}})
		if w := d.post("/manage/change", form); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `href="#code_word"`) || !strings.Contains(w.Body.String(), `value="2025550199"`) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		form.Set("code_word", "Pin")
		w := d.post("/manage/change", form)
		body := w.Body.String()
		for _, want := range []string{"changes are saved", "Kreyòl ayisyen</li>", "Code word: Pin", "second contact’s phone waits", "e-mail address waits"} {
			if !strings.Contains(body, want) {
				t.Errorf("%d, the list lacks %q: %s", w.Code, want, body)
			}
		}
		if strings.Contains(body, "kept private") || strings.Contains(body, "Between 10:00 PM") {
			t.Errorf("what was ticked off stays: %s", body)
		}
		contact := url.Values{"visit": {hidden(t, body, "visit")}, "id": form["id"]}
		if page := d.post("/manage/contact", contact).Body.String(); !strings.Contains(page, `id="code"`) {
			t.Errorf("got %s", page)
		}
		contact.Set("step", "code")
		contact.Set("code", d.wrongCode(t))
		if w := d.post("/manage/contact", contact); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "4 tries left") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		contact.Set("code", d.code(t))
		if w := d.post("/manage/contact", contact); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "second contact is confirmed") || !strings.Contains(w.Body.String(), "phone ending in 99") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		contact.Set("code", d.mail.code(t))
		if w := d.post("/manage/contact", contact); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Copies by e-mail: m***@example.org") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		page = d.post("/manage/change", url.Values{"visit": form["visit"], "id": form["id"]}).Body.String()
		if strings.Contains(page, "5550199") || strings.Contains(page, "maria") || !strings.Contains(page, "ending in 99") {
			t.Errorf("the page tells a contact's address: %s", page)
		}
		keep := url.Values{"visit": form["visit"], "id": form["id"], "step": {"save"}, "language": {"ht"}, "quiet": {"yes"}}
		if body := d.post("/manage/change", keep).Body.String(); !strings.Contains(body, "ending in 99") || !strings.Contains(body, "m***@") || !strings.Contains(body, "Between 10:00 PM") || strings.Contains(body, "Code word") {
			t.Errorf("an empty field ended a contact, or kept the word: %s", body)
		}
		keep.Set("end_second_phone", "yes")
		keep.Set("end_email", "yes")
		if body := d.post("/manage/change", keep).Body.String(); strings.Contains(body, "ending in 99") || strings.Contains(body, "m***@") {
			t.Errorf("the contacts stay: %s", body)
		}
	})
	t.Run("QuietHoursOfOtherTimesStay", func(t *testing.T) {
		d := newDesk(t)
		id := d.request(t, "2025550143")
		var answer struct {
			Token string `json:"manage_token"`
		}
		decode(t, d.json("POST", "/v1/subscriptions/"+id+"/verify", `{"code":"`+d.code(t)+`"}`), &answer)
		d.json("PATCH", "/v1/subscriptions/"+id, `{"quiet_hours":{"from":"20:00","to":"05:30"}}`, "Authorization", "Bearer "+answer.Token)
		list := d.visited(t, manageNumber)
		form := url.Values{"visit": {hidden(t, list, "visit")}, "id": {hidden(t, list, "id")}, "step": {"save"}, "language": {"en"}, "quiet": {"yes"}}
		if body := d.post("/manage/change", form).Body.String(); !strings.Contains(body, "Between 8:00 PM and 5:30 AM") {
			t.Errorf("got %s", body)
		}
	})
	t.Run("ContactWhoseCodeCannotBeSentIsTold", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		list := d.visited(t, manageNumber)
		d.fail = &sms.Error{Outcome: sms.Permanent}
		form := url.Values{"visit": {hidden(t, list, "visit")}, "id": {hidden(t, list, "id")}, "step": {"save"}, "language": {"en"}, "second_phone": {"2025550199"}}
		if w := d.post("/manage/change", form); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "could not send every code") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("ManyAreListedInPart", func(t *testing.T) {
		d := newDesk(t)
		d.store.CodesPerPhonePerHour = 100
		for i := range maxListed + 1 {
			d.subscribed(t, manageNumber, strconv.Itoa(100_000_000+i))
		}
		list := d.visited(t, manageNumber)
		if ids := d.list(t, list); len(ids) != maxListed || !strings.Contains(list, "more alerts than fit") {
			t.Errorf("%d are listed", len(ids))
		}
		webtest.Page(t, d.post("/manage/alerts", url.Values{"visit": {hidden(t, list, "visit")}}))
	})
	t.Run("OneThatCannotBeReadHidesNoOther", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		list := d.visited(t, manageNumber)
		visit, err := d.store.OpenVisit(hidden(t, list, "visit"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.store.Client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &d.store.Table, Item: map[string]types.AttributeValue{
			"a_number": &types.AttributeValueMemberS{Value: "000000001"}, "subscription_id": &types.AttributeValueMemberS{Value: "x"},
			"phone_hash": &types.AttributeValueMemberS{Value: visit.Of}, "created_at": &types.AttributeValueMemberBOOL{Value: true},
		}})
		if ids := d.list(t, list); err != nil || len(ids) != 1 {
			t.Errorf("%d are listed, %v", len(ids), err)
		}
	})
	t.Run("PhoneWithoutAlertsIsToldTheSame", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		same := func(number string) (int, string) {
			w := d.post("/manage", url.Values{"phone": {number}})
			body := strings.ReplaceAll(w.Body.String(), hidden(t, w.Body.String(), "id"), "")
			return w.Code, regexp.MustCompile(`name="form_token" value="[^"]*"`).ReplaceAllString(body, "")
		}
		status, body := same(manageNumber)
		texts := len(d.texts)
		if other, otherBody := same("2025550144"); other != status || otherBody != body || status != http.StatusOK {
			t.Errorf("%d %s\nis not\n%d %s", other, otherBody, status, body)
		}
		d.fail = &sms.Error{Outcome: sms.Permanent}
		if failed, failedBody := same(manageNumber); failed != status || failedBody != body {
			t.Errorf("a text that fails is told: %d %s", failed, failedBody)
		}
		if len(d.texts) != texts {
			t.Errorf("a phone without alerts got a text")
		}
	})
	t.Run("ErrOver", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		list := d.visited(t, manageNumber)
		d.now = d.now.Add(10 * time.Minute)
		for _, path := range []string{"alerts", "change", "contact", "stop", "delete"} {
			for _, visit := range []string{hidden(t, list, "visit"), "", "x"} {
				form := url.Values{"visit": {visit}}
				if path == "delete" {
					form.Set("sure", "yes")
				}
				if w := d.post("/manage/"+path, form); w.Code != http.StatusGone || !strings.Contains(w.Body.String(), `href="/manage"`) {
					t.Errorf("%s: got %d %s", path, w.Code, w.Body)
				}
			}
		}
	})
	t.Run("ErrCodeOver", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		id := hidden(t, d.post("/manage", url.Values{"phone": {manageNumber}}).Body.String(), "id")
		code := url.Values{"id": {id}, "code": {d.code(t)}}
		if w := d.post("/manage/verify", code); w.Code != http.StatusOK {
			t.Errorf("got %d", w.Code)
		}
		if w := d.post("/manage/verify", code); w.Code != http.StatusGone {
			t.Errorf("the code works twice: %d", w.Code)
		}
		for _, id := range []string{"", "x"} {
			if w := d.post("/manage/verify", url.Values{"id": {id}, "code": {"123456"}}); w.Code != http.StatusGone {
				t.Errorf("got %d", w.Code)
			}
		}
	})
	t.Run("ErrPhone", func(t *testing.T) {
		if w := newDesk(t).post("/manage", url.Values{"phone": {"12"}}); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `value="12"`) ||
			!strings.Contains(w.Body.String(), `<a href="#phone">The phone number has too few or too many digits.`) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("ErrOtherSite", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		list := d.visited(t, manageNumber)
		form := url.Values{"visit": {hidden(t, list, "visit")}, "id": {hidden(t, list, "id")}}
		sent := len(d.texts)
		for path, more := range map[string]url.Values{
			"": {"phone": {manageNumber}}, "/stop": form, "/delete": {"visit": form["visit"], "sure": {"yes"}}, "/open": {"link": {strings.Repeat("a", 16)}},
			"/verify": {"id": {"x"}, "code": {"123456"}}, "/change": {"visit": form["visit"], "id": form["id"], "step": {"save"}, "language": {"vi"}},
			"/contact": {"visit": form["visit"], "id": form["id"], "step": {"code"}, "code": {"123456"}},
		} {
			w := d.ask("POST", "/manage"+path, "application/x-www-form-urlencoded", more.Encode(), "Sec-Fetch-Site", "cross-site")
			if w.Code != http.StatusForbidden {
				t.Errorf("%s: got %d", path, w.Code)
			}
		}
		if len(d.list(t, list)) != 1 || len(d.texts) != sent {
			t.Error("something was done")
		}
	})
}

// list is the ids of the alerts that a visit sees, whose page this is.
func (d *desk) list(t *testing.T, page string) (ids []string) {
	t.Helper()
	body := d.post("/manage/alerts", url.Values{"visit": {hidden(t, page, "visit")}}).Body.String()
	_, forms, _ := strings.Cut(body, "<main")
	for _, m := range regexp.MustCompile(`action="/manage/stop"(?s:.*?)name="id" value="([^"]*)"`).FindAllStringSubmatch(forms, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

func TestManageLink(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		if answer := d.called(t, "voice.example.gov", "elsewhere.example", url.Values{"phone": {manageNumber}}); answer.StatusCode != http.StatusOK {
			t.Fatalf("got %d %s", answer.StatusCode, answer.Body)
		}
		link := texted.FindString(d.texts[len(d.texts)-1])
		path, ok := strings.CutPrefix(link, "https://voice.example.gov")
		if !ok {
			t.Fatalf("the link is %q", link)
		}
		var page string
		for range 3 { // a scanner, a preview, and the person
			w := d.ask("GET", path, "", "")
			if page = w.Body.String(); w.Code != http.StatusOK || strings.Contains(page, "678") {
				t.Fatalf("got %d %s", w.Code, page)
			}
		}
		open := url.Values{"link": {hidden(t, page, "link")}}
		if w := d.post("/manage/open", open); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "ending in 678") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if w := d.post("/manage/open", open); w.Code != http.StatusGone {
			t.Errorf("the link works twice: %d", w.Code)
		}
		if w := d.ask("GET", path, "", ""); w.Code != http.StatusOK {
			t.Errorf("the page tells that the link was used: %d", w.Code)
		}
	})
	t.Run("ErrTooOld", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		d.called(t, "voice.example.gov", "voice.example.gov", url.Values{"phone": {manageNumber}})
		link := texted.FindString(d.texts[len(d.texts)-1])
		d.now = d.now.Add(10 * time.Minute)
		if w := d.post("/manage/open", url.Values{"link": {link[strings.LastIndex(link, "/")+1:]}}); w.Code != http.StatusGone {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("ErrNoLink", func(t *testing.T) {
		d := newDesk(t)
		for _, path := range []string{"/manage/x", "/manage/verify", "/manage/" + strings.Repeat("A", 16), "/manage/%3Cscript%3E"} {
			if w := d.ask("GET", path, "", ""); w.Code != http.StatusGone || strings.Contains(w.Body.String(), "script>") && strings.Contains(w.Body.String(), "%3C") {
				t.Errorf("%s: got %d %s", path, w.Code, w.Body)
			}
		}
		if w := d.post("/manage/open", url.Values{"link": {strings.Repeat("a", 16)}}); w.Code != http.StatusGone {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("NoSiteNoLink", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		if d.post("/manage", url.Values{"phone": {manageNumber}}); strings.Contains(d.texts[len(d.texts)-1], "/manage/") {
			t.Errorf("got %q", d.texts)
		}
	})
}

// TestEveryManagePage holds these pages to what every page promises.
func TestEveryManagePage(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		t.Run(lang, func(t *testing.T) {
			d := newDesk(t)
			d.store.CodesPerPhonePerHour = 100
			for _, a := range []string{"012345671", "012345672", "012345673"} {
				d.subscribed(t, manageNumber, a)
			}
			check := func(name string, status int, w *httptest.ResponseRecorder) string {
				t.Helper()
				t.Run(name, func(t *testing.T) {
					webtest.Page(t, w)
					if w.Code != status {
						t.Errorf("got %d %s", w.Code, w.Body)
					}
				})
				return w.Body.String()
			}
			post := func(path string, form url.Values, names ...string) *httptest.ResponseRecorder {
				form = maps.Clone(form)
				form.Set("lang", lang)
				for i := 0; i+1 < len(names); i += 2 {
					form.Set(names[i], names[i+1])
				}
				return d.post(path, form)
			}
			check("Form", 200, d.ask("GET", "/manage", "", "", "Accept-Language", lang))
			check("NoPhone", 400, post("/manage", url.Values{}))
			id := hidden(t, check("Code", 200, post("/manage", url.Values{"phone": {manageNumber}})), "id")
			check("CodeAgain", 200, post("/manage", url.Values{"step": {"code"}, "id": {id}}))
			check("NoCode", 400, post("/manage/verify", url.Values{"id": {id}}))
			check("WrongCode", 422, post("/manage/verify", url.Values{"id": {id}, "code": {d.wrongCode(t)}}))
			check("Link", 200, d.ask("GET", "/manage/"+strings.Repeat("a", 16), "", "", "Accept-Language", lang))
			list := check("List", 200, post("/manage/verify", url.Values{"id": {id}, "code": {d.code(t)}}))
			check("Over", 410, post("/manage/verify", url.Values{"id": {id}, "code": {d.code(t)}}))
			form := url.Values{"visit": {hidden(t, list, "visit")}, "id": {hidden(t, list, "id")}}
			check("Again", 403, d.ask("POST", "/manage/stop", "application/x-www-form-urlencoded", form.Encode()))
			check("Change", 200, post("/manage/change", form))
			check("ChangeWrong", 400, post("/manage/change", form, "step", "save", "language", "xx", "second_phone", "1"))
			check("ChangeWrongMail", 400, post("/manage/change", form, "step", "save", "language", "en", "email", "x"))
			check("ChangeAgain", 200, post("/manage/change", form, "step", "show", "language", "en", "email", "x"))
			check("Changed", 200, post("/manage/change", form, "step", "save", "language", "en", "second_phone", "2025550199", "email", "maria@example.org"))
			check("ChangeWaiting", 200, post("/manage/change", form))
			check("Contact", 200, post("/manage/contact", form))
			check("ContactNoCode", 400, post("/manage/contact", form, "step", "code"))
			check("ContactWrongCode", 422, post("/manage/contact", form, "step", "code", "code", d.wrongCode(t)))
			check("ContactConfirmed", 200, post("/manage/contact", form, "step", "code", "code", d.code(t)))
			check("ContactMailConfirmed", 200, post("/manage/contact", form, "step", "code", "code", d.mail.code(t)))
			for range 2 { // the sign-up's own code has tries left
				post("/manage/contact", form, "step", "code", "code", "111111")
			}
			check("ContactOver", 410, post("/manage/contact", form, "step", "code", "code", "111111"))
			check("Stopped", 200, post("/manage/stop", form))
			check("Gone", 200, post("/manage/change", form))
			delete(form, "id")
			check("Delete", 200, post("/manage/delete", form))
			check("Deleted", 200, post("/manage/delete", form, "sure", "yes"))
			check("None", 200, post("/manage/alerts", form))
		})
	}
}
