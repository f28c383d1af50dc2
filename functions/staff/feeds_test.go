package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"voice.example/shared/feed"
	"voice.example/shared/web"
)

func TestFeeds(t *testing.T) {
	o := newOffice(t)
	feeds := &feed.Table{Client: o.db.Client, Name: o.db.Table("feeds"), Now: func() time.Time { return noon }}
	if err := feeds.Heard(context.Background(), "stewart-ga", noon.Add(-30*time.Hour), noon.Add(-31*time.Hour)); err != nil {
		t.Fatal(err)
	}
	list := func(t *testing.T) []source {
		t.Helper()
		var l struct{ Feeds []source }
		decode(t, o.ask("theo", "GET", "/v1/staff/feeds", ""), http.StatusOK, &l)
		return l.Feeds
	}
	t.Run("SilentByTheDeploymentsInterval", func(t *testing.T) {
		l := list(t)
		if len(l) != 1 || l[0].Feed != "stewart-ga" || l[0].EveryHours != 26 || l[0].OwnInterval || l[0].SilentSince == nil || !l[0].HeardAt.Equal(noon.Add(-30*time.Hour)) {
			t.Errorf("%+v", l)
		}
	})
	t.Run("OwnInterval", func(t *testing.T) {
		var s source
		decode(t, o.ask("sofia", "PUT", "/v1/staff/feeds/stewart-ga", `{"every_hours":48}`), http.StatusOK, &s)
		if s.EveryHours != 48 || !s.OwnInterval || s.SilentSince != nil {
			t.Errorf("%+v", s)
		}
		if l := list(t); len(l) != 1 || l[0].EveryHours != 48 {
			t.Errorf("%+v", l)
		}
	})
	t.Run("NewFeed", func(t *testing.T) {
		var s source
		decode(t, o.ask("sofia", "PUT", "/v1/staff/feeds/other", `{"every_hours":1}`), http.StatusOK, &s)
		if s.Feed != "other" || s.HeardAt != nil || s.SilentSince != nil {
			t.Errorf("%+v", s)
		}
	})
	for name, test := range map[string]struct{ path, body, fields string }{
		"ErrName":      {"/v1/staff/feeds/Other", `{"every_hours":1}`, "name"},
		"ErrMissing":   {"/v1/staff/feeds/other", `{}`, "every_hours"},
		"ErrNegative":  {"/v1/staff/feeds/other", `{"every_hours":-1}`, "every_hours"},
		"ErrTooSeldom": {"/v1/staff/feeds/other", `{"every_hours":745}`, "every_hours"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, fields := refused(t, o.ask("sofia", "PUT", test.path, test.body), http.StatusBadRequest, web.Invalid); fields != test.fields {
				t.Errorf("fields %q", fields)
			}
		})
	}
}
