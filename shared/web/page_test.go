package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestEveryPageCanBeRead parses the pages of every function, since a function parses one only when somebody asks for it.
func TestEveryPageCanBeRead(t *testing.T) {
	folders, err := filepath.Glob("../../functions/*/pages")
	if err != nil || len(folders) == 0 {
		t.Fatalf("%d functions have pages: %v", len(folders), err)
	}
	for _, folder := range folders {
		templates, err := readPages(os.DirFS(folder))
		if err != nil {
			t.Fatal(err)
		}
		for name := range templates {
			if page, err := templates.find(name); err != nil || page.Lookup("layout") == nil {
				t.Errorf("%s: %s: %v", folder, name, err)
			}
		}
	}
}

func TestFindPage(t *testing.T) {
	templates, err := readPages(fstest.MapFS{"good.html": {Data: []byte(`{{define "main"}}Good{{end}}`)}, "broken.html": {Data: []byte(`{{define "main"}}{{if}}{{end}}`)},
		"parts.html": {Data: []byte(`{{define "own"}}Own{{end}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("OK", func(t *testing.T) {
		page, err := templates.find("good")
		if err != nil || page.Lookup("main") == nil || page.Lookup("own") == nil || page.Lookup("layout") == nil {
			t.Errorf("got %v, %v", page, err)
		}
	})
	for name, want := range map[string]string{"broken": "missing value for if", "parts": "there is no page parts", "none": "there is no page none"} {
		t.Run("Err"+name, func(t *testing.T) {
			for range 2 {
				if _, err := templates.find(name); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v", err)
				}
			}
		})
	}
}
