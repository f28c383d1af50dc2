package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"voice.example/infra/local/template"
)

// TestElsewhereIsTheTemplate compares the list with the routes that API Gateway sends to other functions.
func TestElsewhereIsTheTemplate(t *testing.T) {
	parsed, err := template.Load("../../template.yaml", template.Options{Secret: func(string) (string, error) { return "a secret", nil }})
	if err != nil {
		t.Fatal(err)
	}
	functions, err := parsed.Functions()
	if err != nil {
		t.Fatal(err)
	}
	methods, whole := map[string][]string{}, []string{} // whole are beginnings of paths of which another function takes every method
	for _, f := range functions {
		for _, r := range f.Routes {
			start, all := strings.CutSuffix(r.Path, "{proxy+}")
			switch {
			case f.LogicalID == "StatusFunction":
			case all && r.Method == "ANY":
				whole = append(whole, start)
			default:
				methods[r.Path] = append(methods[r.Path], r.Method)
			}
		}
	}
	var want []string
	for path, all := range methods {
		if slices.ContainsFunc(whole, func(start string) bool { return strings.HasPrefix(path, start) }) {
			continue
		}
		slices.Sort(all)
		want = append(want, path+" "+strings.Join(all, " "))
	}
	slices.Sort(want)
	if got := strings.Split(strings.TrimSpace(elsewhere), "\n"); !slices.Equal(got, want) {
		t.Errorf("the list is to be:\n%s", strings.Join(want, "\n"))
	}
}

func TestWrongMethodElsewhere(t *testing.T) {
	d := newDesk(t)
	for path, allow := range map[string]string{"/ask": "GET, POST", "/v1/inquiries/search": "POST", "/staff": "GET"} {
		if w := d.ask("PUT", path, "", ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != allow {
			t.Errorf("%s: %d, %q", path, w.Code, w.Header().Get("Allow"))
		}
	}
}
