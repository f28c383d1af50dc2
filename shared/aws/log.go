package aws

import (
	"log/slog"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Log makes the process's logger: JSON lines that carry Lambda's request id, at the level that the template's
// LogLevel parameter sets. What is logged is ids and counts; never a phone, a name or an A-number.
func Log() {
	slog.SetDefault(slog.New(lambdacontext.NewLogHandler()))
}
