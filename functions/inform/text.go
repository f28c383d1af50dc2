package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"voice.example/shared/inquiry"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/outcome"
	"voice.example/shared/secret"
	"voice.example/shared/sms"
)

const (
	// textsPerDay is how many of these texts one phone gets in a day, of all its requests: an inquiry that goes to and fro
	// between offices is not to keep it ringing.
	textsPerDay = 10
	// triesPerStep is how often in a day the same message is sent while nobody knows whether it went.
	triesPerStep = 3
	day          = 24 * time.Hour
)

// What went wrong and is not tried again. They say nothing of whom it went wrong for.
var (
	errBounded = errors.New("the phone has had its texts of the day")
	errTried   = errors.New("given up: nobody knows whether it arrived")
)

// tellAsker texts whoever asked the last step of their inquiry, unless they know of it, or do not want texts. It is sent first
// and recorded then: a crash in between repeats it once. What certainly did not go comes again as long as Lambda tries; what
// may have gone is sent triesPerStep times, so that no fault keeps a phone ringing. The rest is settled by recording it.
func (h *handler) tellAsker(ctx context.Context, i inquiry.Inquiry, t *told) {
	step, upTo := i.News()
	if step == inquiry.NoStep || upTo <= i.Told || !i.MayText {
		return
	}
	contact, err := h.Inquiries.Contact(ctx, i)
	switch {
	case errors.Is(err, secret.ErrSealed), errors.Is(err, inquiry.ErrContact):
		t.never = errors.New("a contact cannot be read")
		return
	case err != nil:
		t.retry(err)
		return
	}
	hash := optout.Hash(h.Keys, contact.Phone)
	settle := func(r result, notes ...error) {
		t.is(r, notes...)
		if err := h.Inquiries.Informed(ctx, i.Reference, upTo); err != nil {
			t.retry(err)
		}
	}
	stopped, err := h.OptOuts.Stopped(ctx, hash)
	switch {
	case err != nil:
		t.retry(err)
		return
	case stopped:
		settle(withheld)
		return
	}
	this, phone := stepKey("text", i.Reference, upTo), "inform/phone/"+hash
	switch within, err := h.take(ctx, this, triesPerStep); {
	case err != nil:
		t.retry(err)
		return
	case !within:
		settle(unknown, errTried)
		return
	}
	switch within, err := h.take(ctx, phone, textsPerDay); {
	case err != nil:
		t.retry(err)
		return
	case !within:
		settle(bounded, errBounded)
		return
	}
	_, err = h.Sender.Send(ctx, contact.Phone, compose(step, i, h.Agency, h.Hotline))
	switch became := outcomeOf(err); {
	case err == nil:
		settle(texted)
	case became == outcome.Retryable:
		t.retry(errors.Join(err, h.Limits.GiveBack(ctx, this, day), h.Limits.GiveBack(ctx, phone, day)))
	case became == outcome.Unknown:
		t.retry(err)
	case became == outcome.OptedOut: // which the sender knows of and we did not
		if _, err := h.OptOuts.Stop(ctx, hash, h.Now(), stepKey("text", i.Reference, upTo), optout.Receipt); err != nil {
			t.retry(err)
			return
		}
		settle(withheld, err)
	default:
		settle(refused, err)
	}
}

// outcomeOf is what is known of a send that gave an error: Unknown, if nothing is.
func outcomeOf(err error) outcome.Outcome {
	var text *sms.Error
	if errors.As(err, &text) {
		return text.Outcome
	}
	return mailOutcome(err)
}

// stepKey names a message about an inquiry.
func stepKey(kind, reference string, upTo int) string {
	return "inform/" + kind + "/" + reference + "/" + strconv.Itoa(upTo)
}

// take counts a use, and reports whether it is within its bound.
func (h *handler) take(ctx context.Context, key string, most int) (within bool, err error) {
	err = h.Limits.Take(ctx, key, most, day)
	if throttled := (*limit.ThrottledError)(nil); errors.As(err, &throttled) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("counting texts: %w", err)
	}
	return true, nil
}
