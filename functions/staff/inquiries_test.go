package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"voice.example/shared/audit"
	"voice.example/shared/custody"
	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/web"
	"voice.example/shared/web/webtest"
)

// The directory of these tests: two offices, of Maricopa County and of Cook County.
const (
	officesFile = "code,name,phone,county_fips\nPHO,Phoenix Field Office,,04013\nCHI,Chicago Field Office,,17031\n"
	peopleFile  = "email,name,role,office,languages\nrosa@voice.example,Rosa Sample,officer,PHO,en es\nabel@voice.example,Abel Sample,officer,CHI,en\n" +
		"paul@voice.example,Paul Sample,specialist,PHO,en\ntheo@voice.example,Theo Sample,operator,national,en es\n"
)

// load gives the office its directory.
func (o *office) load(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	for _, f := range []struct {
		kind directory.Kind
		file string
	}{{directory.OfficesFile, officesFile}, {directory.PeopleFile, peopleFile}} {
		p, err := o.handler.directory.Plan(ctx, f.kind, []byte(f.file))
		if err != nil || p.Rejected > 0 {
			t.Fatalf("%+v, %v", p.Rejects, err)
		}
		if _, err := o.handler.directory.Apply(ctx, f.kind, []byte(f.file), directory.Order{PlanHash: p.Hash, By: "sofia"}); err != nil {
			t.Fatal(err)
		}
	}
}

