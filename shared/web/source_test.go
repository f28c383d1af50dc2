package web_test

import (
	"net/http"
	"testing"

	"voice.example/shared/web"
)

func TestSource(t *testing.T) {
	for name, c := range map[string]struct{ from, want string }{
		"V4":            {"192.0.2.7", "192.0.2.7/32"},
		"V6IsItsHalf":   {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		"V4WrittenAsV6": {"::ffff:192.0.2.7", "192.0.2.7/32"},
		"WithAZone":     {"fe80::1%eth0", "fe80::/64"},
		"Unreadable":    {"somewhere", ""},
		"None":          {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := event(t, "get_path.json")
			e.RequestContext.HTTP.SourceIP = c.from
			e.Headers["x-forwarded-for"] = "198.51.100.1" // which anybody can write
			answer(t, func(_ http.ResponseWriter, r *http.Request) {
				if got := web.Source(r); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}, e)
		})
	}
}
