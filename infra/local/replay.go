package main

import (
	"fmt"
	"strings"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/template"
)

// replayFile is what make replay reads: the variables that voicectl replay goes by, one a line.
const replayFile = "replay.env"

// replayOutput is the template's output that names what voicectl replay works on, as VARIABLE=value with spaces between.
const replayOutput = "ReplaySettings"

// writeReplay tells voicectl replay of this stack. A template without the output has nothing to replay.
func (s *stack) writeReplay() error {
	names, ok, err := s.template.Output(replayOutput)
	if err != nil || !ok {
		return err
	}
	lines := append(strings.Fields(names),
		"AWS_REGION="+template.Region,
		"AWS_ACCESS_KEY_ID="+dynamodb.AccessKey,
		"AWS_SECRET_ACCESS_KEY="+dynamodb.SecretKey,
		"AWS_SESSION_TOKEN=",
		"AWS_ENDPOINT_URL_S3="+s.s3.address(),
		"AWS_ENDPOINT_URL_SQS="+s.sns.address(),
		"AWS_ENDPOINT_URL_LAMBDA="+s.sns.address(),
		"AWS_REQUEST_CHECKSUM_CALCULATION=when_required",
		"AWS_RESPONSE_CHECKSUM_VALIDATION=when_required",
	)
	return s.state.write(replayFile, fmt.Appendln(nil, strings.Join(lines, "\n")))
}
