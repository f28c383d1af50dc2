package openapi

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"voice.example/shared/web"
)

// everywhere are the statuses that any operation may answer with a problem document.
var everywhere = []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusTooManyRequests,
	http.StatusInternalServerError, http.StatusServiceUnavailable}

// skeleton is the document without what the functions add.
func skeleton() node {
	return node{
		"openapi": "3.1.1",
		"info": node{
			"title":   "VOICE",
			"version": "1",
			"summary": "Is the one who hurt me still in custody?",
			"description": "What victims, families and their advocates ask, and what the staff of the agency work with. Every answer may have more fields " +
				"one day; a request with a field that is not described here is refused. What goes wrong is answered by a problem document " +
				"(RFC 9457), in the language of Accept-Language where the service speaks it. Times are RFC 3339.",
			"license": node{"name": "MIT", "identifier": "MIT"},
		},
		"servers": []any{node{"url": "http://localhost:8080", "description": "make run"}},
		"components": node{
			"securitySchemes": node{
				string(ManageToken): node{"type": "http", "scheme": "bearer", "description": "The manage_token of the subscription, shown once when its code was right."},
				string(Staff):       node{"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An ID token of the sign-in that GET /v1/staff/sign-in names."},
			},
			"responses": node{"Problem": node{
				"description": "It was not done. The code is for machines, the rest for people; 429 says in Retry-After how many seconds to wait.",
				"content":     node{"application/problem+json": node{"schema": node{"$ref": inRefs + "WebProblem"}}},
			}},
		},
	}
}

// describe gives the paths and schemas of a part.
func describe(p Part, root string) (paths, named node, err error) {
	s := &schemas{part: p, comments: &comments{root: root, packages: map[string]map[string]string{}}, named: node{}, asked: map[string]bool{}}
	r := s.reflector()
	paths = node{}
	for _, o := range p.Operations {
		if o.Body == nil || o.BodyType != "" {
			continue
		}
		if _, err := s.of(r, o.Body, true); err != nil { // requests first: what they share with answers is theirs
			return nil, nil, err
		}
	}
	for _, o := range p.Operations {
		operation, err := s.operation(r, o)
		if err != nil {
			return nil, nil, fmt.Errorf("%s %s: %w", o.Method, o.Path, err)
		}
		of, ok := paths[o.Path].(node)
		if !ok {
			of = node{}
			paths[o.Path] = of
		}
		of[strings.ToLower(o.Method)] = operation
	}
	if _, err := s.of(r, web.Problem{}, false); err != nil {
		return nil, nil, err
	}
	return paths, s.named, s.comments.err
}

// either is the schema of an answer's body.
func (s *schemas) either(r *jsonschema.Reflector, body any) (node, error) {
	two, ok := body.(Either)
	if !ok {
		return s.of(r, body, false)
	}
	var all []any
	for _, each := range two {
		schema, err := s.of(r, each, false)
		if err != nil {
			return nil, err
		}
		all = append(all, schema)
	}
	return node{"anyOf": all}, nil
}

func (s *schemas) operation(r *jsonschema.Reflector, o Operation) (node, error) {
	out := node{"operationId": o.Name, "summary": o.Summary, "tags": []any{s.part.Function}}
	if o.Details != "" {
		out["description"] = o.Details
	}
	if o.Key != Nobody {
		out["security"] = []any{node{string(o.Key): []any{}}}
	}
	var parameters []any
	for _, segment := range strings.Split(o.Path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			parameters = append(parameters, node{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": node{"type": "string"}})
		}
	}
	for in, params := range map[string][]Param{"query": o.Query, "header": o.Headers} {
		for _, p := range params {
			if p.Value == nil {
				p.Value = ""
			}
			schema, err := s.of(r, p.Value, true)
			if err != nil {
				return nil, err
			}
			parameter := node{"name": p.Name, "in": in, "description": p.Means, "schema": schema}
			if p.Required {
				parameter["required"] = true
			}
			parameters = append(parameters, parameter)
		}
	}
	if parameters != nil {
		out["parameters"] = parameters
	}
	if o.Body != nil {
		content := node{"application/json": node{}}
		if o.BodyType != "" {
			content = node{o.BodyType: node{"schema": node{"type": "string"}}}
		} else {
			schema, err := s.of(r, o.Body, true)
			if err != nil {
				return nil, err
			}
			content["application/json"] = node{"schema": schema}
		}
		out["requestBody"] = node{"required": true, "content": content}
	}
	responses := node{}
	for _, a := range o.Answers {
		answer := node{"description": a.Means}
		if a.Body != nil {
			schema, err := s.either(r, a.Body)
			if err != nil {
				return nil, err
			}
			answer["content"] = node{"application/json": node{"schema": schema}}
		}
		responses[strconv.Itoa(a.Status)] = answer
	}
	problems := slices.Clone(everywhere)
	for status := range o.Problems {
		problems = append(problems, status)
	}
	if o.Key == Staff {
		problems = append(problems, http.StatusUnauthorized, http.StatusForbidden)
	}
	sort.Ints(problems)
	for _, status := range problems {
		answer := node{"$ref": "#/components/responses/Problem"}
		if means := o.Problems[status]; means != "" {
			answer["description"] = means
		}
		responses[strconv.Itoa(status)] = answer
	}
	out["responses"] = responses
	return out, nil
}
