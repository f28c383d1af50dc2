package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/smithy-go"

	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// errNotStarted says that a decision stands, but that ingest could not be told of it.
var errNotStarted = errors.New("staff: ingest could not be told")

// describe says how the errors of sign-in and of uploads are told to clients.
func describe(err error) *web.Error {
	var taken *takenError
	switch {
	case errors.Is(err, staff.ErrToken):
		return &web.Error{Code: web.SignInAgain}
	case errors.Is(err, staff.ErrKeys), errors.Is(err, errProvider):
		return &web.Error{Code: web.SignInUnavailable}
	case errors.Is(err, upload.ErrNotFound):
		return &web.Error{Code: web.UploadNotFound}
	case errors.Is(err, upload.ErrOtherPlan):
		return &web.Error{Code: web.OtherPlan}
	case errors.Is(err, upload.ErrSamePerson):
		return &web.Error{Code: web.SamePerson}
	case errors.Is(err, inquiry.ErrNotFound):
		return &web.Error{Code: web.InquiryNotFound}
	case errors.Is(err, inquiry.ErrNotYours):
		return &web.Error{Code: web.NotYours}
	case errors.As(err, &taken):
		return &web.Error{Code: web.Taken, Office: taken.office}
	case errors.Is(err, inquiry.ErrChanged):
		return &web.Error{Code: web.ChangedSince}
	case errors.Is(err, inquiry.ErrResolved):
		return &web.Error{Code: web.ResolvedAlready}
	case errors.Is(err, inquiry.ErrFull):
		return &web.Error{Code: web.InquiryFull}
	case errors.Is(err, directory.ErrOtherEdition):
		return &web.Error{Code: web.OtherPlan}
	case errors.Is(err, directory.ErrRejects):
		return &web.Error{Code: web.FileRejected}
	case errors.Is(err, directory.ErrBrake):
		return &web.Error{Code: web.RemovesMost}
	case errors.Is(err, directory.ErrKind):
		return &web.Error{Code: web.NotFound}
	case errors.Is(err, directory.ErrNoPerson):
		return &web.Error{Code: web.NotInDirectory}
	case errors.Is(err, errNotStarted):
		return &web.Error{Code: web.NotStarted}
	}
	return nil
}

// isCode reports whether an error of S3 has a code.
func isCode(err error, codes ...string) bool {
	var coded smithy.APIError
	if !errors.As(err, &coded) {
		return false
	}
	for _, code := range codes {
		if coded.ErrorCode() == code {
			return true
		}
	}
	return false
}

// invalid refuses one field.
func invalid(name, problem string) error {
	return web.Check{{Name: name, Problem: problem}}.Err()
}

// wrap says in a few words, for the log, what of it went wrong.
func wrap(words string, err error) error { return fmt.Errorf("%w: %s", err, words) }

// isFields reports whether an error is about the fields of a form.
func isFields(err error) bool {
	var known *web.Error
	return errors.As(err, &known) && len(known.Fields) > 0
}

// wholeNumber reads a whole number; 0 for what is none.
func wholeNumber(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
