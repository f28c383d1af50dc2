package main

import (
	"strings"
	"testing"
	"time"
)

func TestFeeds(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s := newService(t)
	s.on("GET /v1/staff/feeds", map[string]any{"feeds": []source{
		{Feed: "springfield", EveryHours: 24, OwnInterval: true, HeardAt: &at, AsOf: &at},
		{Feed: "shelbyville", EveryHours: 26, SilentSince: &at}}})
	s.on("PUT /v1/staff/feeds/{name}", source{Feed: "springfield", EveryHours: 12, OwnInterval: true})
	t.Run("SilentOnesAreMarked", func(t *testing.T) {
		r := s.run("", "feeds")
		lines := strings.Split(strings.TrimSpace(r.out), "\n")
		if r.code != exitDone || len(lines) != 3 || strings.Contains(lines[1], "SILENT") || !strings.Contains(lines[2], "SILENT") || !strings.Contains(lines[2], "never") {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("Expect", func(t *testing.T) {
		r := s.run("", "feeds", "expect", "springfield", "--every", "12")
		if sent := s.requests("PUT"); r.code != exitDone || !strings.Contains(r.out, "every 12 h") || len(sent) != 1 || sent[0] != `PUT /v1/staff/feeds/springfield {"every_hours":12}` {
			t.Errorf("got %+v, sent %q", r, sent)
		}
	})
	t.Run("ErrWithoutHours", func(t *testing.T) {
		if r := s.run("", "feeds", "expect", "springfield"); r.code != exitUsage {
			t.Errorf("got %+v", r)
		}
	})
}
