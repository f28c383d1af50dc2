package permission_test

import (
	"strings"
	"testing"

	"voice.example/infra/local/permission"
	"voice.example/infra/local/template"
)

// TestPolicies looks at the policies as they are written, without running anything.
func TestPolicies(t *testing.T) {
	var lines []permission.Line
	for _, parameters := range []map[string]string{
		{},
		{"SmsBy": "end-user-messaging", "SmsOriginationIdentity": "pool-0123456789abcdef", "EmailFrom": "voice@agency.example"},
	} {
		parsed, err := template.Load("../../../template.yaml", template.Options{
			Parameters: parameters, Defaults: map[string]string{"UploadsBucketName": "voice-uploads"},
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
