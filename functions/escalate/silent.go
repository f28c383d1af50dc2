package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voice.example/shared/aws"
	"voice.example/shared/feed"
	"voice.example/shared/i18n"
)

const (
	// repeatAfter is when staff are told again of a feed that is still silent.
	repeatAfter = 24 * time.Hour
	// notifyWithin is how long telling one silence may take, so that there is time left to say that it failed.
	notifyWithin = 5 * time.Second
)

// tellSilence tells staff of each feed that is silent for longer than expected, once, and again each day that it lasts.
func (h *handler) tellSilence(ctx context.Context) error {
	feeds, err := h.Feeds.List(ctx)
	if err != nil {
		return err
	}
	silent, told := 0, 0
	var failed []error
	for _, f := range feeds {
		since, is := f.SilentSince(h.Now(), h.Silent)
		if !is {
			continue
		}
		silent++
		if f.Told(since) && h.Now().Sub(f.SilenceToldAt) < repeatAfter {
			continue
		}
		switch err := h.tellOne(ctx, f, since); {
		case err == nil:
			told++
		case !errors.Is(err, feed.ErrTold): // by another run
			failed = append(failed, fmt.Errorf("feed %s: %w", f.Name, err))
		}
	}
	line := aws.LineOf(ctx)
	line.Add("feeds", len(feeds))
	line.Add("silent", silent)
	line.Add("silences_told", told)
	line.Level(aws.FeedsSilent, float64(silent))
	return errors.Join(failed...)
}

// tellOne marks the silence as told and then tells it, so that of two runs one tells. If telling fails, the mark is taken
// back and the next minute tries again. A run that dies in between leaves a silence that is told a day later.
func (h *handler) tellOne(ctx context.Context, f feed.Feed, since time.Time) error {
	marked, err := h.Feeds.MarkTold(ctx, f, h.Now())
	if err != nil {
		return err
	}
	subject, text := h.words(f, since)
	telling, cancel := context.WithTimeout(ctx, notifyWithin)
	defer cancel()
	if err := h.Staff.Notify(telling, subject, text); err != nil {
		return errors.Join(err, h.Feeds.Unmark(context.WithoutCancel(ctx), marked, f))
	}
	return nil
}

// words are for staff, who read English.
func (h *handler) words(f feed.Feed, since time.Time) (subject, text string) {
	every := f.Every
	if every == 0 {
		every = h.Silent
	}
	when := i18n.English.DateTime(since.In(h.Zone))
	what := fmt.Sprintf("The last file of the feed %q that could be used came on %s, %s ago.", f.Name, when, hours(h.Now().Sub(since)))
	if f.HeardAt.IsZero() {
		what = fmt.Sprintf("No file of the feed %q has come since files are expected of it, on %s, %s ago.", f.Name, when, hours(h.Now().Sub(since)))
	}
	return fmt.Sprintf("%s: no files of the feed %s", h.Agency, f.Name),
		fmt.Sprintf("%s One is expected every %s.\n\n"+
			"Until one comes, nobody is told of what happens to the people whom this feed speaks of, and whoever looks one of them up\n"+
			"reads that there has been no update. Please find out why, and upload the files that are missing.\n\n"+
			"This notice comes again each day that the silence lasts.\n", what, hours(every))
}

func hours(d time.Duration) string {
	if n := int(d.Round(time.Hour) / time.Hour); n != 1 {
		return fmt.Sprintf("%d hours", n)
	}
	return "1 hour"
}
