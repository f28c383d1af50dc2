package main

import (
	"fmt"
	"strings"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/template"
)

// replayFile is what make replay, make audit-verify and make keys read: the variables that those commands of voicectl go by, one a
// line.
const replayFile = "replay.env"

// replayOutput is the template's output that names what voicectl replay works on, as VARIABLE=value with spaces between.
const replayOutput = "ReplaySettings"

// keysOutput is the template's output that names what voicectl keys works on.
const keysOutput = "KeysSettings"

// auditOutput is the template's output that names the table which voicectl audit verify reads.
const auditOutput = "AuditTableName"

// writeReplay tells voicectl of this stack. A template without the output has nothing to replay.
func (s *stack) writeReplay() error {
	names, ok, err := s.template.Output(replayOutput)
	if err != nil || !ok {
		return err
	}
	lines := strings.Fields(names)
	if table, ok, err := s.template.Output(auditOutput); err != nil {
		return err
	} else if ok {
		lines = append(lines, "VOICE_AUDIT_TABLE="+table)
	}
	if keys, ok, err := s.template.Output(keysOutput); err != nil {
		return err
	} else if ok {
		lines = append(lines, strings.Fields(keys)...)
	}
	lines = append(lines,
		"AWS_REGION="+template.Region,
		"AWS_ACCESS_KEY_ID="+dynamodb.AccessKey,
		"AWS_SECRET_ACCESS_KEY="+dynamodb.SecretKey,
		"AWS_SESSION_TOKEN=",
		"AWS_ENDPOINT_URL_DYNAMODB="+s.endpoint,
		"AWS_ENDPOINT_URL_S3="+s.s3.address(),
		"AWS_ENDPOINT_URL_SQS="+s.sns.address(),
		"AWS_ENDPOINT_URL_LAMBDA="+s.sns.address(),
		"AWS_ENDPOINT_URL_KMS="+s.sns.address(),
		"AWS_REQUEST_CHECKSUM_CALCULATION=when_required",
		"AWS_RESPONSE_CHECKSUM_VALIDATION=when_required",
	)
	return s.state.write(replayFile, fmt.Appendln(nil, strings.Join(lines, "\n")))
}
