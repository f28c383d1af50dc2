package main

import (
	"net/http"
	"slices"
	"time"

	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// zoneFor is how long a browser keeps the time zone that somebody chose: it is the desk's more than the session's.
const zoneFor = 365 * 24 * time.Hour

// zones are those that people who work for the agency live in. The first is the deployment's own.
var zones = []web.Option{
	{Value: "", Words: "The agency's time"},
	{Value: "America/New_York", Words: "Eastern"}, {Value: "America/Chicago", Words: "Central"},
	{Value: "America/Denver", Words: "Mountain"}, {Value: "America/Phoenix", Words: "Arizona"},
	{Value: "America/Los_Angeles", Words: "Pacific"}, {Value: "America/Anchorage", Words: "Alaska"},
	{Value: "Pacific/Honolulu", Words: "Hawaii"}, {Value: "America/Puerto_Rico", Words: "Puerto Rico and Virgin Islands"},
	{Value: "Pacific/Guam", Words: "Guam and Northern Marianas"}, {Value: "Pacific/Pago_Pago", Words: "American Samoa"},
	{Value: "UTC", Words: "UTC"},
}

// knownZone reports whether a zone is one of them.
func knownZone(name string) bool {
	return slices.ContainsFunc(zones, func(z web.Option) bool { return z.Value == name })
}

// zone is the zone that a request's pages tell times in: the one that was chosen, else the agency's.
func (h *handler) zone(r *http.Request) *time.Location {
	name := cookie(r, zoneCookie)
	if name == "" || !knownZone(name) {
		return h.Zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return h.Zone
	}
	return zone
}

// setZone answers POST /staff/settings.
func (h *handler) setZone(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	form, err := web.DecodeForm(r, "zone")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return err
	}
	switch zone := form["zone"]; {
	case !knownZone(zone):
		return invalid("zone", "field.unknown")
	case zone == "":
		dropCookie(w, zoneCookie)
	default:
		setCookie(w, zoneCookie, zone, zoneFor)
	}
	web.Outcome(r.Context(), "zone_set")
	redirect(w, "/staff")
	return nil
}
