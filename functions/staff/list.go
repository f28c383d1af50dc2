package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// How many things a list shows, unless the request says.
const (
	usualLimit = 25
	maxLimit   = 100
)

// uploadList is one page of uploads, the latest first.
type uploadList struct {
	Uploads []upload.Upload `json:"uploads"`
	Next    string          `json:"next,omitempty"` // the after of the next page, if there may be one
}

// list answers GET /v1/staff/uploads?state=&after=&limit=. Without a state it lists those of every state.
func (h *handler) list(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	states := upload.States()
	query := r.URL.Query()
	if state := upload.State(query.Get("state")); state != "" {
		if !slices.Contains(states, state) {
			return invalid("state", "state.unknown")
		}
		states = []upload.State{state}
	}
	limit, err := limitOf(r)
	if err != nil {
		return err
	}
	uploads, err := h.latest(r.Context(), states, limit, query.Get("after"))
	if errors.Is(err, upload.ErrNotFound) {
		return invalid("after", "after.unknown")
	}
	if err != nil {
		return err
	}
	answer := uploadList{Uploads: uploads}
	if len(uploads) == limit {
		answer.Next = uploads[limit-1].UploadID
	}
	web.Outcome(r.Context(), "listed")
	return web.WriteJSON(w, http.StatusOK, answer)
}

// latest gives the uploads of some states, the latest first. Each state is a query of its own.
func (h *handler) latest(ctx context.Context, states []upload.State, limit int, after string) ([]upload.Upload, error) {
	found := make([][]upload.Upload, len(states))
	group, ctx := errgroup.WithContext(ctx)
	for i, state := range states {
		group.Go(func() (err error) {
			found[i], err = h.desk.List(ctx, state, limit, after)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := slices.Concat(found...)
	slices.SortStableFunc(all, func(a, b upload.Upload) int { return b.ReceivedAt.Compare(a.ReceivedAt) })
	if all = all[:min(len(all), limit)]; all == nil {
		all = []upload.Upload{}
	}
	return all, nil
}

// limitOf reads how much a request wants listed.
func limitOf(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return usualLimit, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > maxLimit {
		return 0, invalid("limit", "limit.range")
	}
	return limit, nil
}
