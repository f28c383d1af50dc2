package aws

import (
	"errors"
	"log/slog"
	"os"
)

// Require ends the process when any of the errors is one, and logs all of them: Lambda reports a failed initialisation
// and tries again. For main, before lambda.Start.
func Require(errs ...error) {
	if err := errors.Join(errs...); err != nil {
		slog.Error("cannot start", "error", err)
		os.Exit(1)
	}
}
