package sms

import "voice.example/shared/outcome"

// Outcome is what is known of a send that gave an error.
type Outcome = outcome.Outcome

const (
	Permanent = outcome.Permanent
	OptedOut  = outcome.OptedOut
	Retryable = outcome.Retryable
	Unknown   = outcome.Unknown
)
