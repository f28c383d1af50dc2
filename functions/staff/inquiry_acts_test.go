package main

import (
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"voice.example/shared/audit"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
)

// TestInquiryActsAndRoles tries every role at everything that can be done with an inquiry, at the inquiry's own office and at
// another one, on the page and as JSON.
func TestInquiryActsAndRoles(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	everywhere := func(role staff.Role) bool { return role == staff.Operator || role == staff.Supervisor }
	cells := 0
	for _, role := range append(staff.Roles(), "") {
		for _, office := range []string{"PHO", "CHI"} {
			b := seat(t, o, "somebody", office, role)
			for name, act := range acts {
				cells++
				i := o.asks(t, string(role)+office+name, inquiry.Inquiry{Reason: inquiry.LocalContact, County: "04013"})
				w := b.posts("/staff/inquiries/"+i.Reference+"/"+name, "seen", "1", "text", "a word", "outcome", "answered", "role", "officer", "office", "CHI")
				body := w.Body.String()
				isRole := w.Code == http.StatusForbidden && strings.Contains(body, "Your role does not allow this")
				isOffice := w.Code == http.StatusForbidden && !isRole
				may := (staff.Identity{Roles: []staff.Role{role}}).May(act.action)
				if isRole == may {
					t.Errorf("%s of %s, %s: %d", role, office, name, w.Code)
				}
				if want := may && office != "PHO" && !everywhere(role); isOffice != want {
					t.Errorf("%s of %s, %s: refused for the office is %t", role, office, name, isOffice)
				}
				now, err := o.handler.inquiries.Get(t.Context(), i.Reference)
				if err != nil || w.Code == http.StatusForbidden && now.Version != i.Version {
					t.Errorf("%s of %s, %s: it was changed, %v", role, office, name, err)
				}
			}
		}
	}
	if cells != 7*2*10 {
		t.Errorf("%d cells", cells)
	}
}

func TestRelated(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	one := o.asks(t, "one", inquiry.Inquiry{Reason: inquiry.LocalContact, County: "04013"})
	two := o.asks(t, "two", inquiry.Inquiry{Reason: inquiry.LocalContact, County: "17031"})
	three := o.asks(t, "three", inquiry.Inquiry{Reason: inquiry.VictimServices, County: "04013"})
	path := "/staff/inquiries/" + one.Reference
	rosa, theo := seat(t, o, "rosa", "PHO", staff.Officer), seat(t, o, "theo", "national", staff.Operator)
	asks := func(b *browser) *httptest.ResponseRecorder {
		b.t.Helper()
		body := b.page(b.posts(path+"/view", "usual", "review"), http.StatusOK)
		phone := regexp.MustCompile(`name="phone" value="([^"]*)"`).FindStringSubmatch(body)
		if phone == nil {
			t.Fatal("it is not offered")
		}
		return b.posts(path+"/related", "phone", html.UnescapeString(phone[1]))
	}
	t.Run("OfOnesOwnOffice", func(t *testing.T) {
		body := rosa.page(asks(rosa), http.StatusOK)
		if !strings.Contains(body, three.Reference) || strings.Contains(body, two.Reference) || !strings.Contains(body, "1 more is at other offices.") || strings.Contains(body, "Ada") {
			t.Error(body)
		}
	})
	t.Run("OperatorsSeeAll", func(t *testing.T) {
		if body := theo.page(asks(theo), http.StatusOK); !strings.Contains(body, two.Reference) || !strings.Contains(body, three.Reference) {
			t.Error(body)
		}
	})
	t.Run("WrittenDown", func(t *testing.T) {
		want := []string{"rosa view an inquiry", "rosa view what else came from its phone", "theo view an inquiry", "theo view what else came from its phone"}
		if got := o.entries(t, audit.Inquiry(one.Reference)); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
	t.Run("ErrOtherOffice", func(t *testing.T) {
		abel := seat(t, o, "abel", "CHI", staff.Officer)
		for _, act := range []string{"hand-over", "view"} {
			if w := abel.posts(path+"/"+act, "seen", "1", "usual", "caller"); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Ada") {
				t.Errorf("%s: %d", act, w.Code)
			}
		}
	})
	t.Run("ErrOthersPage", func(t *testing.T) {
		for _, sealed := range []string{"", "x", o.handler.relatedPhone(staff.Identity{Subject: "rosa"}, one), o.handler.relatedPhone(staff.Identity{Subject: "theo"}, two)} {
			theo.page(theo.posts(path+"/related", "phone", sealed), http.StatusNotFound)
		}
	})
	t.Run("ErrNothingIsWrittenDown", func(t *testing.T) {
		o.handler.audit.Name += "-gone"
		for _, act := range []string{"related", "view"} {
			if w := theo.posts(path+"/"+act, "usual", "caller", "phone", o.handler.relatedPhone(staff.Identity{Subject: "theo"}, one)); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), three.Reference) {
				t.Errorf("%s: %d", act, w.Code)
			}
		}
	})
}
