package rig

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kind is what goes wrong with a call.
type Kind string

const (
	None      Kind = ""
	Kill      Kind = "kill"       // the process dies before the call goes out
	KillAfter Kind = "kill after" // the process dies when the call has had its effect, before the answer comes
	Throttle  Kind = "throttle"   // the service refuses the call for now: it has no effect
	Fail      Kind = "fail"       // the call has its effect, and the answer is an error of the service's own
	Cut       Kind = "cut"        // the call has its effect, and the connection ends before the answer
	Late      Kind = "late"       // the call has its effect, and the answer comes only after Fault.For
	Partial   Kind = "partial"    // of a batch, every other entry is refused for now, and the others have their effect
	Pause     Kind = "pause"      // something else happens (Fault.Meanwhile) before the call goes out; nothing is wrong
)

// Fault is what goes wrong in one invocation. The SDK tries most calls up to five times, but never a text: a fault that
// is to be more than a delay hits as many calls in a row.
type Fault struct {
	Kind Kind
	// Of narrows the calls that count, by how their names begin (see Call): "sms", "dynamodb UpdateItem". "" is every call.
	// For Partial only batches count.
	Of string
	// At is which of these calls it hits first, from 1.
	At int
	// Calls is how many in a row it hits; 0 means 1.
	Calls int
	// Meanwhile is what happens in a Pause.
	Meanwhile func()
	// For is how long an answer that is Late takes, by the machine's clock.
	For time.Duration
}

// String is the fault without what happens meanwhile.
func (f Fault) String() string {
	if f.Kind == None {
		return "no fault"
	}
	return fmt.Sprintf("%s at %q %d for %d", f.Kind, f.Of, f.At, max(1, f.Calls))
}

// hits reports whether the n-th call that counts is hit.
func (f Fault) hits(n int) bool {
	return f.Kind != None && n >= f.At && n < f.At+max(1, f.Calls)
}

// refuse answers as the service does when it throttles (500: when it fails).
func refuse(w http.ResponseWriter, c Call, kind Kind) {
	status := http.StatusBadRequest
	if kind == Fail {
		status = http.StatusInternalServerError
	}
	switch c.Service {
	case "dynamodb":
		code := "com.amazonaws.dynamodb.v20120810#ThrottlingException"
		if kind == Fail {
			code = "com.amazonaws.dynamodb.v20120810#InternalServerError"
		}
		answerJSON(w, status, code)
	case "sqs":
		code := "com.amazonaws.sqs#RequestThrottled"
		if kind == Fail {
			code = "com.amazonaws.sqs#InternalError"
		}
		answerJSON(w, status, code)
	case "s3":
		status = http.StatusServiceUnavailable
		code := "SlowDown"
		if kind == Fail {
			status, code = http.StatusInternalServerError, "InternalError"
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>a fault of the rig</Message></Error>", code)
	default: // SNS
		code := "Throttling"
		if kind == Fail {
			code = "InternalFailure"
		}
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>%s</Code>`+
			`<Message>a fault of the rig</Message></Error><RequestId>rig</RequestId></ErrorResponse>`, code)
	}
}

func answerJSON(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"__type":%q,"message":"a fault of the rig"}`, code)
}

// counts reports whether a fault's At counts a call.
func (f Fault) counts(c Call) bool {
	return strings.HasPrefix(c.String(), f.Of) && (f.Kind != Partial || batches[c.String()] != nil)
}
