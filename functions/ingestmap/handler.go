package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"voice.example/shared/upload"
)

type handler struct {
	Uploads *upload.Pipeline
}

// Handle does one order of the state machine. An error makes the machine try again, and give up in the end.
func (h *handler) Handle(ctx context.Context, o upload.Order) (upload.Ordered, error) {
	started := h.Uploads.Now()
	done, err := h.Uploads.Obey(ctx, o)
	level := slog.LevelInfo
	if err != nil || o.Step == upload.StepGiveUp {
		level = slog.LevelError
	}
	slog.Log(ctx, level, "order", "upload_id", o.UploadID, "step", o.Step, "unit", o.Unit, "state", done.State,
		"cause", o.Error, "error", err, "ms", h.Uploads.Now().Sub(started).Milliseconds())
	var ended *upload.EndedError
	if errors.As(err, &ended) {
		return upload.Ordered{}, ended // bare: Lambda tells the state machine the name of its type
	}
	if err != nil {
		return upload.Ordered{}, fmt.Errorf("upload %s, %s %d: %w", o.UploadID, o.Step, o.Unit, err)
	}
	return done, nil
}
