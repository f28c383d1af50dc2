package main

import (
	"errors"
	"fmt"
	"net/http"

	"voice.example/shared/upload"
)

// The exit codes, as the help lists them.
const (
	exitDone     = 0
	exitFault    = 1
	exitUsage    = 2
	exitRejected = 3
	exitHeld     = 4
	exitDenied   = 5
	exitNotFound = 6
	exitTampered = 7
)

// usageError says that the command line, or a file that it names, cannot be used.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// outcome is how an upload ended, when that is not well. It has been told already.
type outcome upload.State

func (o outcome) Error() string { return "the upload is " + string(o) }

func (o outcome) told() {}

// tampered says that the audit is not what it was, in so many places. They have been told already.
type tampered int

func (n tampered) Error() string { return plural(int(n), "problem") + " of the audit" }

func (n tampered) told() {}

// errSignedOut says that there is no token to send.
var errSignedOut = errors.New("you are not signed in: voicectl login")

// exitOf gives the exit code for an error.
func exitOf(err error) int {
	var (
		usage   usageError
		end     outcome
		broken  tampered
		refused *problem
	)
	switch {
	case errors.As(err, &broken):
		return exitTampered
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, errSignedOut):
		return exitDenied
	case errors.As(err, &end) && upload.State(end) == upload.Held:
		return exitHeld
	case errors.As(err, &end):
		return exitRejected
	case errors.As(err, &refused):
		switch refused.Status {
		case http.StatusUnauthorized, http.StatusForbidden:
			return exitDenied
		case http.StatusNotFound:
			return exitNotFound
		case http.StatusBadRequest:
			return exitUsage
		}
	}
	return exitFault
}

// ending gives the outcome of an upload that has come to rest, nil if it went well.
func ending(u upload.Upload) error {
	switch u.State {
	case upload.Held, upload.Rejected, upload.Failed:
		return outcome(u.State)
	}
	return nil
}
