package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	sideBySide = 4 // parts that are sent at the same time
	tries      = 5 // of each request, with a pause that doubles
	firstPause = 500 * time.Millisecond
	// partWithin is how long one try of a part may take: 66 MiB, the largest, at 1 Mbit/s.
	partWithin = 10 * time.Minute
)

// sentPart is a part that has arrived.
type sentPart struct {
	Number int    `json:"number"`
	ETag   string `json:"etag"`
}

// sendParts sends a file's parts, some at a time, and gives their ETags in the order of the file.
func (p *program) sendParts(ctx context.Context, file *os.File, size int64, parts []address) ([]sentPart, error) {
	progress := p.progress(size)
	sent := make([]sentPart, len(parts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	var from int64
	for i, part := range parts {
		start := from
		from += part.Size
		group.Go(func() error {
			return p.retry(ctx, func() (err error) {
				body := &counted{Reader: io.NewSectionReader(file, start, part.Size), add: progress.add}
				sent[i].Number = part.Number
				if sent[i].ETag, err = p.sendPart(ctx, part, body); err != nil {
					progress.add(-body.n) // it goes again from its beginning
				}
				return err
			})
		})
	}
	if err := group.Wait(); err != nil {
		progress.end()
		return nil, fmt.Errorf("the file could not be sent: %w", err)
	}
	progress.end()
	return sent, nil
}

// sendPart sends one part and gives its ETag.
func (p *program) sendPart(ctx context.Context, part address, body io.Reader) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, partWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, part.URL, io.NopCloser(body))
	if err != nil {
		return "", errors.New("the address of a part cannot be used")
	}
	r.ContentLength = part.Size
	response, err := p.client.Do(r)
	if err != nil {
		return "", passing{bare(err)}
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)) // so that the connection can be used again
	etag := response.Header.Get("ETag")
	switch {
	case response.StatusCode == http.StatusOK && etag != "":
		return etag, nil
	case response.StatusCode == http.StatusForbidden:
		return "", errors.New("its addresses hold no longer; begin again, on a faster line or with a smaller file")
	case response.StatusCode >= 500, response.StatusCode == http.StatusTooManyRequests, response.StatusCode == http.StatusRequestTimeout:
		return "", passing{fmt.Errorf("part %d: %s", part.Number, response.Status)}
	}
	return "", fmt.Errorf("part %d: %s", part.Number, response.Status)
}

// passing is a fault that may pass.
type passing struct{ error }

func (e passing) Unwrap() error { return e.error }

// retry does something again while its faults may pass.
func (p *program) retry(ctx context.Context, do func() error) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := do()
		if err == nil || try == tries || ctx.Err() != nil || !passes(err) {
			return err
		}
		if p.sleep(ctx, pause) != nil {
			return err
		}
		pause *= 2
	}
}

// passes reports whether a fault may pass: one of the network, or of the server.
func passes(err error) bool {
	var (
		soon    passing
		refused *problem
	)
	return errors.As(err, &soon) || errors.As(err, &refused) && refused.Status >= 500
}

// counted tells how much of it has been read.
type counted struct {
	io.Reader
	add func(int64)
	n   int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	c.add(int64(n))
	return n, err
}
