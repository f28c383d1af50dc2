// Package permission holds functions to the policies of template.yaml on this machine, as IAM does in AWS, and notes
// which permissions are used:
//
//	policies, err := permission.Read(parsed)
//	gate := permission.NewGate(policies, record, warn)
//	key, ok := gate.Admit(role, function)              // the access key that the function is to sign with
//	http.Serve(listener, gate.Before(service))         // refuses, in the service's own words, what the role may not do
//
// Who signs with a key that was not admitted is not held to anything: people at their keyboards do as they like here.
//
// Limits: the policies of roles, and what buckets' policies deny. Allowances of queues', topics' and functions' policies are for
// services, which do here whatever the template has them do. Boundaries, session policies and NotAction, NotResource and
// NotPrincipal are not known, and an error where the template has them. Signatures are not checked.
package permission

import (
	"fmt"
	"slices"
	"strings"

	"voice.example/infra/local/template"
)

// Grant is one action on one resource that a role's policies allow, as they are written: either may have wildcards.
type Grant struct {
	Role     string `json:"role"` // the logical id
	Action   string `json:"action"`
	Resource string `json:"resource"`
	// When is a value of a condition on how a key of KMS is used, where the policy has one: the service in between, or what is
	// encrypted. Each value is a grant of its own.
	When string `json:"when,omitempty"`
}

// String is for people, and for tables that are sorted.
func (g Grant) String() string {
	if g.When != "" {
		return g.Role + " " + g.Action + " on " + g.Resource + " (" + g.When + ")"
	}
	return g.Role + " " + g.Action + " on " + g.Resource
}

// whens are the values of the conditions on a key's use that a statement has; one empty text where it has none.
func whens(s template.Statement) (all []string) {
	for _, c := range s.Conditions {
		if strings.HasPrefix(c.Key, "kms:") {
			for _, value := range c.Values {
				all = append(all, c.Key+" "+value)
			}
		}
	}
	if all == nil {
		return []string{""}
	}
	return all
}

// Policies is what every role of a template may do. It does not change, and may be used by several goroutines.
type Policies struct {
	roles     map[string]template.Role // by logical id
	resources []template.Statement     // what buckets, queues and topics deny everybody
	keys      map[string]string        // the ARN of the key by which a resource is encrypted, by the resource's
}

// Read takes the policies out of a template.
func Read(t *template.Template) (*Policies, error) {
	roles, err := t.Roles()
	if err != nil {
		return nil, err
	}
	p := &Policies{roles: map[string]template.Role{}}
	for _, r := range roles {
		p.roles[r.LogicalID] = r
		for _, s := range r.Statements {
			if err := check(s); err != nil {
				return nil, fmt.Errorf("%s, policy %s: %w", r.LogicalID, s.Policy, err)
			}
		}
	}
	if p.keys, err = t.EncryptedBy(); err != nil {
		return nil, err
	}
	own, err := t.ResourcePolicies()
	if err != nil {
		return nil, err
	}
	for _, s := range own {
		if err := check(s); err != nil {
			return nil, fmt.Errorf("policy %s: %w", s.Policy, err)
		}
		if s.Deny && s.Everybody {
			p.resources = append(p.resources, s)
		}
	}
	return p, nil
}

func check(s template.Statement) error {
	if len(s.Actions) == 0 || len(s.Resources) == 0 {
		return fmt.Errorf("a statement (%s) has no Action or no Resource", s.Sid)
	}
	for _, c := range s.Conditions {
		if operators[c.Operator] == nil {
			return fmt.Errorf("the condition %s is not known here", c.Operator)
		}
	}
	return nil
}

// Role finds a role by its ARN.
func (p *Policies) Role(arn string) (template.Role, bool) {
	for _, r := range p.roles {
		if r.ARN == arn {
			return r, true
		}
	}
	return template.Role{}, false
}

