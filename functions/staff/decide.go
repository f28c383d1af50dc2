package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// maxWhy is how long a reason may be, in characters.
const maxWhy = 500

// why reads the reason of a decision.
func why(r *http.Request) (string, error) {
	var in struct {
		Why string `json:"why"`
	}
	if err := web.DecodeJSON(r, &in); err != nil {
		return "", err
	}
	in.Why = strings.TrimSpace(in.Why)
	switch {
	case in.Why == "":
		return "", invalid("why", "why.missing")
	case utf8.RuneCountInString(in.Why) > maxWhy:
		return "", invalid("why", "why.long")
	}
	return in.Why, nil
}

// tooLate says that an upload's state allows a decision no more.
func tooLate(code web.Code, u upload.Upload) error {
	return &web.Error{Code: code, State: string(u.State)}
}

// decided reports whether somebody decided so on an upload.
func decided(u upload.Upload, by, what string) bool {
	for _, d := range u.Decisions {
		if d.By == by && d.What == what {
			return true
		}
	}
	return false
}

// answer has ingest go on, if the decision has made work for it, and answers with the upload. A decision that was sent
// again comes by here again, so that one whose announcement was lost is announced.
func (h *handler) answer(ctx context.Context, w http.ResponseWriter, status int, u upload.Upload) error {
	if u.Waits() {
		if err := h.queue.Announce(ctx, u.UploadID); err != nil {
			return fmt.Errorf("%w: %w", errNotStarted, err)
		}
	}
	return web.WriteJSON(w, status, u)
}
