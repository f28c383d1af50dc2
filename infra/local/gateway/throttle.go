package gateway

import (
	"sync"
	"time"
)

// Throttle is how many requests a route takes: Rate a second in the long run, Burst at once. The zero value takes all.
type Throttle struct {
	Rate  float64
	Burst int
}

// bucket holds what a route may take at once, and fills at its rate, as the service's own does.
type bucket struct {
	Throttle
	mu     sync.Mutex
	tokens float64
	filled time.Time
}

func newBucket(t Throttle) *bucket { return &bucket{Throttle: t, tokens: float64(t.Burst)} }

// take takes one request, or says that it is too many.
func (b *bucket) take(now time.Time) bool {
	if b.Throttle == (Throttle{}) {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.filled.IsZero() {
		b.tokens = min(float64(b.Burst), b.tokens+now.Sub(b.filled).Seconds()*b.Rate)
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
