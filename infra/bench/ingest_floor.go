package main

import (
	"context"
	"os"
	"time"

	"voice.example/infra/bench/floor/loading"
	"voice.example/shared/roster"
)

// floor does the least that a program must do which checks its rows and overwrites nobody.
func floor(ctx context.Context, j job) (load, error) {
	t, err := openTable(ctx)
	if err != nil {
		return load{}, err
	}
	file, err := os.Open(j.File)
	if err != nil {
		return load{}, err
	}
	defer file.Close()
	options := roster.Options{Zone: t.env.Zone("FEED_TIME_ZONE"), Now: time.Now(), Future: t.env.Days("FUTURE_DAYS")}
	if err := t.env.Err(); err != nil {
		return load{}, err
	}
	least := &loading.Table{Client: t.Client, Name: t.name, Feed: feedName, UploadID: uploadID}
	l := load{}
	if l.Rows, l.Written, err = least.Load(ctx, file, options, j.Round == first); err != nil {
		return load{}, err
	}
	l.Unchanged = l.Rows - l.Written
	return consumed(l, t.meter), nil
}
