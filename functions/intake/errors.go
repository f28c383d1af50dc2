package main

import (
	"errors"

	"voice.example/shared/inquiry"
	"voice.example/shared/limit"
	"voice.example/shared/sms"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// describe says how the errors of subscriptions are told to clients.
func describe(err error) *web.Error {
	var (
		throttled *limit.ThrottledError
		invalid   *subscription.InvalidError
		wrong     *subscription.WrongCodeError
		notSent   *sms.Error
	)
	switch {
	case errors.As(err, &throttled):
		return &web.Error{Code: web.Throttled, RetryAfter: throttled.RetryAfter}
	case errors.As(err, &invalid):
		return &web.Error{Code: web.Invalid, Fields: []web.Field{{Name: invalid.Field, Problem: invalid.Field + "." + invalid.Problem}}}
	case errors.As(err, &wrong):
		return &web.Error{Code: web.WrongCode, TriesLeft: wrong.TriesLeft}
	case errors.Is(err, subscription.ErrNotFound), errors.Is(err, inquiry.ErrNotFound):
		return &web.Error{Code: web.NotFound}
	case errors.Is(err, subscription.ErrCodeExpired):
		return &web.Error{Code: web.CodeExpired}
	case errors.Is(err, subscription.ErrTooManyTries):
		return &web.Error{Code: web.TriesUsedUp}
	case errors.Is(err, subscription.ErrManageToken):
		return &web.Error{Code: web.Unauthorized}
	case errors.As(err, &notSent), errors.Is(err, subscription.ErrEmailNotSent):
		// Why stays between us and the network: a number that refuses texts is told like one that is out of reach.
		return &web.Error{Code: web.Unavailable}
	}
	return nil
}
