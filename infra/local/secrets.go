package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"

	"voice.example/infra/local/template"
)

const secretsFile = "secrets.json"

// secrets are the values of the template's secrets, by name and by ARN.
type secrets map[string]string

// openSecrets reads the secrets that earlier runs made up and makes up those that are new. They must
// stay the same from run to run, since what is stored was encrypted with them.
func openSecrets(s *state, wanted []template.Secret) (secrets, error) {
	kept := map[string]string{}
	data, err := os.ReadFile(s.path(secretsFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read the secrets: %w", err)
	default:
		if err := json.Unmarshal(data, &kept); err != nil {
			return nil, fmt.Errorf("%s is not JSON: %w", s.path(secretsFile), err)
		}
	}
	result := secrets{}
	changed := false
	for _, secret := range wanted {
		value, known := kept[secret.Name]
		switch {
		case secret.Generate == nil:
			value = secret.Value
		case !known:
			if value, err = generate(*secret.Generate); err != nil {
				return nil, fmt.Errorf("secret %s: %w", secret.LogicalID, err)
			}
			kept[secret.Name], changed = value, true
		}
		result[secret.Name], result[secret.ARN] = value, value
	}
	if !changed {
		return result, nil
	}
	if data, err = json.MarshalIndent(kept, "", "  "); err != nil {
		return nil, err
	}
	return result, s.write(secretsFile, data)
}

// get answers for the template.
func (s secrets) get(id string) (string, error) {
	value, ok := s[id]
	if !ok {
		return "", fmt.Errorf("the template has no secret %s", id)
	}
	return value, nil
}

// generate makes a secret up as Secrets Manager does.
func generate(g template.Generate) (string, error) {
	const lower, upper, digits, marks = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789",
		"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	alphabet := ""
	for _, part := range []struct {
		letters  string
		excluded bool
	}{{lower, g.ExcludeLowercase}, {upper, g.ExcludeUppercase}, {digits, g.ExcludeNumbers}, {marks, g.ExcludePunctuation}} {
		if !part.excluded {
			alphabet += part.letters
		}
	}
	alphabet = strings.Map(func(r rune) rune {
		if strings.ContainsRune(g.ExcludeCharacters, r) {
			return -1
		}
		return r
	}, alphabet)
	if alphabet == "" {
		return "", errors.New("its settings leave no character to make it of")
	}
	value := make([]byte, g.Length)
	for i := range value {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", err
		}
		value[i] = alphabet[n.Int64()]
	}
	if g.Key == "" {
		return string(value), nil
	}
	object := map[string]any{}
	if err := json.Unmarshal([]byte(g.Template), &object); err != nil {
		return "", fmt.Errorf("SecretStringTemplate is not a JSON object: %w", err)
	}
	object[g.Key] = string(value)
	data, err := json.Marshal(object)
	return string(data), err
}
