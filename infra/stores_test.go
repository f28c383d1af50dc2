package infra_test

import (
	"fmt"
	"strings"
	"testing"
)

// passing are the tables that need not come back: who is signed in, and rate limits and one-time codes. Hours after, all in
// them would have expired anyway.
var passing = map[string]bool{"SessionsTable": true, "LimitsTable": true}

// TestStores makes sure that what is kept is kept twice, is encrypted, and cannot be deleted or made public by a slip.
func TestStores(t *testing.T) {
	s := load(t, "../template.yaml")
	backed := fmt.Sprint(at(s.Resources["Backups"].Properties, "Parameters", "Tables"))
	stays := func(id string, r resource) {
		if r.DeletionPolicy != "Retain" || r.UpdateReplacePolicy != "Retain" {
			t.Errorf("%s goes with the stack", id)
		}
	}
	tables := s.of("AWS::DynamoDB::Table")
	for id, r := range tables {
		if at(r.Properties, "SSESpecification", "SSEEnabled") != true || at(r.Properties, "SSESpecification", "SSEType") != "KMS" ||
			at(r.Properties, "SSESpecification", "KMSMasterKeyId") == nil {
			t.Errorf("%s is not encrypted with our key", id)
		}
		if r.Properties["BillingMode"] != "PAY_PER_REQUEST" {
			t.Errorf("%s has a capacity that may be too little", id)
		}
		if passing[id] {
			continue
		}
		stays(id, r)
		if r.Properties["DeletionProtectionEnabled"] != true {
			t.Errorf("%s can be deleted", id)
		}
		if at(r.Properties, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != true {
			t.Errorf("%s cannot be put back to a point in time", id)
		}
		if !strings.Contains(backed, id+".Arn") {
			t.Errorf("%s has no backup", id)
		}
	}
	buckets, policies := s.of("AWS::S3::Bucket"), s.of("AWS::S3::BucketPolicy")
	for id, r := range buckets {
		stays(id, r)
		for _, what := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if at(r.Properties, "PublicAccessBlockConfiguration", what) != true {
				t.Errorf("%s: not %s", id, what)
			}
		}
		if at(r.Properties, "VersioningConfiguration", "Status") != "Enabled" || r.Properties["BucketEncryption"] == nil || r.Properties["LifecycleConfiguration"] == nil {
			t.Errorf("%s keeps no versions, is not encrypted, or keeps all for ever", id)
		}
		if policy := fmt.Sprint(policies[id+"Policy"].Properties); !strings.Contains(policy, "aws:SecureTransport:false") {
			t.Errorf("%s can be asked in the clear", id)
		}
	}
	queues := s.of("AWS::SQS::Queue")
	for id, r := range queues {
		if r.Properties["SqsManagedSseEnabled"] != true && r.Properties["KmsMasterKeyId"] == nil {
			t.Errorf("%s is not encrypted", id)
		}
		if !strings.HasSuffix(id, "DeadLetters") && r.Properties["RedrivePolicy"] == nil {
			t.Errorf("%s has no dead letters", id)
		}
		if r.Properties["MessageRetentionPeriod"] != 1209600.0 {
			t.Errorf("%s forgets within a fortnight", id)
		}
	}
	for id, r := range s.of("AWS::Logs::LogGroup") {
		if r.Properties["RetentionInDays"] == nil || r.Properties["KmsKeyId"] == nil {
			t.Errorf("%s is kept for ever, or not encrypted with our key", id)
		}
	}
	for id, r := range s.of("AWS::SecretsManager::Secret") {
		stays(id, r)
	}
	keys := s.of("AWS::KMS::Key")
	for id, r := range keys {
		stays(id, r)
		if r.Properties["EnableKeyRotation"] != true {
			t.Errorf("%s is never rotated", id)
		}
	}
	for id, r := range s.of("AWS::Cognito::UserPool") {
		stays(id, r)
		if r.Properties["DeletionProtection"] != "ACTIVE" {
			t.Errorf("%s can be deleted", id)
		}
	}
	if len(tables) < 12 || len(buckets) < 2 || len(queues) < 10 || len(keys) != 1 {
		t.Error("the template was not read whole")
	}
	if vault := load(t, "backups.yaml").Resources["Vault"]; vault.DeletionPolicy != "Retain" || at(vault.Properties, "LockConfiguration", "MinRetentionDays") == nil {
		t.Error("backups can be deleted with the stack, or by whoever gets in")
	}
}
