package template

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Role is an IAM role with every policy that the template gives it: its own, and those that name it.
type Role struct {
	LogicalID, Name, ARN string
	Line                 int
	Services             []string // the services that may take it, such as lambda.amazonaws.com
	Statements           []Statement
}

// Statement is one statement of a policy.
type Statement struct {
	Policy     string // the policy's name, or the logical id of the resource that it is of
	Sid        string
	Deny       bool
	Actions    []string
	Resources  []string
	Conditions []Condition
	// Everybody says of a resource's own policy that the statement is for every principal, Services for which services.
	Everybody bool
	Services  []string
}

// Condition is one test of a statement: Operator compares the value that the call has for Key with Values.
type Condition struct {
	Operator, Key string
	Values        []string
}

// Roles gives every role of the template.
func (t *Template) Roles() ([]Role, error) {
	found, err := t.ofKind(kindRole)
	if err != nil {
		return nil, err
	}
	var roles []Role
	for _, r := range found {
		role, err := t.role(r)
		if err != nil {
			return nil, err
		}
		roles = append(roles, role)
	}
	for _, kind := range []string{kindPolicy, kindManagedPolicy} {
		if err := t.addPolicies(roles, kind); err != nil {
			return nil, err
		}
	}
	return roles, nil
}

func (t *Template) role(r *resource) (Role, error) {
	var p struct {
		AssumeRolePolicyDocument json.RawMessage
		Policies                 []policyProperties
		ManagedPolicyArns        []string
	}
	if err := t.decode(r, &p); err != nil {
		return Role{}, err
	}
	for _, managed := range p.ManagedPolicyArns {
		if strings.HasPrefix(managed, "arn:aws:iam::aws:") {
			return Role{}, fmt.Errorf("line %d: %s: what AWS's own policy %s allows is not known here: write the statements out", r.line, r.id, managed)
		}
	}
	name, err := t.name(r)
	if err != nil {
		return Role{}, err
	}
	role := Role{LogicalID: r.id, Name: name, ARN: arn(r.kind, name), Line: r.line}
	trust, err := statements("trust", p.AssumeRolePolicyDocument)
	if err != nil {
		return Role{}, fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
	}
	for _, s := range trust {
		role.Services = append(role.Services, s.Services...)
	}
	for _, policy := range p.Policies {
		if err := role.add(policy); err != nil {
			return Role{}, fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
		}
	}
	return role, nil
}

type policyProperties struct {
	PolicyName     string
	PolicyDocument json.RawMessage
}

func (r *Role) add(policy policyProperties) error {
	list, err := statements(policy.PolicyName, policy.PolicyDocument)
	r.Statements = append(r.Statements, list...)
	return err
}

// addPolicies adds the policies that stand beside the roles and name them.
func (t *Template) addPolicies(roles []Role, kind string) error {
	found, err := t.ofKind(kind)
	if err != nil {
		return err
	}
	for _, r := range found {
		var p struct {
			policyProperties
			Roles []string
		}
		if err := t.decode(r, &p); err != nil {
			return err
		}
		for _, name := range p.Roles {
			i := slices.IndexFunc(roles, func(role Role) bool { return role.Name == name })
			if i < 0 {
				return fmt.Errorf("line %d: %s: there is no role called %s", r.line, r.id, name)
			}
			if err := roles[i].add(p.policyProperties); err != nil {
				return fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
			}
		}
	}
	return nil
}

// ResourcePolicies gives the statements of the policies that buckets, queues and topics have themselves.
func (t *Template) ResourcePolicies() ([]Statement, error) {
	var all []Statement
	for _, kind := range []string{kindBucketPolicy, kindQueuePolicy, kindTopicPolicy} {
		found, err := t.ofKind(kind)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			var p policyProperties
			if err := t.decode(r, &p); err != nil {
				return nil, err
			}
			list, err := statements(r.id, p.PolicyDocument)
			if err != nil {
				return nil, fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
			}
			all = append(all, list...)
		}
	}
	return all, nil
}

// statements reads a policy document. What it does not know is an error: a statement that is half understood would
// allow too much or too little.
func statements(policy string, document json.RawMessage) ([]Statement, error) {
	var d struct {
		Version, Id string
		Statement   json.RawMessage // a list, or one
	}
	if err := strict(document, &d); err != nil {
		return nil, fmt.Errorf("policy %s: %w", policy, err)
	}
	if len(d.Statement) > 0 && d.Statement[0] != '[' {
		d.Statement = slices.Concat([]byte("["), d.Statement, []byte("]"))
	}
	var list []struct {
		Sid, Effect      string
		Action, Resource oneOrMore
		Principal        json.RawMessage
		Condition        map[string]map[string]oneOrMore
	}
	if err := strict(d.Statement, &list); err != nil {
		return nil, fmt.Errorf("policy %s: %w", policy, err)
	}
	var all []Statement
	for _, s := range list {
		out := Statement{Policy: policy, Sid: s.Sid, Deny: s.Effect == "Deny", Actions: s.Action, Resources: s.Resource}
		if s.Effect != "Allow" && s.Effect != "Deny" {
			return nil, fmt.Errorf("policy %s: an effect is Allow or Deny, not %q", policy, s.Effect)
		}
		if err := out.principal(s.Principal); err != nil {
			return nil, fmt.Errorf("policy %s: %w", policy, err)
		}
		for operator, keys := range s.Condition {
			for key, values := range keys {
				out.Conditions = append(out.Conditions, Condition{Operator: operator, Key: key, Values: values})
			}
		}
		all = append(all, out)
	}
	return all, nil
}

// principal reads "*" or {Service: …}; other accounts are of no interest to what this stack does.
func (s *Statement) principal(data json.RawMessage) error {
	if len(data) == 0 {
		return nil
	}
	var word string
	if json.Unmarshal(data, &word) == nil {
		s.Everybody = word == "*"
		return nil
	}
	var p struct{ Service, AWS oneOrMore }
	if err := strict(data, &p); err != nil {
		return err
	}
	s.Services = p.Service
	s.Everybody = slices.Contains(p.AWS, "*")
	return nil
}

// oneOrMore is a list of texts that a policy may also write as one.
type oneOrMore []string

func (l *oneOrMore) UnmarshalJSON(data []byte) error {
	var values []any
	if data[0] != '[' {
		data = slices.Concat([]byte("["), data, []byte("]"))
	}
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	for _, v := range values {
		*l = append(*l, fmt.Sprint(v))
	}
	return nil
}
