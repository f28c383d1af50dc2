package openapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// file is where the description is, from the root of the repository.
const file = "infra/openapi.json"

var update = flag.Bool("update-openapi", false, "write "+file+" anew, for this function")

// Check fails when the document is not what a part gives, or when the part does not describe each of its routes.
func Check(t *testing.T, p Part) {
	t.Helper()
	root := rootOf(t)
	described := map[string]bool{}
	for _, o := range p.Operations {
		described[o.Method+" "+o.Path] = true
		if !slices.Contains(p.Routes, o.Method+" "+o.Path) {
			t.Errorf("%s %s is described, and no route", o.Method, o.Path)
		}
	}
	for _, route := range p.Routes {
		if _, path, _ := strings.Cut(route, " "); strings.HasPrefix(path, "/v1/") && !described[route] {
			t.Errorf("%s is not described", route)
		}
	}
	paths, named, err := describe(p, root)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, file)
	was, doc := read(t, path)
	merge(doc, p.Function, paths, named)
	now, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	now = append(now, '\n')
	if bytes.Equal(was, now) {
		return
	}
	if *update {
		if err := os.WriteFile(path, now, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is not what the types of %s say any more (make openapi): %s", file, p.Function, difference(was, now))
}

// merge puts a part in the place of what its function described before.
func merge(doc node, function string, paths, named node) {
	fresh := skeleton()
	components := fresh["components"].(node)
	allPaths, schemas := node{}, node{}
	if was, ok := doc["paths"].(node); ok {
		for path, operations := range was {
			kept := node{}
			for method, o := range operations.(node) {
				if !slices.Contains(o.(node)["tags"].([]any), any(function)) {
					kept[method] = o
				}
			}
			if len(kept) > 0 {
				allPaths[path] = kept
			}
		}
	}
	for path, operations := range paths {
		of, ok := allPaths[path].(node)
		if !ok {
			of = node{}
			allPaths[path] = of
		}
		for method, o := range operations.(node) {
			of[method] = o
		}
	}
	if was, ok := doc["components"].(node); ok {
		if all, ok := was["schemas"].(node); ok {
			schemas = all
		}
	}
	for name, schema := range named {
		schemas[name] = schema
	}
	fresh["paths"], components["schemas"] = allPaths, schemas
	prune(fresh, schemas)
	for key := range doc {
		delete(doc, key)
	}
	for key, value := range fresh {
		doc[key] = value
	}
}

// prune drops schemas that nothing refers to any more.
func prune(doc, schemas node) {
	for {
		used := map[string]bool{}
		references(doc, used)
		dropped := false
		for name := range schemas {
			if !used[name] {
				delete(schemas, name)
				dropped = true
			}
		}
		if !dropped {
			return
		}
	}
}

func references(value any, used map[string]bool) {
	switch v := value.(type) {
	case node:
		if ref, ok := v["$ref"].(string); ok {
			used[strings.TrimPrefix(ref, inRefs)] = true
		}
		for _, each := range v {
			references(each, used)
		}
	case []any:
		for _, each := range v {
			references(each, used)
		}
	}
}

func read(t *testing.T, path string) ([]byte, node) {
	t.Helper()
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) && *update {
		return nil, node{}
	}
	if err != nil {
		t.Fatal(err)
	}
	doc := node{}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return text, doc
}

// difference is the first lines that differ.
func difference(was, now []byte) string {
	a, b := strings.Split(string(was), "\n"), strings.Split(string(now), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is\n%s\nand would be\n%s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines would be %d", len(a), len(b))
}

// rootOf is the repository, from the folder of any test.
func rootOf(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = parent
	}
}
