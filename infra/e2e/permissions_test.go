package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voice.example/infra/local/permission"
	"voice.example/infra/local/template"
)

// unused are the permissions that no call of this suite uses, each with why it stands all the same.
var unused = []permission.Exception{
	{Role: "*", Action: "kms:Decrypt", Resource: "*:key/*", Why: "services decrypt what they keep by the key, for a role and not by a call of ours"},
	{Role: "*", Action: "kms:GenerateDataKey", Resource: "*:key/*", Why: "services encrypt what they keep by the key, for a role and not by a call of ours"},
	{Role: "EscalateRole", Action: "kms:Encrypt", Resource: "*:key/*", Why: "makes the keysets of a new deployment, which the runner makes here at once"},
	{Role: "EscalateRole", Action: "dynamodb:PutItem", Resource: "*Keys*", Why: "makes the keysets of a new deployment, which the runner makes here at once"},
}

// comparePermissions holds what functions did in a whole run of the suite against template.yaml, both ways, and
// prints what to do about each difference. A run of some tests uses some permissions, so it is not compared.
func comparePermissions() (same bool) {
	lines := made.Permissions()
	if path := os.Getenv("VOICE_PERMISSIONS"); path != "" {
		if err := os.WriteFile(path, []byte(permission.Table(lines, unused)), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return false
		}
	}
	if os.Getenv("VOICE_PERMISSIONS") == "" {
		return true
	}
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return true
		}
	}
	wrong := permission.Compare(lines, unused)
	for _, w := range wrong {
		fmt.Println("permissions:", w)
	}
	return len(wrong) == 0
}

// TestPolicies looks at the policies as they are written, without running anything.
func TestPolicies(t *testing.T) {
	var lines []permission.Line
	for _, parameters := range []map[string]string{
		{},
		{"SmsBy": "end-user-messaging", "SmsOriginationIdentity": "pool-0123456789abcdef", "EmailFrom": "voice@agency.example"},
	} {
		parsed, err := template.Load(filepath.Join(made.Root, "template.yaml"), template.Options{
			Parameters: parameters, Defaults: map[string]string{"UploadsBucketName": bucket},
			Secret: func(string) (string, error) { return "secret", nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		policies, err := permission.Read(parsed)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range policies.Grants() {
			lines = append(lines, permission.Line{Kind: permission.Granted, Grant: g})
		}
		functions, err := parsed.Functions()
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]string{}
		for _, f := range functions {
			role, ok := policies.Role(f.RoleARN)
			if !ok || of[role.LogicalID] != "" {
				t.Errorf("%s has no role of its own", f.LogicalID)
			}
			of[role.LogicalID] = f.LogicalID
			if err := policies.Lambda(role, f, nil); err != nil {
				t.Error(err)
			}
		}
	}
	t.Run("NoWildcardIsUnexplained", func(t *testing.T) {
		seen := map[string]bool{}
		for _, l := range lines {
			seen[l.Role+" "+l.Action] = true
			if l.Resource != "*" && !strings.Contains(l.Action, "*") {
				continue
			}
			if why := wildcards[l.Role+" "+l.Action]; why == "" {
				t.Errorf("%s: name the resources, or say among the wildcards why there are none", l.Grant)
			}
		}
		for grant := range wildcards {
			if !seen[grant] {
				t.Errorf("%s is explained, and not in template.yaml", grant)
			}
		}
	})
}

// wildcards are the permissions that name no resource, by role and action, each with why there is none to name.
var wildcards = func() map[string]string {
	why := map[string]string{}
	for _, role := range []string{"DeliverRole", "InformRole", "IntakeRole", "RepliesRole"} {
		why[role+" sns:Publish"] = "a phone number has no ARN; topics, which have, are denied beside it"
	}
	for _, action := range []string{"CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries",
		"PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"} {
		why["UploadMachineRole logs:"+action] = "Step Functions sets its log up by calls that know no resources"
	}
	return why
}()
