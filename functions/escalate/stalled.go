package main

import (
	"context"
	"log/slog"
)

// resume announces uploads anew that have work to do and that nobody has.
func (h *handler) resume(ctx context.Context) error {
	stalled, err := h.Desk.Stalled(ctx)
	if err != nil {
		return err
	}
	for _, id := range stalled {
		if err := h.Queue.Announce(ctx, id); err != nil {
			return err
		}
		slog.WarnContext(ctx, "stalled upload announced anew", "upload_id", id)
	}
	return nil
}
