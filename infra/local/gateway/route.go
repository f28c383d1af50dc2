package gateway

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const defaultTimeout = 30 * time.Second

// route is a Route taken apart.
type route struct {
	key      string // as AWS writes it, such as "GET /a/{id}" or "$default"
	method   string
	segments []segment
	fallback bool // $default
	timeout  time.Duration
	bucket   *bucket
	function Invoker
}

type kind int

// In the order in which they are preferred.
const (
	fixed kind = iota
	variable
	greedy
)

type segment struct {
	kind kind
	text string // the fixed text, or the variable's name
}

func parse(r Route) (route, error) {
	parsed := route{key: r.Method + " " + r.Path, method: r.Method, timeout: r.Timeout, bucket: newBucket(r.Throttle), function: r.Function}
	if parsed.timeout == 0 {
		parsed.timeout = defaultTimeout
	}
	if r.Path == "$default" {
		parsed.key, parsed.method, parsed.fallback = r.Path, "ANY", true
		return parsed, nil
	}
	path, ok := strings.CutPrefix(r.Path, "/")
	if !ok {
		return route{}, fmt.Errorf("the route %s does not begin with a slash", parsed.key)
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		s := segment{kind: fixed, text: part}
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name, closed := strings.CutSuffix(name, "}")
			if !closed {
				return route{}, fmt.Errorf("the route %s has a variable that is not closed", parsed.key)
			}
			s = segment{kind: variable, text: name}
			if name, ok := strings.CutSuffix(name, "+"); ok {
				s = segment{kind: greedy, text: name}
				if i != len(parts)-1 {
					return route{}, fmt.Errorf("the route %s has a greedy variable that is not at its end", parsed.key)
				}
			}
		}
		parsed.segments = append(parsed.segments, s)
	}
	return parsed, nil
}

// compare puts the routes that win first: a full match before a greedy one before $default, among
// those the more fixed one, and then one for the very method before ANY.
func compare(a, b route) int {
	if c := cmp.Compare(a.rank(), b.rank()); c != 0 {
		return c
	}
	for i := range min(len(a.segments), len(b.segments)) {
		if c := cmp.Compare(a.segments[i].kind, b.segments[i].kind); c != 0 {
			return c
		}
	}
	if c := cmp.Compare(len(b.segments), len(a.segments)); c != 0 {
		return c
	}
	return cmp.Compare(anyLast(a.method), anyLast(b.method))
}

func (r route) rank() int {
	switch {
	case r.fallback:
		return 2
	case r.segments[len(r.segments)-1].kind == greedy:
		return 1
	}
	return 0
}

func anyLast(method string) int {
	if method == "ANY" {
		return 1
	}
	return 0
}

// find gives the route for a request and the values of its variables, decoded.
func (g *Gateway) find(method, escapedPath string) (route, map[string]string, bool) {
	parts := strings.Split(strings.TrimPrefix(escapedPath, "/"), "/")
	for _, r := range g.routes {
		if r.method != "ANY" && r.method != method {
			continue
		}
		if parameters, ok := r.match(parts); ok {
			return r, parameters, true
		}
	}
	return route{}, nil, false
}

func (r route) match(parts []string) (map[string]string, bool) {
	if r.fallback {
		return nil, true
	}
	parameters := map[string]string{}
	for i, s := range r.segments {
		if i >= len(parts) {
			return nil, false
		}
		switch s.kind {
		case greedy:
			rest := strings.Join(parts[i:], "/")
			parameters[s.text] = decode(rest)
			return parameters, rest != ""
		case variable:
			if parts[i] == "" {
				return nil, false
			}
			parameters[s.text] = decode(parts[i])
		case fixed:
			if decode(parts[i]) != decode(s.text) {
				return nil, false
			}
		}
	}
	return parameters, len(parts) == len(r.segments)
}

// decode takes percent signs away; what is not well-formed stays as it is.
func decode(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}
