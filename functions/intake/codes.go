package main

import (
	"errors"
	"net/http"
	"time"

	"voice.example/shared/limit"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// codesFrom is the limit of codes that are asked for from one network address in an hour, of those that nobody confirms: a
// shelter or a library has one address for many, but what they ask for they confirm.
func (h *handler) codesFrom(r *http.Request) limit.Use {
	return limit.Use{Key: "codes/from/" + h.store.Keys.Hash("address", web.Source(r)), Most: h.codesPerAddress, Window: time.Hour}
}

// askCode counts a code for the address that it is asked for from, and lets ask send it. Of what was refused nothing is
// counted.
func (h *handler) askCode(r *http.Request, ask func() error) error {
	from := h.codesFrom(r)
	if err := h.store.Limits.TakeEach(r.Context(), from); err != nil {
		return err
	}
	err := ask()
	var (
		throttled *limit.ThrottledError
		invalid   *subscription.InvalidError
	)
	if errors.As(err, &throttled) || errors.As(err, &invalid) {
		return errors.Join(err, h.store.Limits.GiveEachBack(r.Context(), from))
	}
	return err
}

// confirm is Confirm of the store, and gives the address back what the code counted.
func (h *handler) confirm(r *http.Request, id, code string) (subscription.Confirmed, error) {
	done, err := h.store.Confirm(r.Context(), id, code)
	if err != nil || !done.First {
		return done, err
	}
	return done, h.store.Limits.GiveEachBack(r.Context(), h.codesFrom(r))
}
