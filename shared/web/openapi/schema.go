package openapi

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/invopop/jsonschema"
)

const (
	module = "voice.example/"
	inRefs = "#/components/schemas/"
)

// node is a piece of the document.
type node = map[string]any

// schemas turns types into schemas and collects the named ones.
type schemas struct {
	part     Part
	comments *comments
	named    node
	asked    map[string]bool // those that a request may have
}

func (s *schemas) reflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{Anonymous: true, Namer: s.name, Mapper: s.mapped, LookupComment: s.comments.of}
}

// name names a type: those of a function after it, others after their package.
func (s *schemas) name(t reflect.Type) string {
	of := s.part.Function
	if path := t.PkgPath(); path != "main" && !strings.HasSuffix(path, "functions/"+s.part.Function) {
		of = path[strings.LastIndex(path, "/")+1:]
	}
	of, name := capital(of), capital(t.Name())
	if strings.HasPrefix(name, of) {
		return name
	}
	return of + name
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return string(unicode.ToUpper(rune(s[0]))) + s[1:]
}

// mapped writes the types that reflection does not understand.
func (s *schemas) mapped(t reflect.Type) *jsonschema.Schema {
	if values, ok := s.part.Enums[t]; ok {
		return &jsonschema.Schema{Type: "string", Enum: values}
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return &jsonschema.Schema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return &jsonschema.Schema{Description: "An object, or null."}
	case reflect.TypeFor[time.Duration]():
		return &jsonschema.Schema{Type: "integer", Description: "Nanoseconds."}
	}
	return nil
}

// of is the schema of a value's type. Of a request, unknown fields are refused; an answer may have more of them one day.
func (s *schemas) of(r *jsonschema.Reflector, value any, request bool) (node, error) {
	r.RequiredFromJSONSchemaTags = request
	text, err := json.Marshal(r.Reflect(value))
	if err != nil {
		return nil, err
	}
	var schema node
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), `"#/$defs/`, `"`+inRefs)), &schema); err != nil {
		return nil, err
	}
	delete(schema, "$schema")
	defs, _ := schema["$defs"].(node)
	delete(schema, "$defs")
	s.finish(reflect.TypeOf(value), schema, request)
	types := map[string]reflect.Type{}
	s.walk(reflect.TypeOf(value), types)
	for name, def := range defs {
		def := def.(node)
		if request {
			s.asked[name] = true
		}
		s.finish(types[name], def, request || s.asked[name])
		if was, ok := s.named[name].(node); ok && s.asked[name] && !request {
			def = was // it has the request's required fields, which are fewer
		}
		s.named[name] = def
	}
	return schema, nil
}

// walk finds the named structs of a type.
func (s *schemas) walk(t reflect.Type, into map[string]reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		s.walk(t.Elem(), into)
	case reflect.Struct:
		if t.Name() != "" {
			if _, seen := into[s.name(t)]; seen {
				return
			}
			into[s.name(t)] = t
		}
		for i := range t.NumField() {
			s.walk(t.Field(i).Type, into)
		}
	}
}

// finish adds what reflection leaves out: that a pointer without omitempty may be null.
func (s *schemas) finish(t reflect.Type, schema node, request bool) {
	if !request {
		delete(schema, "additionalProperties")
	}
	properties, _ := schema["properties"].(node)
	if t == nil || t.Kind() != reflect.Struct || properties == nil {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			s.finish(f.Type, schema, request)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		property, ok := properties[name].(node)
		if !ok || f.Type.Kind() != reflect.Pointer || strings.Contains(options, "omit") {
			continue
		}
		about, described := property["description"]
		delete(property, "description")
		either := node{"anyOf": []any{property, node{"type": "null"}}}
		if described {
			either["description"] = about
		}
		properties[name] = either
	}
}
