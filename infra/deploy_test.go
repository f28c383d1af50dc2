package infra_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// account is a stand-in for AWS, as the two command lines show it to infra/deploy.sh: what is asked is written down, and the
// answers come from a table.
const account = `#!/usr/bin/env bash
echo "$(basename "$0") $*" >> "$LOG"
case "$(basename "$0") $*" in
  aws\ sts*) if [ -n "${STRANGER:-}" ]; then exit 255; fi; echo 123456789012 ;;
  sam\ deploy\ --guided*) echo 'stack_name = "voice"' > samconfig.toml ;;
  *ApiUrl*) echo https://abc.execute-api.us-east-1.amazonaws.com ;;
  *SmsLogsRoleArn*) echo arn:aws:iam::123456789012:role/logs ;;
  *RepliesTopicArn*) echo arn:aws:sns:us-east-1:123456789012:replies ;;
  *ParameterKey*SiteUrl*) echo "${SITE:-}" ;;
  *ParameterKey*SmsBy*) echo sns ;;
  *sandbox*) echo "${SANDBOX:-True}" ;;
  *DeliveryStatusIAMRole*) echo "${LOGS:-None}" ;;
  *MonthlySpendLimit*) echo 1 ;;
esac
`

// deploy runs the script in a folder of its own, and gives what it said and what it asked.
func deploy(t *testing.T, folder string, env ...string) (said, asked string, err error) {
	t.Helper()
	script, err := os.ReadFile("deploy.sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"infra/deploy.sh": string(script), "bin/sam": account, "bin/aws": account} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	log := filepath.Join(folder, "log")
	cmd := exec.Command("bash", filepath.Join(folder, "infra/deploy.sh"))
	cmd.Env = append(append(os.Environ(), "PATH="+filepath.Join(folder, "bin")+":"+os.Getenv("PATH"), "LOG="+log), env...)
	out, err := cmd.CombinedOutput()
	calls, _ := os.ReadFile(log)
	_ = os.Remove(log)
	return string(out), string(calls), err
}

func TestDeploy(t *testing.T) {
	folder := t.TempDir()
	t.Run("TheFirstTimeAsksAndSaysWhatIsLeft", func(t *testing.T) {
		said, asked, err := deploy(t, folder)
		if err != nil || !strings.Contains(asked, "sam build\n") || !strings.Contains(asked, "sam deploy --guided --stack-name voice --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND") {
			t.Fatalf("%v, %s, %s", err, asked, said)
		}
		for _, part := range []string{"SiteUrl=https://abc.execute-api", "SMS sandbox", "DeliveryStatusIAMRole=arn:aws:iam::123456789012:role/logs",
			"--two-way-channel-arn arn:aws:sns:us-east-1:123456789012:replies", "monthly limit (1 US dollars", "Confirm the mails", "Add staff"} {
			if !strings.Contains(said, part) {
				t.Errorf("it does not say %q:\n%s", part, said)
			}
		}
	})
	t.Run("AgainAsksNothingAndSaysWhatIsStillLeft", func(t *testing.T) {
		said, asked, err := deploy(t, folder, "SITE=https://x.example", "SANDBOX=False", "LOGS=arn:aws:iam::123456789012:role/logs")
		if err != nil || strings.Contains(asked, "--guided") || !strings.Contains(asked, "sam deploy --no-fail-on-empty-changeset") {
			t.Fatalf("%v, %s, %s", err, asked, said)
		}
		for _, part := range []string{"SiteUrl", "sandbox", "DeliveryStatusIAMRole", "Confirm the mails"} {
			if strings.Contains(said, part) {
				t.Errorf("it still says %q:\n%s", part, said)
			}
		}
	})
	t.Run("ErrNoCredentials", func(t *testing.T) {
		said, asked, err := deploy(t, t.TempDir(), "STRANGER=1")
		if err == nil || strings.Contains(asked, "sam") || !strings.Contains(said, "no credentials") {
			t.Errorf("%v, %s, %s", err, asked, said)
		}
	})
}
