package main

import (
	"context"

	"voice.example/shared/aws"
	"voice.example/shared/upload"
	"voice.example/shared/volume"
)

// mostSilent is of how many silent feeds it is noted since when they are.
const mostSilent = 50

// note writes down how the service stands, for staff to see at a glance, and that this clock goes.
func (h *handler) note(ctx context.Context) error {
	feeds, err := h.Feeds.List(ctx)
	if err != nil {
		return err
	}
	s := volume.Service{At: h.Now()}
	for _, f := range feeds {
		if since, is := f.SilentSince(h.Now(), h.Silent); is && len(s.Silent) < mostSilent {
			s.Silent = append(s.Silent, volume.Silent{Feed: f.Name, Since: since})
		}
	}
	held, err := h.Desk.List(ctx, upload.Held, volume.MostHeld, "")
	if err != nil {
		return err
	}
	s.Held = len(held)
	line := aws.LineOf(ctx)
	line.Level(aws.UploadsHeld, float64(len(held)))
	line.Level(aws.OldestHeldUpload, 0)
	for _, u := range held {
		line.Level(aws.OldestHeldUpload, h.Now().Sub(u.ReceivedAt).Seconds())
	}
	return h.Volumes.Note(ctx, s)
}
