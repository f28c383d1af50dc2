package main

import (
	"context"
	"errors"
	"fmt"

	"voice.example/shared/inquiry"
)

// result is what became of one text or mail.
type result string

const (
	texted   result = "texted"
	withheld result = "withheld" // the phone has said STOP
	refused  result = "refused"  // it cannot be texted, or the address cannot be mailed
	bounded  result = "bounded"  // the phone has had as many texts as it gets in a day
	unknown  result = "unknown"  // it was tried as often as it may be, and nobody knows whether it arrived
	mailed   result = "mailed"
)

// told is what became of one inquiry.
type told struct {
	first   int // its first record in the batch
	results []result
	notes   []error // what went wrong, and is settled
	never   error   // nobody can be told, however often it is tried
	again   error   // it has to come again
}

func (t *told) is(r result, notes ...error) {
	t.results = append(t.results, r)
	t.notes = append(t.notes, notes...)
}

// retry has the inquiry come again.
func (t *told) retry(err error) { t.again = errors.Join(t.again, err) }

// errPanic is a fault of ours that an inquiry brought out.
var errPanic = errors.New("a fault of ours")

// tell tells those whom an inquiry concerns how it stands now: whoever asked by text, and the staff by mail. Either goes on
// without the other.
func (h *handler) tell(ctx context.Context, reference string, t *told) {
	defer func() {
		// A fault that this one brings out must not end the process, which would keep back the others until Lambda gives up.
		if fault := recover(); fault != nil {
			t.never = fmt.Errorf("%w (%T)", errPanic, fault) // not what it says, which may be of a person
		}
	}()
	i, err := h.Inquiries.Get(ctx, reference)
	switch {
	case errors.Is(err, inquiry.ErrNotFound): // forgotten meanwhile
	case errors.Is(err, inquiry.ErrUnreadable):
		t.never = err
	case err != nil:
		t.again = err
	default:
		h.tellStaff(ctx, i, t)
		h.tellAsker(ctx, i, t)
	}
}
