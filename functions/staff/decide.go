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

// decision is why somebody decides so.
type decision struct {
	Why string `json:"why" jsonschema:"required"`
}

// why reads the reason of a decision from JSON.
func why(r *http.Request) (string, error) {
	var in decision
	if err := web.DecodeJSON(r, &in); err != nil {
		return "", err
	}
	return in.Why, nil
}

// reason is why somebody decides so, without the spaces around it, or what is wrong with it.
func reason(why string) (string, error) {
	why = strings.TrimSpace(why)
	switch {
	case why == "":
		return "", invalid("why", "why.missing")
	case utf8.RuneCountInString(why) > maxWhy:
		return "", invalid("why", "why.long")
	}
	return why, nil
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

// goOn has ingest go on with an upload, if a decision has made work for it. A decision that was sent again comes by here
// again, so that one whose announcement was lost is announced.
func (h *handler) goOn(ctx context.Context, u upload.Upload) error {
	if !u.Waits() {
		return nil
	}
	if err := h.queue.Announce(ctx, u.UploadID); err != nil {
		return fmt.Errorf("%w: %w", errNotStarted, err)
	}
	return nil
}