// asks opens an inquiry as a caller on the website would.
func (o *office) asks(t testing.TB, cause string, i inquiry.Inquiry) inquiry.Inquiry {
	t.Helper()
	i.Channel, i.Language = inquiry.Web, "es"
	if err := o.handler.inquiries.Reach(context.Background(), &i, inquiry.Contact{Name: "Ada Example", Phone: "+12025550143", Hours: "after six", Note: "he reads my mail"}); err != nil {
		t.Fatal(err)
	}
	o.handler.inquiries.Say(context.Background(), &i, "Who is the officer here?")
	opened, _, err := o.handler.inquiries.Open(context.Background(), cause, i, staff.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// seat is a browser in which somebody of the directory has signed in.
func seat(t *testing.T, o *office, subject, place string, roles ...staff.Role) *browser {
	t.Helper()
	b := &browser{office: o, t: t, cookies: map[string]string{}}
	b.sit(staff.Identity{Subject: subject, Name: strings.ToUpper(subject[:1]) + subject[1:], Email: subject + "@voice.example", Office: place, Roles: roles})
	return b
}

// posts sends a form of the console's.
func (b *browser) posts(path string, pairs ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do("POST", path, form)
}

// entries are the audit's of a subject.
func (o *office) entries(t testing.TB, subject string) (found []string) {
	t.Helper()
	page, err := o.handler.audit.Of(context.Background(), subject, 50, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page.Entries {
		found = append(found, fmt.Sprintf("%s %s %s", e.Actor, e.Action, e.What))
	}
	slices.Sort(found) // the clock stands still, so they are all of one moment
	return found
}

// offers reports whether a page has a form, or a button, that is sent to a path.
func offers(body, path string) bool {
	return strings.Contains(body, `action="`+path+`"`) || strings.Contains(body, `formaction="`+path+`"`)
}

func TestCase(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	i := o.asks(t, "a", inquiry.Inquiry{Reason: inquiry.LocalContact, County: "04013"})
	path := "/staff/inquiries/" + i.Reference
	rosa, abel := seat(t, o, "rosa", "PHO", staff.Officer), seat(t, o, "abel", "CHI", staff.Officer)
	theo, sofia := seat(t, o, "theo", "national", staff.Operator), seat(t, o, "sofia", "", staff.Supervisor)
	if i.Assignee != "rosa@voice.example" || i.Office != "PHO" {
		t.Fatalf("%+v", i)
	}
	t.Run("WhoHasItSeesEverything", func(t *testing.T) {
		body := rosa.page(rosa.get(path), http.StatusOK)
		for _, want := range []string{"Ask for Ada Example.", "Do NOT leave a voicemail.", "Do NOT send a text.", "It is safe: after six", "he reads my mail", "tel:&#43;12025550143",
			"Who is the officer here?", "Not called yet", "A contact at the local office"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Index(body, "Before you call") > strings.Index(body, "How it stands") {
			t.Error("something comes before how it is safe to call")
		}
		webtest.Console(t, rosa.get(path), "Ada")
	})
	t.Run("OthersAreAskedWhyOrRefused", func(t *testing.T) {
		if w := abel.get(path); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Ada") {
			t.Errorf("another office: %d", w.Code)
		}
		body := theo.page(theo.get(path), http.StatusOK)
		if strings.Contains(body, "Ada") || !offers(body, path+"/view") {
			t.Error("an operator is not asked why")
		}
		if w := theo.posts(path+"/view", "usual", "other", "text", "just so"); w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), "Ada") {
			t.Errorf("a reason that says nothing: %d", w.Code)
		}
		if body := theo.page(theo.posts(path+"/view", "usual", "caller"), http.StatusOK); !strings.Contains(body, "Ada") || offers(body, path+"/resolve") {
			t.Error("after a reason")
		}
	})
	t.Run("EachLookIsWrittenDown", func(t *testing.T) {
		want := []string{"abel denied an inquiry of another office", "rosa view an inquiry", "rosa view an inquiry", "theo view an inquiry"}
		if got := o.entries(t, audit.Inquiry(i.Reference)); !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("TheReasonIsKept", func(t *testing.T) {
		theo.page(theo.posts(path+"/view", "usual", "review", "text", "of last week"), http.StatusOK)
		theo.page(theo.posts(path+"/view", "text", "her lawyer has called"), http.StatusOK)
		page, err := o.handler.audit.By(context.Background(), "theo", 10, "")
		var whys []string
		for _, e := range page.Entries {
			why, openErr := o.handler.audit.Why(context.Background(), e)
			whys, err = append(whys, why), errors.Join(err, openErr)
		}
		slices.Sort(whys)
		if want := []string{"I review the work of others: of last week", "The caller is on the line", "her lawyer has called"}; err != nil || !slices.Equal(whys, want) {
			t.Errorf("%q, %v", whys, err)
		}
	})
	t.Run("NothingIsShownThatCannotBeWrittenDown", func(t *testing.T) {
		name := o.handler.audit.Name
		o.handler.audit.Name += "-gone"
		defer func() { o.handler.audit.Name = name }()
		if w := rosa.get(path); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "Ada") {
			t.Errorf("got %d", w.Code)
		}
		if w := rosa.posts(path+"/note", "text", "x"); w.Code != http.StatusInternalServerError {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("TheWork", func(t *testing.T) {
		to := rosa.leads(rosa.posts(path+"/tried", "seen", "1", "text", "no answer"))
		if body := rosa.page(rosa.get(to), http.StatusOK); !strings.Contains(body, "Tried, nobody answered") || !strings.Contains(body, "no answer") {
			t.Error("the try is not shown")
		}
		if body := rosa.page(rosa.posts(path+"/contacted", "seen", "1", "text", "told her everything"), http.StatusConflict); !strings.Contains(body, "It has changed since you opened it") ||
			!strings.Contains(body, ">told her everything</textarea>") {
			t.Error("what was typed over an old version is lost")
		}
		rosa.leads(rosa.posts(path+"/contacted", "seen", "2", "text", "told her everything"))
		if body := rosa.page(rosa.posts(path+"/refer", "seen", "3", "text", "she moved", "person", "nobody@voice.example"), http.StatusBadRequest); !strings.Contains(body, "The directory has nobody") {
			t.Error("a person that there is not")
		}
		if body := rosa.page(rosa.posts(path+"/refer", "seen", "3", "text", "she moved"), http.StatusBadRequest); !strings.Contains(body, "Choose who is to have it.") {
			t.Error("nobody chosen")
		}
		body := rosa.page(rosa.posts(path+"/hand-over", "seen", "3", "text", "she moved"), http.StatusOK)
		for _, want := range []string{">she moved</textarea>", `<option value="CHI">Chicago Field Office`, `<option value="abel@voice.example">Abel Sample, community relations officer, CHI`, `name="seen" value="3"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page of handing over lacks %q", want)
			}
		}
		if strings.Contains(body, `value="rosa@voice.example"`) || strings.Contains(body, "Ada") {
			t.Error("she can hand it to herself, or the caller is named")
		}
		if body := rosa.page(rosa.posts(path+"/resolve", "seen", "3", "outcome", "lost"), http.StatusBadRequest); !strings.Contains(body, "Choose how it ended.") {
			t.Error("an outcome that there is not")
		}
		if to := rosa.leads(rosa.posts(path+"/refer", "seen", "3", "text", "she moved", "person", "Abel@voice.example")); to != "/staff/queue" {
			t.Errorf("whoever may not read it any more is led to %s", to)
		}
		if body := abel.page(abel.get("/staff/queue"), http.StatusOK); !strings.Contains(body, i.Reference) {
			t.Error("it is not in the queue of who got it")
		}
		if w := abel.posts(path + "/hand-over"); w.Code != http.StatusBadRequest {
			t.Errorf("without a version: %d", w.Code)
		}
		abel.leads(abel.posts(path+"/resolve", "seen", "4", "outcome", "answered", "text", "done"))
		body = abel.page(abel.get(path), http.StatusOK)
		if !strings.Contains(body, "Answered") || !offers(body, path+"/reopen") || offers(body, path+"/resolve") {
			t.Error("how it ended")
		}
		if load, err := o.handler.directory.Read(context.Background()); err != nil {
			t.Error(err)
		} else if person, err := load.Person("abel@voice.example"); err != nil || person.Open != 0 {
			t.Errorf("%d are counted as open, %v", person.Open, err)
		}
	})
	t.Run("LegalHold", func(t *testing.T) {
		if w := abel.posts(path+"/hold", "text", "a case"); w.Code != http.StatusForbidden {
			t.Errorf("an officer holds: %d", w.Code)
		}
		sofia.leads(sofia.posts(path+"/hold", "text", "a case in court"))
		body := sofia.page(sofia.posts(path+"/view", "usual", "review"), http.StatusOK)
		if !strings.Contains(body, "It is kept until the hold ends.") || !offers(body, path+"/unhold") {
			t.Error("the hold is not shown")
		}
	})
	t.Run("ErrNone", func(t *testing.T) {
		if body := rosa.page(rosa.get("/staff/inquiries/2222-2222"), http.StatusNotFound); !strings.Contains(body, "There is no such request") {
			t.Error(body)
		}
		if w := rosa.posts(path + "/burn"); w.Code != http.StatusNotFound {
			t.Errorf("an act that there is not: %d", w.Code)
		}
	})
}

func TestQueue(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	theo, other := seat(t, o, "theo", "national", staff.Operator), seat(t, o, "priya", "national", staff.Operator)
	var references []string
	for n := range 30 {
		references = append(references, o.asks(t, fmt.Sprint(n), inquiry.Inquiry{Reason: inquiry.CustodyStatus}).Reference)
		o.now = o.now.Add(30 * time.Second)
	}
	t.Run("OK", func(t *testing.T) {
		body := theo.page(theo.get("/staff/queue?queue=national"), http.StatusOK)
		if strings.Count(body, "<tr>") != 26 || !strings.Contains(body, references[0]) || strings.Contains(body, references[29]) || !strings.Contains(body, "Next page") {
			t.Errorf("%d rows", strings.Count(body, "<tr>"))
		}
		next := regexp.MustCompile(`href="(/staff/queue\?[^"]*after=[^"]*)"`).FindStringSubmatch(body)
		if next == nil {
			t.Fatal("no next page")
		}
		if body := theo.page(theo.get(strings.ReplaceAll(next[1], "&amp;", "&")), http.StatusOK); !strings.Contains(body, references[29]) || strings.Contains(body, references[0]) {
			t.Error("the next page")
		}
		if body := theo.page(theo.get("/staff/queue?queue=national&sort=-due&reason=custody_status&language=es"), http.StatusOK); !strings.Contains(body, references[29]) {
			t.Error("the latest first")
		}
	})
	t.Run("OneTapTakesIt", func(t *testing.T) {
		path := "/staff/inquiries/" + references[0] + "/take"
		if to := theo.leads(theo.posts(path)); to != "/staff/inquiries/"+references[0] {
			t.Errorf("led to %s", to)
		}
		body := theo.page(theo.get("/staff/queue"), http.StatusOK)
		has, waits := strings.Index(body, "What you have"), strings.Index(body, "What waits at the whole country")
		if at := strings.Index(body, references[0]); has < 0 || waits < has || at < has || at > waits || !strings.Contains(body[waits:], references[1]) || !strings.Contains(body, "All that waits here") {
			t.Errorf("what they have at %d, what waits at %d", has, waits)
		}
		if body := theo.page(theo.get("/staff/queue?queue=mine"), http.StatusOK); !strings.Contains(body, references[0]) || strings.Contains(body, references[1]) {
			t.Error("what they have alone")
		}
		if w := other.posts(path); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Somebody else has it now, at the national hotline") {
			t.Errorf("a second one: %d", w.Code)
		}
	})
	t.Run("OnlyOneOfTwoAtOnce", func(t *testing.T) {
		for _, reference := range references[1:6] {
			codes := make([]int, 2)
			var group sync.WaitGroup
			for n, b := range []*browser{theo, other} {
				group.Go(func() { codes[n] = b.posts("/staff/inquiries/" + reference + "/take").Code })
			}
			group.Wait()
			slices.Sort(codes)
			if !slices.Equal(codes, []int{http.StatusSeeOther, http.StatusConflict}) {
				t.Errorf("%s: %v", reference, codes)
			}
		}
	})
	t.Run("Overdue", func(t *testing.T) {
		o.now = o.now.Add(48 * time.Hour)
		late := seat(t, o, "theo", "national", staff.Operator)
		if body := late.page(late.get("/staff/queue"), http.StatusOK); !strings.Contains(body, ">Overdue</span>") {
			t.Error(body)
		}
	})
	t.Run("ErrOfAnotherOffice", func(t *testing.T) {
		rosa := seat(t, o, "rosa", "PHO", staff.Officer)
		for _, queue := range []string{"CHI", "national"} {
			if w := rosa.get("/staff/queue?queue=" + queue); w.Code != http.StatusForbidden {
				t.Errorf("%s: %d", queue, w.Code)
			}
		}
		if body := rosa.page(rosa.get("/staff/queue?queue=PHO"), http.StatusOK); !strings.Contains(body, "Nothing waits here") {
			t.Error("an empty queue")
		}
	})
}

func TestInquiriesJSON(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	i := o.asks(t, "a", inquiry.Inquiry{Reason: inquiry.LocalContact, County: "04013"})
	path := "/v1/staff/inquiries/" + i.Reference
	t.Run("OK", func(t *testing.T) {
		var f full
		decode(t, o.ask("rosa", "GET", path, ""), http.StatusOK, &f)
		if f.Contact.Name != "Ada Example" || f.Message != "Who is the officer here?" || len(f.Timeline) != 2 || f.Version != 1 {
			t.Errorf("%+v", f)
		}
		var s summary
		decode(t, o.ask("rosa", "POST", path+"/contacted", `{"seen": 1, "text": "told her"}`), http.StatusOK, &s)
		if s.FirstContactAt == nil || s.Version != 2 {
			t.Errorf("%+v", s)
		}
		var l struct{ Inquiries []summary }
		decode(t, o.ask("rosa", "GET", "/v1/staff/inquiries", ""), http.StatusOK, &l)
		if len(l.Inquiries) != 1 || l.Inquiries[0].Reference != i.Reference {
			t.Errorf("%+v", l)
		}
	})
	t.Run("WhoHasItIsNotSaidButWhere", func(t *testing.T) {
		if p, _ := refused(t, o.ask("paul", "POST", path+"/resolve", `{"outcome": "answered"}`), 409, web.Taken); p.Office != "PHO" || strings.Contains(fmt.Sprint(p), "rosa") {
			t.Errorf("%+v", p)
		}
	})
	for name, c := range map[string]struct {
		as, method, path, body string
		status                 int
		code                   web.Code
	}{
		"ErrChanged":      {"rosa", "POST", path + "/resolve", `{"seen": 1, "outcome": "answered"}`, 409, web.ChangedSince},
		"ErrNotYours":     {"dana", "GET", path, "", 403, web.Forbidden},
		"ErrNoReason":     {"theo", "GET", path, "", 400, web.Invalid},
		"ErrTaken":        {"paul", "POST", path + "/resolve", `{"outcome": "answered"}`, 409, web.Taken},
		"ErrOutcome":      {"rosa", "POST", path + "/resolve", `{"outcome": "lost"}`, 400, web.Invalid},
		"ErrNoNote":       {"rosa", "POST", path + "/note", `{}`, 400, web.Invalid},
		"ErrLong":         {"rosa", "POST", path + "/note", `{"text": "` + strings.Repeat("x", 2001) + `"}`, 400, web.Invalid},
		"ErrAct":          {"rosa", "POST", path + "/burn", `{}`, 404, web.NotFound},
		"ErrHold":         {"rosa", "POST", path + "/hold", `{"text": "x"}`, 403, web.Forbidden},
		"ErrNone":         {"rosa", "GET", "/v1/staff/inquiries/2222-2222", "", 404, web.InquiryNotFound},
		"ErrQueue":        {"rosa", "GET", "/v1/staff/inquiries?queue=CHI", "", 403, web.NotYours},
		"ErrState":        {"rosa", "GET", "/v1/staff/inquiries?state=x", "", 400, web.Invalid},
		"ErrAfter":        {"rosa", "GET", "/v1/staff/inquiries?after=x", "", 400, web.Invalid},
		"ErrUnknownField": {"rosa", "POST", path + "/note", `{"texts": "x"}`, 400, web.Invalid},
	} {
		t.Run(name, func(t *testing.T) { refused(t, o.ask(c.as, c.method, c.path, c.body), c.status, c.code) })
	}
}

func TestCall(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	theo := seat(t, o, "theo", "national", staff.Operator)
	began := func() string {
		t.Helper()
		body := theo.page(theo.get("/staff/call"), http.StatusOK)
		return regexp.MustCompile(`name="began" value="([^"]*)"`).FindStringSubmatch(body)[1]
	}
	reference := regexp.MustCompile(`/staff/inquiries/([2-9A-Z]{4}-[2-9A-Z]{4})"`)
	t.Run("OK", func(t *testing.T) {
		form := []string{"began", began(), "reason", "local_contact", "language", "es", "name", "Ada Example", "phone", "602 555 0143", "place", "85001", "may_text", "yes", "message", "Who is it?"}
		o.now = o.now.Add(25 * time.Second)
		body := theo.page(theo.posts("/staff/call", form...), http.StatusOK)
		found := reference.FindStringSubmatch(body)
		if found == nil || !strings.Contains(body, "rosa@voice.example at PHO has it.") || !regexp.MustCompile(`PIN \d{6}<`).MatchString(body) {
			t.Fatal(body)
		}
		i, err := o.handler.inquiries.Get(context.Background(), found[1])
		if err != nil || i.CallSeconds != 25 || i.Channel != inquiry.Phone || !i.MayText || i.County != "04013" || i.Timeline[0].By != "theo" {
			t.Errorf("%+v, %v", i, err)
		}
		if again := reference.FindStringSubmatch(theo.page(theo.posts("/staff/call", form...), http.StatusOK)); again == nil || again[1] != found[1] {
			t.Error("a second tap is a second call")
		}
	})
	t.Run("TheSamePhoneAgain", func(t *testing.T) {
		body := theo.page(theo.posts("/staff/call", "began", began(), "reason", "alerts", "phone", "602 555 0143", "place", "Maricopa, AZ"), http.StatusOK)
		if !strings.Contains(body, "This phone has asked before") || len(reference.FindAllString(body, -1)) != 2 {
			t.Error(body)
		}
	})
	t.Run("WhatIsNotForUsIsCountedAndTheNumberIsSaid", func(t *testing.T) {
		for reason, number := range map[string]string{"report_crime": "1-866-347-2423", "own_case": "1-800-375-5283"} {
			body := theo.page(theo.posts("/staff/call", "began", began(), "reason", reason, "name", "Ada Example"), http.StatusOK)
			if !strings.Contains(body, "Tell them to call") || !strings.Contains(body, number) || strings.Contains(body, "PIN") {
				t.Error(body)
			}
		}
	})
	t.Run("AFormThatWasMadeUpHasNoTime", func(t *testing.T) {
		for _, sealed := range []string{"", "x", o.handler.keys.Seal("other", "k 0")} {
			if key, seconds := o.handler.took(sealed); key == "" || seconds != 0 {
				t.Errorf("%q: %q, %d", sealed, key, seconds)
			}
		}
		sealed := o.handler.began()
		o.now = o.now.Add(3 * time.Hour)
		if _, seconds := o.handler.took(sealed); seconds != 0 {
			t.Errorf("left open for hours: %d", seconds)
		}
		theo = seat(t, o, "theo", "national", staff.Operator) // signed out meanwhile
	})
	t.Run("ErrFields", func(t *testing.T) {
		body := theo.page(theo.posts("/staff/call", "began", began(), "reason", "other", "phone", "12", "place", "00000", "a_number", "7", "email", "x", "message", "kept"), http.StatusBadRequest)
		for _, want := range []string{"This is no phone number", "We know no such ZIP code or county", "seven to nine digits", "This is no e-mail address", ">kept</textarea>"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
	t.Run("JSON", func(t *testing.T) {
		var l loggedCall
		decode(t, o.ask("theo", "POST", "/v1/staff/inquiries", `{"reason": "victim_services", "phone": "602 555 0143", "place": "60601"}`), http.StatusCreated, &l)
		if l.PIN == "" || l.Office != "CHI" || l.Assignee != "abel@voice.example" { // there is no specialist: the officer stands in
			t.Errorf("%+v", l)
		}
		refused(t, o.ask("theo", "POST", "/v1/staff/inquiries", `{"reason": "x"}`), 400, web.Invalid)
	})
}

func TestSearch(t *testing.T) {
	o := newOffice(t)
	theo := seat(t, o, "theo", "national", staff.Operator)
	no, yes := false, true
	for _, r := range []custody.Record{
		{ANumber: "001234567", Version: 1, FirstName: "Otto", LastName: "Adult", NameKey: custody.NameKeyOf("Adult", "Otto", "MX"), DateOfBirth: "1980-01-01", CountryOfBirth: "MX", Protected: &no, Status: custody.InCustody, Facility: "ONE"},
		{ANumber: "001234568", Version: 1, FirstName: "Pia", LastName: "Hidden", DateOfBirth: "1980-01-01", CountryOfBirth: "MX", Protected: &yes, Status: custody.InCustody, Facility: "TWO"},
	} {
		if err := o.handler.custody.Apply(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	subject := func(a string) string { return audit.Person(o.handler.keys, a) }
	t.Run("OK", func(t *testing.T) {
		body := theo.page(theo.posts("/staff/search", "a_number", "A1234567"), http.StatusOK)
		if !strings.Contains(body, "May be told") || !strings.Contains(body, "ONE") || !slices.Equal(o.entries(t, subject("001234567")), []string{"theo view a custody record"}) {
			t.Errorf("%q, %s", o.entries(t, subject("001234567")), body)
		}
	})
	t.Run("ByName", func(t *testing.T) {
		body := theo.page(theo.posts("/staff/search", "last_name", "ADULT", "first_name", "otto", "country_of_birth", "MX"), http.StatusOK)
		if !strings.Contains(body, "Look at A001234567") || strings.Contains(body, "ONE") {
			t.Error(body)
		}
		if body := theo.page(theo.posts("/staff/search", "last_name", "ADULT", "first_name", "otto", "country_of_birth", "MX", "date_of_birth", "1980-01-02"), http.StatusOK); strings.Contains(body, "Look at") {
			t.Error("born on another day")
		}
		if body := theo.page(theo.posts("/staff/search", "last_name", "ADULT", "first_name", "otto", "country_of_birth", "MX", "date_of_birth", "1980-01-01"), http.StatusOK); !strings.Contains(body, "Look at A001234567") {
			t.Error("born on that day")
		}
		if body := theo.page(theo.posts("/staff/search", "last_name", "Nobody", "first_name", "x", "country_of_birth", "MX"), http.StatusOK); !strings.Contains(body, "Nobody of this name") {
			t.Error(body)
		}
	})
	t.Run("WhoMayNotBeDisclosedIsShownToWhoeverSaysWhy", func(t *testing.T) {
		body := theo.page(theo.posts("/staff/search", "a_number", "1234568"), http.StatusOK)
		if !strings.Contains(body, "Do not tell anybody") || !strings.Contains(body, "a file says that the law protects them") || strings.Contains(body, "TWO") || strings.Contains(body, "Pia") {
			t.Error(body)
		}
		if w := theo.posts("/staff/person", "a_number", "1234568", "text", "so"); w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), "TWO") {
			t.Errorf("got %d", w.Code)
		}
		body = theo.page(theo.posts("/staff/person", "a_number", "1234568", "text", "her lawyer asks for the office"), http.StatusOK)
		if !strings.Contains(body, "TWO") || !strings.Contains(body, "Do not tell anybody") {
			t.Error(body)
		}
		if got := o.entries(t, subject("001234568")); !slices.Contains(got, "theo view a custody record that may not be disclosed") {
			t.Errorf("%q", got)
		}
	})
	t.Run("LegalHold", func(t *testing.T) {
		sofia := seat(t, o, "sofia", "", staff.Supervisor)
		if w := theo.posts("/staff/person", "a_number", "1234567", "hold", "yes", "text", "a case in court"); w.Code != http.StatusForbidden {
			t.Errorf("an operator holds: %d", w.Code)
		}
		if body := sofia.page(sofia.posts("/staff/person", "a_number", "1234567", "hold", "yes", "text", "a case in court"), http.StatusOK); !strings.Contains(body, "It is kept until the hold ends.") {
			t.Error(body)
		}
	})
	t.Run("ErrNobody", func(t *testing.T) {
		if body := theo.page(theo.posts("/staff/search", "a_number", "7777777"), http.StatusOK); !strings.Contains(body, "There is no record") {
			t.Error(body)
		}
		refused(t, o.ask("theo", "POST", "/v1/staff/people/search", `{"a_number": "7777777"}`), 404, web.NotFound)
	})
	t.Run("ErrFields", func(t *testing.T) {
		body := theo.page(theo.posts("/staff/search", "last_name", "x", "date_of_birth", "1980"), http.StatusBadRequest)
		if !strings.Contains(body, "This is no date") || !strings.Contains(body, "A name is needed") || !strings.Contains(body, "Choose the country") {
			t.Error(body)
		}
		theo.page(theo.posts("/staff/search", "a_number", "7"), http.StatusBadRequest)
		theo.page(theo.posts("/staff/person", "a_number", ""), http.StatusBadRequest)
	})
	t.Run("JSON", func(t *testing.T) {
		var p person
		decode(t, o.ask("theo", "POST", "/v1/staff/people/search", `{"a_number": "1234568"}`), http.StatusOK, &p)
		if p.Disclosable || p.Hidden != custody.HiddenFlag || p.Because != "a file says that the law protects them" || p.Record != nil {
			t.Errorf("%+v", p)
		}
		decode(t, o.ask("theo", "POST", "/v1/staff/people/search", `{"a_number": "1234567"}`), http.StatusOK, &p)
		if !p.Disclosable || p.Record == nil {
			t.Errorf("%+v", p)
		}
	})
}
