package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/stacktest"
	"voice.example/shared/audit"
)

// auditVerify runs what make audit-verify runs, and gives its exit code.
func (s *stack) auditVerify(t *testing.T, args ...string) (report audit.Report, code int) {
	t.Helper()
	cmd := exec.Command(made.Voicectl, append([]string{"audit", "verify", "--json"}, args...)...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	for name, value := range s.replaying(t) {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if parseErr := json.Unmarshal(out.Bytes(), &report); parseErr != nil {
		t.Fatalf("voicectl audit verify: %v, %v\n%s%s", err, parseErr, &out, &errs)
	}
	return report, cmd.ProcessState.ExitCode()
}

// TestAudit has staff look and be refused, an auditor ask who did, and an operator find out that somebody tampered with that.
func TestAudit(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.person()
	s.book(t, ago(30), p)
	theo, dana, walter := s.employee(t, "operator-1"), s.employee(t, "data-officer-1"), s.employee(t, "auditor-1")
	question := `{"a_number":"` + p.aNumber + `"}`
	if r := theo.ask(t, "POST", "/v1/staff/people/search", question); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := dana.ask(t, "POST", "/v1/staff/people/search", question); r.status != 403 {
		t.Errorf("a data officer: %d", r.status)
	}
	type list struct {
		Entries []struct{ At, Subject, Actor, Action, Why string }
	}
	var found list
	walter.run(t, wentWell, &found, "audit", "who", "--a-number", p.aNumber, "--why", "a complaint of a family")
	if len(found.Entries) != 1 || found.Entries[0].Actor != "operator-1" || found.Entries[0].Action != "view" || strings.Contains(found.Entries[0].Subject, p.aNumber) {
		t.Fatalf("%+v", found)
	}
	seen := found.Entries[0]
	walter.run(t, wentWell, &found, "audit", "who", "--staff", "dana.whitfield@voice.example", "--why", "a complaint of a family")
	if len(found.Entries) != 1 || found.Entries[0].Action != "denied" {
		t.Errorf("%+v", found)
	}
	theo.run(t, denied, nil, "audit", "who", "--staff", "operator-1", "--why", "what is known of me?")

	var whole audit.Report
	stacktest.Eventually(t, 20*time.Second, "the entries are sealed", func() bool {
		var code int
		if whole, code = s.auditVerify(t); code != wentWell {
			t.Fatalf("%+v", whole)
		}
		return whole.Waiting == 0
	})
	if whole.Entries < 5 || whole.Blocks == 0 { // two looks, two questions, and who was refused to ask
		t.Errorf("%+v", whole)
	}
	if later, code := s.auditVerify(t, "--head", whole.Head.String()); code != wentWell {
		t.Errorf("%+v", later)
	}
	table := aws.String(s.replaying(t)["VOICE_AUDIT_TABLE"])
	all, err := s.database().Query(context.Background(), &dynamodb.QueryInput{TableName: table, KeyConditionExpression: aws.String("subject = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: seen.Subject}}})
	if err != nil || len(all.Items) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	key := map[string]types.AttributeValue{"subject": all.Items[0]["subject"], "at": all.Items[0]["at"]}
	if _, err := s.database().DeleteItem(context.Background(), &dynamodb.DeleteItemInput{TableName: table, Key: key}); err != nil {
		t.Fatal(err)
	}
	broken, code := s.auditVerify(t)
	if code != 7 || !slices.ContainsFunc(broken.Problems, func(p audit.Problem) bool { return p.Kind == audit.EntryMissing && p.Subject == seen.Subject }) {
		t.Errorf("exit code %d, %+v", code, broken)
	}
}
