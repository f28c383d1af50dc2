package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

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
	query := r.URL.Query()
	limit, err := limitOf(r)
	if err != nil {
		return err
	}
	uploads, err := h.latest(r.Context(), upload.State(query.Get("state")), limit, query.Get("after"))
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

// latest gives the uploads of a state, or of every state if that is "", the latest first, for JSON and pages alike. It is one
// query and, on a later page, a read.
func (h *handler) latest(ctx context.Context, state upload.State, limit int, after string) (uploads []upload.Upload, err error) {
	switch {
	case state == "":
		uploads, err = h.desk.Latest(ctx, limit, after)
	case slices.Contains(upload.States(), state):
		uploads, err = h.desk.List(ctx, state, limit, after)
	default:
		return nil, invalid("state", "state.unknown")
	}
	if errors.Is(err, upload.ErrNotFound) {
		return nil, invalid("after", "after.unknown")
	}
	return uploads, err
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
