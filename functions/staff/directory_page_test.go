package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"voice.example/shared/county"
	"voice.example/shared/directory"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// sends sends a form with a file in it, of pairs of names and values; "*" before a name is a file.
func (b *browser) sends(path string, pairs ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		var err error
		if name, isFile := strings.CutPrefix(pairs[i], "*"); isFile {
			part, e := form.CreateFormFile(name, "a file.csv")
			if e != nil {
				b.t.Fatal(e)
			}
			_, err = part.Write([]byte(pairs[i+1]))
		} else {
			err = form.WriteField(name, pairs[i+1])
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// hidden are the hidden fields of the last form of a page that is sent to a path.
func hidden(body, path string) (pairs []string) {
	_, form, _ := strings.Cut(body, `action="`+path+`" enctype`)
	form, _, _ = strings.Cut(form, "</form>")
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(form, -1) {
		pairs = append(pairs, m[1], strings.ReplaceAll(m[2], "&#43;", "+"))
	}
	return pairs
}

// row is what the page says in the row of a table that begins with a text, its tags left out.
func row(body, head string) string {
	for _, r := range regexp.MustCompile(`(?s)<tr>\s*<th scope="row">.*?</tr>`).FindAllString(body, -1) {
		if text := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(r, " ")), " "); strings.HasPrefix(text, head+" ") {
			return text
		}
	}
	return ""
}

