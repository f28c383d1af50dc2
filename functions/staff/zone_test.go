package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"voice.example/shared/staff"
)

func TestZone(t *testing.T) {
	b := newBrowser(t)
	b.sit(staff.Identity{Subject: "rosa", Name: "Rosa", Roles: []staff.Role{staff.Officer}})
	b.now = time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)
	b.sit(staff.Identity{Subject: "rosa", Name: "Rosa", Roles: []staff.Role{staff.Officer}})
	says := func(zone string) {
		t.Helper()
		if body := b.page(b.get("/staff"), 200); !strings.Contains(body, "Times are in "+zone+".") {
			t.Errorf("no %s in %s", zone, body)
		}
	}
	says("EDT")
	b.leads(b.do("POST", "/staff/settings", url.Values{"zone": {"Pacific/Honolulu"}}))
	says("HST")
	for _, zone := range []string{"Europe/Paris", "../etc/passwd", "Local"} {
		b.page(b.do("POST", "/staff/settings", url.Values{"zone": {zone}}), http.StatusBadRequest)
	}
	says("HST")
	b.cookies[zoneCookie] = "../../etc/passwd"
	says("EDT")
	b.leads(b.do("POST", "/staff/settings", url.Values{"zone": {""}}))
	says("EDT")
	if b.cookies[zoneCookie] != "" {
		t.Error("the zone is kept")
	}
}