// Grants gives everything that the roles are allowed, sorted.
func (p *Policies) Grants() []Grant {
	var all []Grant
	for _, r := range p.roles {
		for _, s := range r.Statements {
			if s.Deny {
				continue
			}
			for _, action := range s.Actions {
				for _, resource := range s.Resources {
					for _, when := range whens(s) {
						all = append(all, Grant{r.LogicalID, action, resource, when})
					}
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b Grant) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(all)
}

// Need is one permission that a call takes: an action on a resource, in a context of condition keys.
type Need struct {
	Action, Resource string
	// Or are other resources one of which is enough, where only the service knows which it will be.
	Or      []string
	Context map[string]string
}

// Decision is the answer to a Need.
type Decision struct {
	Allowed bool
	By      []Grant // those that allow it
	Why     string  // in IAM's words, when it is not allowed
}

// Decide says whether a role may do something. A statement that denies stands over all that allow.
func (p *Policies) Decide(role string, need Need) Decision {
	r := p.roles[role]
	var d Decision
	for _, resource := range append([]string{need.Resource}, need.Or...) {
		by, denied := p.decide(r, need, resource)
		if denied != "" {
			return Decision{Why: denied}
		}
		d.By = append(d.By, by...)
	}
	if d.Allowed = len(d.By) > 0; !d.Allowed {
		d.Why = "because no identity-based policy allows the " + need.Action + " action"
	}
	return d
}

func (p *Policies) decide(r template.Role, need Need, resource string) (by []Grant, denied string) {
	holds := func(c template.Condition) bool {
		value, there := need.Context[strings.ToLower(c.Key)]
		switch strings.ToLower(c.Key) {
		case "aws:principalarn":
			value, there = r.ARN, true
		case "aws:securetransport":
			value, there = "true", true // AWS is reached by TLS; this machine by itself
		}
		return operators[c.Operator](c.Values, value, there)
	}
	applies := func(s template.Statement) (actions, resources []string) {
		for _, c := range s.Conditions {
			if !holds(c) {
				return nil, nil
			}
		}
		for _, a := range s.Actions {
			if Matches(strings.ToLower(a), strings.ToLower(need.Action)) {
				actions = append(actions, a)
			}
		}
		for _, pattern := range s.Resources {
			if Matches(pattern, resource) {
				resources = append(resources, pattern)
			}
		}
		return actions, resources
	}
	for _, s := range p.resources {
		if actions, resources := applies(s); len(actions) > 0 && len(resources) > 0 {
			return nil, "with an explicit deny in a resource-based policy"
		}
	}
	for _, s := range r.Statements {
		actions, resources := applies(s)
		if s.Deny && len(actions) > 0 && len(resources) > 0 {
			return nil, "with an explicit deny in an identity-based policy"
		}
		for _, a := range actions {
			for _, pattern := range resources {
				for _, when := range whens(s) {
					key, value, _ := strings.Cut(when, " ")
					if when == "" || need.Context[strings.ToLower(key)] == value {
						by = append(by, Grant{r.LogicalID, a, pattern, when})
					}
				}
			}
		}
	}
	return by, ""
}

// operators are the tests of conditions that are known: each compares the values of the policy with the call's, which may
// not be there.
var operators = map[string]func(values []string, value string, there bool) bool{
	"StringEquals":    func(vs []string, v string, there bool) bool { return there && slices.Contains(vs, v) },
	"StringNotEquals": func(vs []string, v string, there bool) bool { return !there || !slices.Contains(vs, v) },
	"StringLike":      func(vs []string, v string, there bool) bool { return there && matchesAny(vs, v) },
	"StringNotLike":   func(vs []string, v string, there bool) bool { return !there || !matchesAny(vs, v) },
	"ArnEquals":       func(vs []string, v string, there bool) bool { return there && matchesAny(vs, v) },
	"ArnLike":         func(vs []string, v string, there bool) bool { return there && matchesAny(vs, v) },
	"ArnNotEquals":    func(vs []string, v string, there bool) bool { return !there || !matchesAny(vs, v) },
	"ArnNotLike":      func(vs []string, v string, there bool) bool { return !there || !matchesAny(vs, v) },
	"Bool":            func(vs []string, v string, there bool) bool { return there && slices.Contains(vs, v) },
}

func matchesAny(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return Matches(pattern, value) })
}

// Matches tells whether a pattern, in which * is any text and ? any one character, fits the whole of a text.
func Matches(pattern, text string) bool {
	star, from := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0: // let the last star take one more
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
