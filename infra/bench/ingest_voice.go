package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voice.example/shared/aws"
	"voice.example/shared/upload"
)

// voice is the service's own pipeline, made as the deployed function makes it.
func voice(ctx context.Context, j job) (load, error) {
	cfg, err := aws.Load(ctx)
	if err != nil {
		return load{}, err
	}
	env := aws.Environment()
	p := upload.New(cfg, env)
	if err := env.Err(); err != nil {
		return load{}, err
	}
	o := upload.Object{Bucket: bucketName, Key: j.Key, Version: j.Version, Versioned: true, ReceivedAt: time.Now().UTC()}
	slice := func(run func(context.Context) (upload.Summary, error)) (upload.Summary, error) {
		if j.SliceS == 0 {
			return run(ctx)
		}
		ctx, cancel := context.WithTimeout(ctx, time.Duration(j.SliceS)*time.Second)
		defer cancel()
		return run(ctx)
	}
	slices := 1
	s, err := slice(func(ctx context.Context) (upload.Summary, error) { return p.Run(ctx, o) })
	for ; errors.Is(err, upload.ErrOutOfTime); slices++ {
		s, err = slice(func(ctx context.Context) (upload.Summary, error) { return p.Continue(ctx, o.ID()) })
	}
	if err != nil {
		return load{}, err
	}
	want := upload.Done
	if s.DryRun {
		want = upload.PlanReady
	}
	if s.State != want {
		why := s.Problem
		if s.Plan != nil {
			why = fmt.Sprint(why, s.Plan.Reasons)
		}
		return load{}, fmt.Errorf("the upload is %s, not %s: %s", s.State, want, why)
	}
	written := s.Applied
	if s.DryRun {
		written = s.Plan.Changes
	} else if s.Rejected+s.Superseded+s.Conflicts > 0 || s.Events != s.Applied {
		return load{}, fmt.Errorf("the upload counts %+v", s.Counts)
	}
	return consumed(load{Rows: s.Rows, Written: written, Unchanged: s.Unchanged, Slices: slices, State: string(s.State)}, p.Meter), nil
}
