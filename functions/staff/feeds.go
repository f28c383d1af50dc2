package main

import (
	"net/http"
	"time"

	"voice.example/shared/feed"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// source is a feed as staff see it.
type source struct {
	Feed string `json:"feed"`
	// EveryHours is how often files are expected; OwnInterval says that it is the feed's own and not everybody's.
	EveryHours  float64    `json:"every_hours"`
	OwnInterval bool       `json:"own_interval"`
	HeardAt     *time.Time `json:"heard_at"` // null: never
	AsOf        *time.Time `json:"as_of"`
	SilentSince *time.Time `json:"silent_since"` // null: it is not silent
}

func (h *handler) source(f feed.Feed) source {
	s := source{Feed: f.Name, EveryHours: h.silent.Hours(), OwnInterval: f.Every != 0, HeardAt: known(f.HeardAt), AsOf: known(f.AsOf)}
	if f.Every != 0 {
		s.EveryHours = f.Every.Hours()
	}
	if since, silent := f.SilentSince(h.now(), h.silent); silent {
		s.SilentSince = &since
	}
	return s
}

// known is nil for a time that is not.
func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// feedList are all feeds that were ever heard of.
type feedList struct {
	Feeds []source `json:"feeds"`
}

// listFeeds answers GET /v1/staff/feeds.
func (h *handler) listFeeds(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	feeds, err := h.feeds.List(r.Context())
	if err != nil {
		return err
	}
	sources := make([]source, 0, len(feeds))
	for _, f := range feeds {
		sources = append(sources, h.source(f))
	}
	web.Outcome(r.Context(), "feeds_listed")
	return web.WriteJSON(w, http.StatusOK, feedList{sources})
}

// expectation is how often files are expected, in hours; 0 is the deployment's own interval.
type expectation struct {
	EveryHours *int `json:"every_hours" jsonschema:"required"`
}

// expectFeed answers PUT /v1/staff/feeds/{name}: files of a feed are expected every so many hours; 0 is the deployment's
// own interval again.
func (h *handler) expectFeed(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	var in expectation
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	name := r.PathValue("name")
	var check web.Check
	if !feedShape.MatchString(name) {
		check.Add("name", "feed.shape")
	}
	if in.EveryHours == nil || *in.EveryHours < 0 || *in.EveryHours > int(feed.MaxEvery.Hours()) {
		check.Add("every_hours", "every_hours.range")
	}
	if err := check.Err(); err != nil {
		return err
	}
	if err := h.feeds.Expect(r.Context(), name, time.Duration(*in.EveryHours)*time.Hour); err != nil {
		return err
	}
	f, err := h.feeds.Get(r.Context(), name)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "feed_set")
	return web.WriteJSON(w, http.StatusOK, h.source(f))
}
