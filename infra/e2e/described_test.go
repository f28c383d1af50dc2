package e2e

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// description is infra/openapi.json, which every answer of the JSON API, and every request that was granted, is held to: the
// file is made from the types that the handlers are said to use, and this is whether they do.
var description = sync.OnceValues(func() (*described, error) {
	text, err := os.ReadFile(filepath.Join(made.Root, "infra/openapi.json"))
	if err != nil {
		return nil, err
	}
	d := &described{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	if err := json.Unmarshal(text, &d.doc); err != nil {
		return nil, err
	}
	for _, schema := range d.doc["components"].(map[string]any)["schemas"].(map[string]any) {
		if s := schema.(map[string]any); s["properties"] != nil {
			s["additionalProperties"] = false // a field that is not described is one that nobody knows of
		}
	}
	return d, d.compiler.AddResource("openapi.json", d.doc)
})

type described struct {
	doc      map[string]any
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

// isDescribed checks one exchange with the API, if it is one in JSON.
func isDescribed(t *testing.T, method, address, kind, sent string, r reply) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, "/v1/") {
		return
	}
	d, err := description()
	if err != nil {
		t.Fatal(err)
	}
	path, operation := d.operation(method, u.Path)
	if operation == nil {
		if r.status < 400 {
			t.Errorf("%s %s is not described", method, u.Path)
		}
		return
	}
	at := "openapi.json#/paths/" + pointer(path) + "/" + strings.ToLower(method)
	if r.status < 300 && kind == "application/json" && operation["requestBody"] != nil {
		d.holds(t, at+"/requestBody/content/application~1json/schema", method+" "+path+": a request that was granted", sent)
	}
	answer, ok := operation["responses"].(map[string]any)[strconv.Itoa(r.status)].(map[string]any)
	if !ok {
		t.Errorf("%s %s: the answer %d is not described", method, path, r.status)
		return
	}
	is, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
	switch {
	case answer["$ref"] != nil && is == "application/problem+json":
		d.holds(t, "openapi.json#/components/schemas/WebProblem", method+" "+path+": a problem", r.body)
	case answer["content"] != nil && is == "application/json":
		d.holds(t, at+"/responses/"+strconv.Itoa(r.status)+"/content/application~1json/schema", method+" "+path+": an answer", r.body)
	case answer["$ref"] == nil && answer["content"] == nil && r.body == "":
	default:
		t.Errorf("%s %s: the answer %d is %q", method, path, r.status, is)
	}
}

// operation finds what a path is described by: the one with the fewest parameters, as a literal goes before a name.
func (d *described) operation(method, path string) (template string, operation map[string]any) {
	segments := strings.Split(path, "/")
	for candidate, operations := range d.doc["paths"].(map[string]any) {
		of, ok := operations.(map[string]any)[strings.ToLower(method)].(map[string]any)
		parts := strings.Split(candidate, "/")
		fits := ok && slices.EqualFunc(parts, segments, func(part, segment string) bool { return strings.HasPrefix(part, "{") || part == segment })
		if fits && (operation == nil || strings.Count(candidate, "{") < strings.Count(template, "{")) {
			template, operation = candidate, of
		}
	}
	return template, operation
}

// holds checks a text against a schema. What it says of it names fields and never what is in them.
func (d *described) holds(t *testing.T, schema, what, text string) {
	t.Helper()
	d.mu.Lock()
	compiled, ok := d.schemas[schema]
	if !ok {
		var err error
		if compiled, err = d.compiler.Compile(schema); err != nil {
			d.mu.Unlock()
			t.Fatal(err)
		}
		d.schemas[schema] = compiled
	}
	d.mu.Unlock()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Errorf("%s is no JSON", what)
		return
	}
	if err := compiled.Validate(value); err != nil {
		t.Errorf("%s is not as described: %v", what, err)
	}
}

// pointer writes a path as a part of a JSON pointer in a URI.
func pointer(path string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(path))
}
