package main

import (
	"context"
	"sync"
)

// stop ends everything in the reverse order: first what calls functions, then the functions once their
// requests have ended or time is up, then what they call. It can be called on a stack that is only
// partly there, and leaves no process and no open file.
func (s *stack) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if s.state != nil {
		_ = s.state.forgetAddresses() // nobody shall be sent here any more
	}
	var calling sync.WaitGroup
	if s.api != nil && s.api.server != nil {
		calling.Go(func() { _ = s.api.server.Shutdown(ctx) }) // on time-out the requests are cut off below
	}
	s.sources.cancel()
	calling.Go(func() { wait(ctx, &s.sources.WaitGroup) })
	calling.Wait()
	var pools sync.WaitGroup
	for _, pool := range s.pools {
		pools.Go(func() { pool.Close(ctx) })
	}
	pools.Wait()
	s.sources.Wait() // their functions have ended, so they do now

	s.services.cancel()
	for _, site := range []*site{s.api, s.phoneNet, s.s3, s.sns, s.signIn, s.calls} {
		if site != nil {
			site.close()
		}
	}
	s.services.Wait()
	if s.db != nil {
		_ = s.db.Close() // every acknowledged change is on disk already
	}
	if s.database != nil {
		s.database.Stop()
	}
	s.record.Close()
	for _, log := range s.logs {
		_ = log.file.Close()
	}
	if s.state != nil {
		s.state.close()
	}
}

// wait returns when the group has ended or ctx has.
func wait(ctx context.Context, group *sync.WaitGroup) {
	ended := make(chan struct{})
	go func() {
		group.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}
