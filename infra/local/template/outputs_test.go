package template_test

import (
	"path/filepath"
	"strings"
	"testing"

	"voice.example/infra/local/template"
)

func TestOutput(t *testing.T) {
	parsed := parse(t, `
Conditions: {Never: !Equals [a, b]}
Resources:
  WorkQueue: {Type: AWS::SQS::Queue}
Outputs:
  Settings:
    Value: !Sub >-
      QUEUE=${WorkQueue}
      STACK=${AWS::StackName}
  Left: {Condition: Never, Value: x}
  Wrong: {Value: !Ref Nothing}
`, template.Options{QueueEndpoint: "http://127.0.0.1:9911"})
	t.Run("OK", func(t *testing.T) {
		if got, ok, err := parsed.Output("Settings"); err != nil || !ok || got != "QUEUE=http://127.0.0.1:9911/000000000000/voice-WorkQueue STACK=voice" {
			t.Errorf("%q, %t, %v", got, ok, err)
		}
	})
	t.Run("NoneWithoutItsCondition", func(t *testing.T) {
		for _, name := range []string{"Left", "Other"} {
			if got, ok, err := parsed.Output(name); err != nil || ok {
				t.Errorf("%q, %t, %v", got, ok, err)
			}
		}
	})
	t.Run("ErrUnknownName", func(t *testing.T) {
		if _, _, err := parsed.Output("Wrong"); err == nil {
			t.Error("no error")
		}
	})
}

// TestPartnerAccounts has the deployed template take none, one and two accounts, and nothing that is none.
func TestPartnerAccounts(t *testing.T) {
	load := func(accounts string) error {
		parsed, err := template.Load(filepath.Join("..", "..", "..", "template.yaml"), template.Options{
			Parameters: map[string]string{"PartnerAccounts": accounts}, Secret: func(string) (string, error) { return "x", nil }})
		if err != nil {
			return err
		}
		return parsed.Check()
	}
	for _, good := range []string{"", "111122223333", "111122223333,444455556666", "111122223333, 444455556666"} {
		if err := load(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"*", "1111-2222-3333", "111122223333,", "arn:aws:iam::111122223333:root"} {
		if err := load(bad); err == nil || !strings.Contains(err.Error(), "PartnerAccounts") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