func TestShowDirectory(t *testing.T) {
	o := newOffice(t)
	rosa := seat(t, o, "rosa", "PHO", staff.Officer)
	t.Run("Empty", func(t *testing.T) {
		body := rosa.page(rosa.get("/staff/directory"), http.StatusOK)
		if !strings.Contains(body, "Nobody is listed here") || !strings.Contains(body, "There are none yet") || offers(body, "/staff/absence") {
			t.Error(body)
		}
	})
	o.load(t)
	if err := o.handler.directory.SetAbsence(context.Background(), "paul@voice.example", directory.Absence{Until: "2026-06-03"}); err != nil {
		t.Fatal(err)
	}
	t.Run("TwoCalls", func(t *testing.T) {
		c := rosa.listen()
		body := rosa.page(rosa.get("/staff/directory"), http.StatusOK)
		if got := fmt.Sprint(c.names); got != "[UpdateItem Scan]" {
			t.Errorf("got %s", got)
		}
		for head, want := range map[string]string{
			"Rosa Sample": "Rosa Sample here 0 PHO community relations officer English, Español rosa@voice.example",
			"Paul Sample": "Paul Sample away through Jun 3 0 PHO victim assistance specialist English paul@voice.example",
			"PHO":         "PHO Phoenix Field Office – 1 2 1",
			"Offices":     "Offices Jun 1, 12:00 PM EDT 2",
		} {
			if got := row(body, head); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		if offers(body, "/staff/directory") && strings.Contains(body, "multipart") {
			t.Error("an officer is offered to load a file")
		}
	})
	t.Run("Filtered", func(t *testing.T) {
		body := rosa.page(rosa.get("/staff/directory?office=PHO&role=officer"), http.StatusOK)
		if row(body, "Rosa Sample") == "" || row(body, "Paul Sample") != "" || row(body, "Abel Sample") != "" {
			t.Error("the filter does not hold")
		}
	})
	t.Run("Sorted", func(t *testing.T) {
		for query, first := range map[string]string{"": "Abel Sample", "?sort=-name": "Theo Sample", "?sort=office": "Abel Sample", "?sort=-office": "Theo Sample"} {
			body := rosa.page(rosa.get("/staff/directory"+query), http.StatusOK)
			for _, name := range []string{"Abel Sample", "Paul Sample", "Rosa Sample", "Theo Sample"} {
				if strings.Index(body, ">"+name+"<") < strings.Index(body, ">"+first+"<") {
					t.Errorf("%s: %s comes before %s", query, name, first)
				}
			}
		}
	})
	t.Run("Paged", func(t *testing.T) {
		file := peopleFile
		for i := range peoplePerPage {
			file += fmt.Sprintf("p%03d@voice.example,Person %03d,officer,PHO,en\n", i, i)
		}
		plan, err := o.handler.directory.Plan(context.Background(), directory.PeopleFile, []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.handler.directory.Apply(context.Background(), directory.PeopleFile, []byte(file), directory.Order{PlanHash: plan.Hash}); err != nil {
			t.Fatal(err)
		}
		first := rosa.page(rosa.get("/staff/directory"), http.StatusOK)
		if row(first, "Abel Sample") == "" || row(first, "Theo Sample") != "" || !strings.Contains(first, "after=100") {
			t.Error("the first page")
		}
		if second := rosa.page(rosa.get("/staff/directory?after=100"), http.StatusOK); row(second, "Theo Sample") == "" ||
			row(second, "Abel Sample") != "" || strings.Contains(second, "Next page") {
			t.Error("the second page")
		}
		for _, after := range []string{"x", "-1", "100000"} {
			if body := rosa.page(rosa.get("/staff/directory?after="+after), http.StatusOK); row(body, "Abel Sample") == "" {
				t.Errorf("after %s", after)
			}
		}
	})
}

func TestTakeAbsence(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	rosa := seat(t, o, "rosa", "PHO", staff.Officer)
	if body := rosa.page(rosa.get("/staff/directory"), http.StatusOK); !offers(body, "/staff/absence") {
		t.Fatal("no form")
	}
	if to := rosa.leads(rosa.posts("/staff/absence", "from", "2026-06-01", "until", "2026-06-05")); to != "/staff/directory" {
		t.Errorf("led to %s", to)
	}
	body := rosa.page(rosa.get("/staff/directory"), http.StatusOK)
	if !strings.Contains(row(body, "Rosa Sample"), "away through Jun 5") || !strings.Contains(body, `name="until" value="2026-06-05"`) {
		t.Error(row(body, "Rosa Sample"))
	}
	t.Run("ErrReverse", func(t *testing.T) {
		body := rosa.page(rosa.posts("/staff/absence", "from", "2026-06-09", "until", "2026-06-08"), http.StatusBadRequest)
		if !strings.Contains(body, "The last day away is before the first.") || !strings.Contains(body, `name="from" value="2026-06-09"`) {
			t.Error(body)
		}
	})
	t.Run("ErrFromAnotherSite", func(t *testing.T) {
		w := rosa.do("POST", "/staff/absence", map[string][]string{"from": {""}}, "Sec-Fetch-Site", "cross-site")
		if rosa.page(w, http.StatusForbidden); !strings.Contains(row(rosa.page(rosa.get("/staff/directory"), http.StatusOK), "Rosa Sample"), "away through Jun 5") {
			t.Error("it was done")
		}
	})
	t.Run("ErrNotInDirectory", func(t *testing.T) {
		sofia := seat(t, o, "sofia", "", staff.Supervisor)
		if body := sofia.page(sofia.get("/staff/directory"), http.StatusOK); offers(body, "/staff/absence") {
			t.Error("somebody who is not in the directory is asked")
		}
		if body := sofia.page(sofia.posts("/staff/absence", "from", ""), http.StatusConflict); !strings.Contains(body, "The directory does not have you") {
			t.Error(body)
		}
	})
}

func TestTakeDirectory(t *testing.T) {
	const path = "/staff/directory"
	o := newOffice(t)
	sofia := seat(t, o, "sofia", "", staff.Supervisor)
	names := func(t *testing.T) (codes []string) {
		t.Helper()
		d, err := o.handler.directory.Read(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, office := range d.Offices {
			codes = append(codes, office.Code)
		}
		return codes
	}
	t.Run("SeenAndThenLoaded", func(t *testing.T) {
		body := sofia.page(sofia.sends(path, "kind", "offices", "*file", officesFile), http.StatusOK)
		if got := row(body, "Phoenix Field Office, PHO"); got != "Phoenix Field Office, PHO new –" || len(names(t)) != 0 {
			t.Fatalf("%q, %v: %s", got, names(t), body)
		}
		if to := sofia.leads(sofia.sends(path, hidden(body, path)...)); to != path || len(names(t)) != 2 {
			t.Errorf("led to %s, %v", to, names(t))
		}
		if got := row(sofia.page(sofia.get(path), http.StatusOK), "Offices"); got != "Offices Jun 1, 12:00 PM EDT Sofia 2" {
			t.Errorf("%q", got)
		}
	})
	t.Run("Rejects", func(t *testing.T) {
		body := sofia.page(sofia.sends(path, "kind", "people", "*file", "email,name,role,office\nrosa,Rosa Sample,officer,PHO\n"), http.StatusOK)
		if got := row(body, "line 2"); !strings.HasPrefix(got, "line 2 email xxxx not an e-mail address Write the address") || strings.Contains(body, `name="kept"`) {
			t.Errorf("%q", got)
		}
	})
	t.Run("RemovesMost", func(t *testing.T) {
		none := "code,name,county_fips\nNYC,New York Field Office,36061\n"
		body := sofia.page(sofia.sends(path, "kind", "offices", "*file", none), http.StatusOK)
		again := sofia.page(sofia.sends(path, hidden(body, path)...), http.StatusConflict)
		if !strings.Contains(again, "Say that you mean to remove more than half") || len(names(t)) != 2 || !strings.Contains(row(body, "the file"), "would have no office") {
			t.Fatal(again)
		}
		sofia.leads(sofia.sends(path, append(hidden(again, path), "anyway", "yes")...))
		if got := names(t); !slices.Equal(got, []string{"NYC"}) {
			t.Errorf("%q", got)
		}
	})
	t.Run("ErrChangedMeanwhile", func(t *testing.T) {
		body := sofia.page(sofia.sends(path, "kind", "offices", "*file", officesFile), http.StatusOK)
		more := "code,name,county_fips\nNYC,New York Field Office,36061\nPHO,Phoenix Field Office,04013\n"
		sofia.leads(sofia.sends(path, hidden(sofia.page(sofia.sends(path, "kind", "offices", "*file", more), http.StatusOK), path)...))
		again := sofia.page(sofia.sends(path, hidden(body, path)...), http.StatusConflict)
		if !strings.Contains(again, "The directory has changed since you looked") || row(again, "Phoenix Field Office, PHO") != "" ||
			row(again, "Chicago Field Office, CHI") == "" {
			t.Error(again)
		}
		sofia.leads(sofia.sends(path, hidden(again, path)...))
	})
	t.Run("TheWholeCountryFitsAPage", func(t *testing.T) {
		of := map[string][]string{}
		for i, c := range county.All() {
			code := fmt.Sprintf("F%02d", i/130)
			of[code] = append(of[code], c.FIPS)
		}
		file := "code,name,phone,county_fips\n"
		for _, code := range slices.Sorted(maps.Keys(of)) {
			file += code + ",Field Office " + code + ",(602) 555-0143," + strings.Join(of[code], "|") + "\n"
		}
		body := sofia.page(sofia.sends(path, "kind", "offices", "*file", file), http.StatusOK)
		sofia.leads(sofia.sends(path, append(hidden(body, path), "anyway", "yes")...))
		if got := names(t); len(got) != 25 {
			t.Errorf("%q", got)
		}
		sofia.page(sofia.get(path), http.StatusOK)
	})
	for name, test := range map[string]struct {
		pairs []string
		want  string
	}{
		"ErrNoFile": {[]string{"kind", "offices", "*file", ""}, "Choose a file."},
		"ErrNoKind": {[]string{"*file", officesFile}, "Say what is in the file."},
	} {
		t.Run(name, func(t *testing.T) {
			if body := sofia.page(sofia.sends(path, test.pairs...), http.StatusBadRequest); !strings.Contains(body, test.want) {
				t.Error(body)
			}
		})
	}
	for name, kept := range map[string]string{"ErrKeptNotText": "?", "ErrKeptNotPacked": "YQ=="} {
		t.Run(name, func(t *testing.T) {
			sofia.page(sofia.sends(path, "kind", "offices", "kept", kept, "plan", "x"), http.StatusBadRequest)
		})
	}
	t.Run("ErrForbidden", func(t *testing.T) {
		rosa := seat(t, o, "rosa", "PHO", staff.Officer)
		rosa.page(rosa.sends(path, "kind", "offices", "*file", officesFile), http.StatusForbidden)
	})
	t.Run("LargestFileComesBack", func(t *testing.T) {
		file := []byte(strings.Repeat("0123456789abcdef", directory.MaxBytes/16))
		kept, err := packFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpackFile(kept); err != nil || !bytes.Equal(got, file) {
			t.Error(err)
		}
		bomb, err := packFile(bytes.Repeat([]byte("0"), 10*directory.MaxBytes))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpackFile(bomb); err != nil || len(got) != directory.MaxBytes+1 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
	if _, err := web.DecodeFileForm(httptest.NewRequest("POST", path, nil), 1); err == nil {
		t.Error("no form")
	}
}
