package aws

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Log makes the process's logger: JSON lines that carry Lambda's request id, at the level that the template's
// LogLevel parameter sets. What is logged is ids and counts; never a phone, a name or an A-number.
func Log() {
	slog.SetDefault(slog.New(lambdacontext.NewLogHandler()))
}

// Fatal logs why a function cannot start and ends the process. For main only.
func Fatal(err error) {
	slog.Error("cannot start", "error", err)
	os.Exit(1)
}
