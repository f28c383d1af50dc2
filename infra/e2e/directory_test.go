package e2e

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// officesOfTheAgency is the agency's file where it lies beside the repository; elsewhere a few offices are made up.
func officesOfTheAgency(t *testing.T) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(made.Root, "..", "shared", "data", "field_offices.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		return []byte("code,name,phone,county_fips\nPHO,Phoenix,,04013\nELP,El Paso,(915) 555-0140,48141|35013\nCHI,Chicago,,17031\nHOU,Houston,,48201\n")
	}
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestDirectory loads the directory by voicectl, as a supervisor does.
func TestDirectory(t *testing.T) {
	t.Parallel()
	s := start(t)
	sofia, rosa := s.employee(t, "supervisor-1"), s.employee(t, "officer-1")
	var plan struct {
		Hash           string `json:"plan_hash"`
		Rows, Rejected int
		Warnings       []any
	}
	var edition struct{ Version, Rows, Added, Removed int }
	offices := sofia.write(t, "offices.csv", officesOfTheAgency(t))
	const header, first = "email,name,role,office,languages\n", "rosa.delgado-finch@voice.example,Rosa Delgado-Finch,officer,CHI,en\n"
	load := func(t *testing.T, code int, into any, file string, more ...string) {
		t.Helper()
		path := sofia.write(t, "people.csv", []byte(header+file))
		sofia.run(t, code, into, append([]string{"directory", "load", path, "--kind", "people", "--yes"}, more...)...)
	}
	t.Run("DryRun", func(t *testing.T) {
		if sofia.run(t, wentWell, &plan, "directory", "load", offices, "--kind", "offices", "--dry-run"); plan.Hash == "" || plan.Rejected != 0 || plan.Rows < 4 {
			t.Errorf("%+v", plan)
		}
	})
	t.Run("Loaded", func(t *testing.T) {
		sofia.run(t, wentWell, &edition, "directory", "load", offices, "--kind", "offices", "--yes")
		if edition.Version != 1 || edition.Added != plan.Rows {
			t.Errorf("%+v", edition)
		}
		load(t, wentWell, &edition, first+"abel@voice.example,Abel Sample,officer,PHO,en\nmira@voice.example,Mira Sample,specialist,ELP,es\n")
		if edition.Version != 1 || edition.Added != 3 {
			t.Errorf("%+v", edition)
		}
	})
	t.Run("RemovesMost", func(t *testing.T) {
		load(t, refused, nil, first)
		if load(t, wentWell, &edition, first, "--anyway"); edition.Removed != 2 {
			t.Errorf("%+v", edition)
		}
	})
	t.Run("Shown", func(t *testing.T) {
		var d struct {
			Offices []struct{ Code string }
			People  []struct {
				Email, Office string
				Away          bool `json:"away_today"`
			}
		}
		if r := rosa.ask(t, "PUT", "/v1/staff/absence", `{"from":"2020-01-01"}`); r.status != 200 {
			t.Errorf("%d %s", r.status, r.body)
		}
		if rosa.run(t, wentWell, &d, "directory", "show"); len(d.Offices) != plan.Rows || len(d.People) != 1 || d.People[0].Office != "CHI" || !d.People[0].Away {
			t.Errorf("%+v", d)
		}
	})
	t.Run("ErrRejects", func(t *testing.T) {
		if load(t, rejected, &plan, first+"rosa.delgado-finch@voice.example,Rosa,officer,NYX,en\n"); plan.Rejected != 2 {
			t.Errorf("%+v", plan)
		}
	})
	t.Run("ErrDenied", func(t *testing.T) {
		rosa.run(t, denied, nil, "directory", "load", offices, "--kind", "offices", "--yes")
	})
}
