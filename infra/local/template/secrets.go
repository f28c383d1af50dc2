package template

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Secret is a Secrets Manager secret. Exactly one of Value and Generate is meant.
type Secret struct {
	LogicalID, Name, ARN string
	Value                string
	Generate             *Generate
}

// Generate says how to make up a secret's value.
type Generate struct {
	Length             int
	ExcludeCharacters  string
	ExcludePunctuation bool
	ExcludeNumbers     bool
	ExcludeUppercase   bool
	ExcludeLowercase   bool
	// With Template and Key, the made-up text becomes that key of the JSON object in Template.
	Template, Key string
}

// Secrets gives every secret of the template.
func (t *Template) Secrets() ([]Secret, error) {
	found, err := t.ofKind(kindSecret)
	if err != nil {
		return nil, err
	}
	var secrets []Secret
	for _, r := range found {
		var p struct {
			SecretString         string
			GenerateSecretString *struct {
				PasswordLength                     number
				ExcludeCharacters                  string
				ExcludePunctuation, ExcludeNumbers flag
				ExcludeUppercase, ExcludeLowercase flag
				SecretStringTemplate               string
				GenerateStringKey                  string
				IncludeSpace                       flag
			}
		}
		if err := t.decode(r, &p); err != nil {
			return nil, err
		}
		name, err := t.name(r)
		if err != nil {
			return nil, err
		}
		s := Secret{LogicalID: r.id, Name: name, ARN: arn(r.kind, name), Value: p.SecretString}
		if g := p.GenerateSecretString; g != nil {
			s.Generate = &Generate{
				Length: int(g.PasswordLength), ExcludeCharacters: g.ExcludeCharacters,
				ExcludePunctuation: bool(g.ExcludePunctuation), ExcludeNumbers: bool(g.ExcludeNumbers),
				ExcludeUppercase: bool(g.ExcludeUppercase), ExcludeLowercase: bool(g.ExcludeLowercase),
				Template: g.SecretStringTemplate, Key: g.GenerateStringKey,
			}
			if s.Generate.Length == 0 {
				s.Generate.Length = 32
			}
		}
		secrets = append(secrets, s)
	}
	return secrets, nil
}

// resolveSecrets answers each {{resolve:secretsmanager:NAME:SecretString:KEY}} in a text, where NAME
// is a secret's name or ARN, and what follows it may be left out for the whole secret.
func (t *Template) resolveSecrets(s string) (string, error) {
	const opening, closing = "{{resolve:", "}}"
	var out strings.Builder
	for {
		before, after, found := strings.Cut(s, opening)
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		reference, rest, closed := strings.Cut(after, closing)
		if !closed {
			return "", fmt.Errorf("%s%s is not closed", opening, reference)
		}
		value, err := t.resolve(reference)
		if err != nil {
			return "", err
		}
		out.WriteString(value)
		s = rest
	}
}

func (t *Template) resolve(reference string) (string, error) {
	id, ok := strings.CutPrefix(reference, "secretsmanager:")
	if !ok {
		return "", fmt.Errorf("the local runner resolves secretsmanager, not %s", reference)
	}
	id, key, _ := strings.Cut(id, ":SecretString")
	key, _, _ = strings.Cut(strings.TrimPrefix(key, ":"), ":")
	if t.options.Secret == nil {
		return "", fmt.Errorf("secret %s is asked for where there are none", id)
	}
	value, err := t.options.Secret(id)
	if err != nil || key == "" {
		return value, err
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(value), &object); err != nil {
		return "", fmt.Errorf("secret %s is not JSON, so it has no key %s", id, key)
	}
	part, ok := object[key]
	if !ok {
		return "", fmt.Errorf("secret %s has no key %s", id, key)
	}
	return text(part)
}
