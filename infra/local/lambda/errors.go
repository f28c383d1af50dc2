package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrThrottled means that as many requests run as the function has reserved. It did not run.
	ErrThrottled = errors.New("the function is throttled: its reserved concurrency is used up")
	// ErrTooLarge means that the request is longer than MaxPayload. The function did not run.
	ErrTooLarge = errors.New("the request is larger than Lambda's 6 MB")
	// ErrStopped means that the pool takes no more requests. The function did not run.
	ErrStopped = errors.New("the function is being stopped")
)

// Types of error that come from the runtime, not from the function's code.
const (
	TypeTimeout     = "Sandbox.Timedout"
	TypeExit        = "Runtime.ExitError"
	TypeOutOfMemory = "Runtime.OutOfMemory"
	TypeTooLarge    = "Function.ResponseSizeTooLarge"
)

// FunctionError says that the function ran and failed, or ended before it answered.
type FunctionError struct {
	Type    string // such as *errors.errorString, or one of the Types above
	Message string // what the function said; it may hold anything and belongs in no log
}

// Error gives the type alone: errors end up in logs, where the message has no place.
func (e *FunctionError) Error() string { return "the function failed: " + e.Type }

// ErrorType is Type, for those who only know errors.
func (e *FunctionError) ErrorType() string { return e.Type }

// Payload is the JSON that a caller of Lambda's own API would be given.
func (e *FunctionError) Payload() []byte {
	data, _ := json.Marshal(map[string]string{"errorType": e.Type, "errorMessage": e.Message}) // strings never fail
	return data
}

func timeoutError(id string, limit time.Duration) *FunctionError {
	return &FunctionError{TypeTimeout, fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", id, limit.Seconds())}
}

func exitError(id string, ended error) *FunctionError {
	if ended == nil {
		return &FunctionError{TypeExit, fmt.Sprintf("RequestId: %s Error: Runtime exited without providing a reason", id)}
	}
	return &FunctionError{TypeExit, fmt.Sprintf("RequestId: %s Error: Runtime exited with error: %v", id, ended)}
}

func memoryError(id string) *FunctionError {
	return &FunctionError{TypeOutOfMemory, fmt.Sprintf("RequestId: %s Error: Runtime exited with error: signal: killed", id)}
}
