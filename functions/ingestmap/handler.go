package main

import (
	"context"
	"errors"
	"fmt"

	"voice.example/shared/aws"
	"voice.example/shared/upload"
)

type handler struct {
	Uploads *upload.Pipeline
}

// errUploadFailed is the reason of the line of an order to give up; the upload itself says more.
var errUploadFailed = errors.New("a step of the upload failed for good")

// Handle does one order of the state machine. An error makes the machine try again, and give up in the end.
func (h *handler) Handle(ctx context.Context, o upload.Order) (upload.Ordered, error) {
	done, err := h.Uploads.Obey(ctx, o)
	line := aws.LineOf(ctx)
	line.Set("upload_id", o.UploadID)
	line.Set("step", o.Step)
	line.Set("unit", o.Unit)
	line.Set("state", done.State)
	if o.Step == upload.StepGiveUp {
		line.Set("cause", o.Error)
		line.Fail(errUploadFailed)
		line.Count(aws.UploadsFailed, 1)
	}
	var ended *upload.EndedError
	if errors.As(err, &ended) {
		return upload.Ordered{}, ended // bare: Lambda tells the state machine the name of its type
	}
	if err != nil {
		return upload.Ordered{}, fmt.Errorf("upload %s, %s %d: %w", o.UploadID, o.Step, o.Unit, err)
	}
	return done, nil
}
