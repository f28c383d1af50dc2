package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voice.example/shared/directory"
	"voice.example/shared/reject"
)

func TestDirectoryShow(t *testing.T) {
	s := newService(t)
	s.on("GET /v1/staff/directory", map[string]any{
		"offices": []any{map[string]any{"code": "PHO", "name": "Phoenix Field Office", "counties": []string{"04013", "04019"}}},
		"people": []any{map[string]any{"email": "rosa@voice.example", "name": "Rosa Sample", "role": "officer", "office": "PHO", "languages": []string{"en", "es"},
			"away_today": true, "open": 3}},
		"editions": map[directory.Kind]directory.Edition{directory.PeopleFile: {Version: 2, Rows: 1, ByName: "Sofia", At: time.Now(), Unfinished: true}},
	}, map[string]any{"offices": []any{}, "people": []any{}})
	r := s.run("", "directory", "show")
	for _, want := range []string{"PHO     Phoenix Field Office", "-      2", "Rosa Sample", "en es      3     AWAY", "people: 1 row, loaded", "by Sofia, not to its end"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in %s", want, r.out)
		}
	}
	if r := s.run("", "directory"); r.code != exitDone || !strings.Contains(r.out, "is empty") {
		t.Errorf("%+v", r)
	}
}

func TestDirectoryLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte("email,name\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := directory.Plan{Kind: directory.PeopleFile, Hash: "h1", Rows: 3, Unchanged: 1,
		Added:    []directory.Change{{ID: "new@voice.example", Name: "New Sample"}},
		Changed:  []directory.Change{{ID: "rosa@voice.example", Name: "Rosa Sample", Fields: []string{"role", "office"}}},
		Removed:  []directory.Change{{ID: "gone@voice.example", Name: "Gone Sample"}},
		Warnings: []reject.Row{{Column: "office", Value: "CHI", Problem: "nobody would work in this office", Fix: "Nothing."}}}
	most := good
	most.Brake = true
	bad := directory.Plan{Kind: directory.PeopleFile, Rejected: 1,
		Rejects: []reject.Row{{Line: 2, Column: "email", Value: "xxxx", Problem: "not an e-mail address", Fix: "Write one."}}}
	edition := directory.Edition{Version: 1, Added: 1, Changed: 1, Removed: 1}
	for _, test := range []struct {
		name    string
		answers []any
		typed   string
		args    []string
		code    int
		says    []string
		sent    []string // queries
	}{
		{"OK", []any{good, edition}, "yes\n", nil, exitDone, []string{"3 rows: 1 new, 1 changed, 1 removed, 1 as they are", "- Gone Sample, gone@voice.example",
			"~ Rosa Sample, rosa@voice.example: role, office", "+ New Sample", "TO KNOW", "nobody would work", "Loaded: 1 new"}, []string{"dry_run=1", "plan=h1"}},
		{"NobodyIsAsked", []any{good, edition}, "", []string{"--yes"}, exitDone, []string{"Loaded"}, []string{"dry_run=1", "plan=h1"}},
		{"DryRun", []any{good}, "", []string{"--dry-run"}, exitDone, []string{"+ New Sample"}, []string{"dry_run=1"}},
		{"JSON", []any{good, edition}, "", []string{"--yes", "--json"}, exitDone, []string{`"version": 1`}, []string{"dry_run=1", "plan=h1"}},
		{"MostIsMeant", []any{most, edition}, "remove\n", nil, exitDone, []string{"more than half", "Loaded"}, []string{"dry_run=1", "anyway=1&plan=h1"}},
		{"MostIsSaid", []any{most, edition}, "", []string{"--yes", "--anyway"}, exitDone, []string{"Loaded"}, []string{"dry_run=1", "anyway=1&plan=h1"}},
		{"ErrMostIsNotMeant", []any{most}, "yes\n", nil, exitFault, []string{"nothing was loaded"}, []string{"dry_run=1"}},
		{"ErrMostIsNotSaid", []any{most}, "", []string{"--yes"}, exitFault, []string{"--anyway"}, []string{"dry_run=1"}},
		{"ErrNo", []any{good}, "no\n", nil, exitFault, []string{"nothing was loaded"}, []string{"dry_run=1"}},
		{"ErrNobodyAnswered", []any{good}, "", nil, exitUsage, []string{"--yes"}, []string{"dry_run=1"}},
		{"ErrRejects", []any{bad}, "", []string{"--yes"}, exitRejected, []string{"line 2  email   xxxx   not an e-mail address", "1 reject. Nothing"}, []string{"dry_run=1"}},
		{"ErrOtherPlan", []any{good, 409}, "", []string{"--yes"}, exitFault, []string{"Title of 409"}, []string{"dry_run=1", "plan=h1"}},
		{"ErrForbidden", []any{403}, "", []string{"--yes"}, exitDenied, []string{"Title of 403"}, []string{"dry_run=1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newService(t)
			s.on("PUT /v1/staff/directory/people", test.answers...)
			r := s.run(test.typed, append([]string{"directory", "load", file, "--kind", "people"}, test.args...)...)
			if r.code != test.code {
				t.Errorf("%+v", r)
			}
			for _, want := range test.says {
				if !strings.Contains(r.out+r.err, want) {
					t.Errorf("no %q in %s%s", want, r.out, r.err)
				}
			}
			var want []string
			for _, query := range test.sent {
				want = append(want, "PUT /v1/staff/directory/people?"+query+" email,name")
			}
			if got := s.requests("PUT"); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("sent %q, want %q", got, want)
			}
		})
	}
	s := newService(t)
	large := filepath.Join(t.TempDir(), "large.csv")
	if err := os.WriteFile(large, make([]byte, directory.MaxBytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"ErrNoKind": {file}, "ErrKind": {file, "--kind", "feeds"}, "ErrNoFile": {"/nowhere/people.csv", "--kind", "people"}, "ErrLarge": {large, "--kind", "people"},
	} {
		t.Run(name, func(t *testing.T) {
			if r := s.run("", append([]string{"directory", "load"}, args...)...); r.code != exitUsage || len(s.requests("PUT")) != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}
