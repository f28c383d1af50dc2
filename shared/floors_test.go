// Package shared_test holds the rule that keeps shared/ in floors: a package imports only packages on lower floors, no
// function imports another, and nothing but tests imports the local runner.
package shared_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors lists the packages of shared/, lowest first. Packages of one floor do not import one another, except that
// those of the lowest may.
var floors = [][]string{
	{"audit", "aws", "aws/awstest", "chart", "country", "county", "deadletter", "email", "i18n", "keyring", "keyring/keyringtest", "limit", "notice", "numbering", "optout", "outcome", "phone", "reject",
		"roster/rostertest", "secret", "session", "sms", "staff", "volume"},
	{"custody"},
	{"directory", "feed", "roster", "subscription"},
	{"alert", "inquiry", "upload"},
	{"web"},
	{"web/openapi", "web/webtest"},
}

func TestFloors(t *testing.T) {
	floor := map[string]int{}
	for i, names := range floors {
		for _, name := range names {
			floor[name] = i
		}
	}
	packages := 0
	for _, p := range list(t) {
		path := strings.TrimPrefix(p.ImportPath, "voice.example/")
		name, isShared := strings.CutPrefix(path, "shared/")
		if !isShared && !strings.HasPrefix(path, "functions/") {
			continue
		}
		packages++
		mine, known := floor[name]
		if isShared && !known {
			t.Errorf("%s is on no floor", path)
		}
		for _, imported := range p.Imports {
			imported, ours := strings.CutPrefix(imported, "voice.example/")
			if !ours {
				continue
			}
			other, ok := strings.CutPrefix(imported, "shared/")
			theirs := floor[other]
			switch {
			case !ok:
				t.Errorf("%s imports %s", path, imported)
			case isShared && (theirs > mine || theirs == mine && mine > 0):
				t.Errorf("%s (floor %d) imports %s (floor %d)", path, mine, imported, theirs)
			}
		}
	}
	if packages < 12 {
		t.Errorf("only %d packages were looked at", packages)
	}
}

// TestKeysetsAreFetchedByFew makes sure that functions which seal nothing have no part in keysets: look-ups start faster without.
func TestKeysetsAreFetchedByFew(t *testing.T) {
	want := map[string]bool{"deliver": true, "escalate": true, "inform": true, "intake": true, "replies": true, "staff": true}
	for _, p := range list(t) {
		name, isFunction := strings.CutPrefix(p.ImportPath, "voice.example/functions/")
		if isFunction && want[name] != slices.Contains(p.Deps, "voice.example/shared/keyring") {
			t.Errorf("%s: keysets: %v", name, !want[name])
		}
	}
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func list(t *testing.T) (packages []listed) {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "voice.example/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for in := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := in.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
