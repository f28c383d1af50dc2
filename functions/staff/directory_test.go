package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"voice.example/shared/audit"
	"voice.example/shared/directory"
	"voice.example/shared/web"
)

// file sends a file as somebody, by JSON's way.
func (o *office) file(as, kind, query, file string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("PUT", "/v1/staff/directory/"+kind+"?"+query, strings.NewReader(file))
	r.Header.Set("Content-Type", "text/csv; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+as)
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w
}

func TestListDirectory(t *testing.T) {
	o := newOffice(t)
	type answer struct {
		Offices  []fieldOffice
		People   []colleague
		Editions map[directory.Kind]directory.Edition
	}
	t.Run("Empty", func(t *testing.T) {
		w := o.ask("dana", "GET", "/v1/staff/directory", "")
		if want := `{"offices":[],"people":[],"editions":{}}`; strings.TrimSpace(w.Body.String()) != want {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	o.load(t)
	if err := o.handler.directory.SetAbsence(context.Background(), "rosa@voice.example", directory.Absence{Until: "2026-06-01"}); err != nil {
		t.Fatal(err)
	}
	t.Run("OK", func(t *testing.T) {
		var a answer
		decode(t, o.ask("walter", "GET", "/v1/staff/directory", ""), http.StatusOK, &a)
		if len(a.Offices) != 2 || !slices.Equal(a.Offices[1].Counties, []string{"04013"}) || a.Editions[directory.PeopleFile].Rows != 4 {
			t.Errorf("%+v", a)
		}
		at := slices.IndexFunc(a.People, func(c colleague) bool { return c.Email == "rosa@voice.example" })
		if p := a.People[at]; !p.AwayToday || p.Own.Until != "2026-06-01" || p.Absence != (directory.Absence{}) || p.Assigned != nil || p.Role != "officer" ||
			fmt.Sprint(p.Languages) != "[en es]" {
			t.Errorf("%+v", p)
		}
	})
}

func TestPutDirectory(t *testing.T) {
	o := newOffice(t)
	plan := func(t *testing.T, kind, file string) (p directory.Plan) {
		t.Helper()
		decode(t, o.file("sofia", kind, "dry_run=1", file), http.StatusOK, &p)
		return p
	}
	t.Run("PlannedAndLoaded", func(t *testing.T) {
		for _, f := range []struct{ kind, file string }{{"offices", officesFile}, {"people", peopleFile}} {
			p := plan(t, f.kind, f.file)
			if p.Hash == "" || len(p.Added) != p.Rows || p.Rows == 0 {
				t.Fatalf("%+v", p)
			}
			var e directory.Edition
			decode(t, o.file("sofia", f.kind, "plan="+p.Hash, f.file), http.StatusOK, &e)
			if e.Version != 1 || e.By != "sofia" || e.ByName != "Sofia" || e.Added != p.Rows {
				t.Errorf("%+v", e)
			}
			var again directory.Edition
			decode(t, o.file("sofia", f.kind, "plan="+p.Hash, f.file), http.StatusOK, &again)
			if again != e {
				t.Errorf("sent again: %+v", again)
			}
		}
		want := slices.Repeat([]string{"sofia change load a file"}, 4)
		want = append(want, slices.Repeat([]string{"sofia view what a file would change"}, 2)...)
		if got := o.entries(t, audit.Directory); !slices.Equal(got, want) {
			t.Errorf("the audit has %q", got)
		}
	})
	t.Run("Rejects", func(t *testing.T) {
		p := plan(t, "people", peopleFile+"nobody,Nobody Sample,officer,PHO,\n")
		if p.Rejected != 1 || p.Rejects[0].Line != 6 || p.Rejects[0].Value != "xxxxxx" || p.Hash != "" {
			t.Errorf("%+v", p)
		}
	})
	t.Run("ErrFileRejected", func(t *testing.T) {
		refused(t, o.file("sofia", "people", "plan=x", peopleFile+"nobody,Nobody Sample,officer,PHO,\n"), http.StatusUnprocessableEntity, web.FileRejected)
	})
	t.Run("ErrOtherPlan", func(t *testing.T) {
		refused(t, o.file("sofia", "people", "plan=x", peopleFile+"new@voice.example,New Sample,officer,PHO,\n"), http.StatusConflict, web.OtherPlan)
	})
	t.Run("ErrRemovesMost", func(t *testing.T) {
		few := "email,name,role,office\nrosa@voice.example,Rosa Sample,officer,PHO\n"
		p := plan(t, "people", few)
		refused(t, o.file("sofia", "people", "plan="+p.Hash, few), http.StatusConflict, web.RemovesMost)
		var e directory.Edition
		if decode(t, o.file("sofia", "people", "anyway=1&plan="+p.Hash, few), http.StatusOK, &e); e.Removed != 3 {
			t.Errorf("%+v", e)
		}
	})
	for name, query := range map[string]string{"ErrNeither": "", "ErrBoth": "dry_run=1&plan=x"} {
		t.Run(name, func(t *testing.T) {
			if _, fields := refused(t, o.file("sofia", "people", query, peopleFile), http.StatusBadRequest, web.Invalid); fields != "plan" {
				t.Error(fields)
			}
		})
	}
	t.Run("ErrKind", func(t *testing.T) {
		refused(t, o.file("sofia", "feeds", "dry_run=1", peopleFile), http.StatusNotFound, web.NotFound)
	})
	t.Run("ErrTooLarge", func(t *testing.T) {
		refused(t, o.file("sofia", "people", "dry_run=1", strings.Repeat("x", directory.MaxBytes+1)), http.StatusRequestEntityTooLarge, web.TooLarge)
	})
	t.Run("ErrUnsupportedType", func(t *testing.T) {
		refused(t, o.ask("sofia", "PUT", "/v1/staff/directory/people?dry_run=1", `{}`), http.StatusUnsupportedMediaType, web.UnsupportedType)
	})
}

func TestPutAbsence(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	t.Run("OK", func(t *testing.T) {
		var a directory.Absence
		decode(t, o.ask("rosa", "PUT", "/v1/staff/absence", `{"from":"2026-06-01","until":"2026-06-03"}`), http.StatusOK, &a)
		d, err := o.handler.directory.Read(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if p, err := d.Person("rosa@voice.example"); err != nil || p.Own != a || a.Until != "2026-06-03" {
			t.Errorf("%+v, %v", p, err)
		}
		if got := o.entries(t, audit.Directory); !slices.Equal(got, []string{"rosa change their own absence"}) {
			t.Errorf("%q", got)
		}
	})
	t.Run("BackAgain", func(t *testing.T) {
		var a directory.Absence
		if decode(t, o.ask("rosa", "PUT", "/v1/staff/absence", `{}`), http.StatusOK, &a); a != (directory.Absence{}) {
			t.Errorf("%+v", a)
		}
	})
	for name, test := range map[string]struct{ body, field string }{
		"ErrDate":    {`{"from":"tomorrow"}`, "from"},
		"ErrReverse": {`{"from":"2026-06-05","until":"2026-06-04"}`, "until"},
		"ErrPast":    {`{"until":"2026-05-31"}`, "until"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, fields := refused(t, o.ask("rosa", "PUT", "/v1/staff/absence", test.body), http.StatusBadRequest, web.Invalid); fields != test.field {
				t.Error(fields)
			}
		})
	}
	t.Run("ErrNotInDirectory", func(t *testing.T) {
		refused(t, o.ask("sofia", "PUT", "/v1/staff/absence", `{"from":"2026-06-01"}`), http.StatusConflict, web.NotInDirectory)
	})
}
