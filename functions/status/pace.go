package main

import (
	"context"
	"sync"
	"time"

	"voice.example/shared/aws"
)

// How many look-ups one instance of this function answers at once, before those that look like somebody trying numbers out
// wait for slowdown. Nobody is refused: a person who looks for somebody among those who try shall hear what is known, a second
// later at most. An answer that is found waits only for its address.
//
// What is counted is counted in the instance's memory, and forgotten with it: an honest look-up costs one read and no
// write. Somebody who asks one question after the other is most often answered by one instance, and whoever asks many at once
// by as many as they have under way. With slowdown each of these answers one a second: what the API's route takes in a second
// (template.yaml, RouteSettings) times slowdown is the most instances that they can hold.
const (
	slowdown = time.Second
	// numberShare is by how much fewer empty answers about one A-number there may be in an hour than in all in a minute.
	numberShare = 6

	// mostCounted is of how many numbers and addresses it is known at a time: some 100 bytes each. Others are not counted apart.
	mostCounted = 10_000
)

// pace counts look-ups and slows down.
type pace struct {
	now  func() time.Time
	wait func(context.Context, time.Duration)
	// most is how many look-ups are answered at once: of one address in a minute, since many phones may share one; and empty
	// ones in all in a minute, from however many addresses. A numberShare of it is how many empty ones about one A-number are
	// in an hour: then its country of birth is being tried out.
	most int

	mu      sync.Mutex
	empties counter // by "", an answer that was empty
	numbers counter // by A-number, the same
	from    counter // by address, all
}

func newPace(most int, now func() time.Time) *pace {
	return &pace{most: most, now: now, wait: rest, empties: counter{window: time.Minute}, numbers: counter{window: time.Hour}, from: counter{window: time.Minute}}
}

// answered counts an answer about an A-number ("" for a look-up by name) to an address, and waits where it is one too many.
func (p *pace) answered(ctx context.Context, address, number string, empty bool) {
	if p.counts(address, number, empty) {
		aws.LineOf(ctx).Count(aws.LookupsSlowed, 1)
		p.wait(ctx, slowdown)
	}
}

func (p *pace) counts(address, number string, empty bool) (tooMany bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	tooMany = p.from.add(now, address) > p.most
	if !empty {
		return tooMany
	}
	if p.empties.add(now, "") > p.most {
		tooMany = true
	}
	if number != "" && p.numbers.add(now, number) > p.most/numberShare {
		tooMany = true
	}
	return tooMany
}

// counter counts by key within a window of time.
type counter struct {
	window time.Duration
	start  time.Time
	uses   map[string]int
}

// add counts one use, and says which it is in this window; 0 of a key that is not counted.
func (c *counter) add(now time.Time, key string) int {
	if start := now.Truncate(c.window); !start.Equal(c.start) {
		c.start, c.uses = start, map[string]int{}
	}
	if _, known := c.uses[key]; !known && len(c.uses) >= mostCounted {
		return 0
	}
	c.uses[key]++
	return c.uses[key]
}

// rest waits, unless whoever asked has gone.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
