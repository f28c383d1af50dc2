package main

import (
	"encoding/json"
	"strings"
	"testing"

	"voice.example/infra/local/template"
)

func TestSecrets(t *testing.T) {
	wanted := []template.Secret{{LogicalID: "Key", Name: "voice-Key", ARN: "arn:voice-Key", Generate: &template.Generate{Length: 40, ExcludePunctuation: true}}}

	t.Run("TheSameFromRunToRun", func(t *testing.T) {
		state, err := openState(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer state.close()
		first, err := openSecrets(state, wanted)
		if err != nil {
			t.Fatal(err)
		}
		second, err := openSecrets(state, append(wanted, template.Secret{Name: "new", ARN: "arn:new", Value: "fixed"}))
		if err != nil {
			t.Fatal(err)
		}
		value, err := second.get("arn:voice-Key")
		if err != nil || value != first["voice-Key"] || len(value) != 40 || second["new"] != "fixed" {
			t.Fatalf("first %d, then %d letters, %v", len(first["voice-Key"]), len(value), err)
		}
	})
	t.Run("ErrUnknown", func(t *testing.T) {
		if _, err := (secrets{}).get("other"); err == nil || !strings.Contains(err.Error(), "other") {
			t.Fatalf("err = %v", err)
		}
	})
}

func TestGenerate(t *testing.T) {
	t.Run("OnlyWhatIsLeftIn", func(t *testing.T) {
		value, err := generate(template.Generate{Length: 500, ExcludePunctuation: true, ExcludeUppercase: true, ExcludeLowercase: true, ExcludeCharacters: "01"})
		if err != nil || len(value) != 500 || strings.Trim(value, "23456789") != "" {
			t.Fatalf("%q, %v", value, err)
		}
	})
	t.Run("AsAKeyOfATemplate", func(t *testing.T) {
		value, err := generate(template.Generate{Length: 8, Template: `{"user":"u"}`, Key: "password"})
		var object map[string]string
		if err != nil || json.Unmarshal([]byte(value), &object) != nil || object["user"] != "u" || len(object["password"]) != 8 {
			t.Fatalf("%q, %v", value, err)
		}
	})
	t.Run("ErrNothingIsLeft", func(t *testing.T) {
		_, err := generate(template.Generate{Length: 8, ExcludePunctuation: true, ExcludeUppercase: true, ExcludeLowercase: true, ExcludeNumbers: true})
		if err == nil {
			t.Fatal("no error")
		}
	})
}
