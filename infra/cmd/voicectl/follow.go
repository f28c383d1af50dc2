package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"voice.example/shared/upload"
)

const (
	knownWithin = time.Minute // how long a file that has arrived may take until it is known
	firstLook   = 300 * time.Millisecond
	lastLook    = 3 * time.Second
)

// follow shows the steps of an upload until it rests, then its report. How it ended is the exit code.
func (p *program) follow(ctx context.Context, id string) error {
	u, err := p.await(ctx, id)
	if ctx.Err() != nil {
		return fmt.Errorf("not followed any more; the upload goes on: voicectl show %s", id)
	}
	if err != nil {
		return err
	}
	if err := p.printUpload(u); err != nil {
		return err
	}
	return ending(u)
}

// await asks for an upload until it rests.
func (p *program) await(ctx context.Context, id string) (upload.Upload, error) {
	began, pause, last := p.now(), firstLook, ""
	steps := &steps{p: p}
	defer steps.end()
	for {
		var u upload.Upload
		err := p.retry(ctx, func() error { return p.call(ctx, http.MethodGet, uploadPath(id), nil, &u) })
		var refused *problem
		switch {
		case err == nil && rests(u):
			return u, nil
		case err == nil:
			if step := stepText(u); step != last {
				last, pause = step, firstLook
				steps.show(u.State, step)
			}
		case errors.As(err, &refused) && refused.Status == http.StatusNotFound && last == "" && p.now().Sub(began) < knownWithin:
			// The file has arrived, but nobody has picked it up yet.
		default:
			return upload.Upload{}, err
		}
		if err := p.sleep(ctx, pause); err != nil {
			return upload.Upload{}, err
		}
		pause = min(pause*3/2, lastLook)
	}
}

// rests reports whether an upload goes on by itself no more.
func rests(u upload.Upload) bool {
	switch u.State {
	case upload.Done, upload.Held, upload.Rejected, upload.Failed:
		return true
	}
	return u.State == upload.PlanReady && u.DryRun
}

// stepText is one line on how far an upload has come.
func stepText(u upload.Upload) string {
	text := string(u.State)
	share := func(done, of int, what string) string {
		if of > 1 {
			return fmt.Sprintf(": %d of %d %s", done, of, what)
		}
		return ""
	}
	switch u.State {
	case upload.Validating:
		text += share(u.Progress.Validated, u.Progress.Ranges, "stretches of the file")
	case upload.Diffing:
		text += share(u.Progress.Diffed, u.Progress.Parts, "parts")
	case upload.Applying:
		text += share(u.Progress.Applied, u.Progress.Parts, "parts")
	}
	if u.Counts.Rejected > 0 {
		text += fmt.Sprintf(" (%s rejected)", plural(u.Counts.Rejected, "row"))
	}
	return text
}

// steps shows how far an upload is: on a terminal the same line anew while its state stays, elsewhere a line for each
// state, with --json nothing.
type steps struct {
	p     *program
	state upload.State
	open  bool // a line on the terminal has no end yet
}

func (s *steps) show(state upload.State, text string) {
	another := state != s.state
	s.state = state
	switch {
	case s.p.json:
	case !s.p.terminal:
		if another {
			s.p.say("%s", text)
		}
	default:
		if another {
			s.end()
		}
		fmt.Fprintf(s.p.err, "\r\x1b[K%s", text) // to the line's beginning, and clear it
		s.open = true
	}
}

func (s *steps) end() {
	if s.open {
		s.p.say("")
		s.open = false
	}
}
