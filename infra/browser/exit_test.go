package browser

import (
	"strings"
	"testing"
	"time"
)

// exit leaves by the control that each page has. With JavaScript it also leaves by Escape, pressed three times, and either
// way the page that was open is not in the history any more.
func exit(t *testing.T, s service, r reader) {
	left := func(b *tab, how string, leave func()) {
		t.Helper()
		b.visit("/help")
		b.visit("/custody")
		before := b.history()
		leave()
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			after := b.history()
			if last := after[len(after)-1].URL; !strings.HasPrefix(last, s.API) && last != "about:blank" {
				break
			}
			if time.Now().After(deadline) {
				t.Errorf("%s: %s does not leave", r, how)
				return
			}
		}
		after := b.history()
		for _, e := range after {
			if r.scripts && strings.HasSuffix(e.URL, "/custody") {
				t.Errorf("%s: after %s the page is still in the history, of %d entries and then %d", r, how, len(before), len(after))
			}
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, address := range b.requests {
			if strings.HasPrefix(address, "http:") && !strings.HasPrefix(address, s.API) {
				t.Errorf("%s: %s leads to a page without encryption", r, how)
			}
		}
	}
	b := open(t, s.API, r)
	left(b, "the exit", func() { b.use(b.need(b.say("exit"), "link")) })
	if r.scripts {
		b := open(t, s.API, r)
		left(b, "Escape three times", func() {
			for range 3 {
				b.key("Escape", "")
			}
		})
	}
}
