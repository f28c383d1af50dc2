package main

import (
	"strings"

	"voice.example/shared/web"
)

// elsewhere are the other functions' routes: a path and its methods. The gateway sends a method that it has no route for here,
// but below /staff and /v1/staff.
const elsewhere = `
/alerts GET POST
/alerts/stop POST
/alerts/verify POST
/ask GET POST
/follow GET POST
/manage GET POST
/manage/alerts POST
/manage/change POST
/manage/contact POST
/manage/delete POST
/manage/open POST
/manage/stop POST
/manage/verify POST
/manage/{link} GET
/staff GET
/v1/inquiries POST
/v1/inquiries/search POST
/v1/manage POST
/v1/manage/verify POST
/v1/subscriptions POST
/v1/subscriptions/{id} DELETE GET PATCH
/v1/subscriptions/{id}/verify POST
/v1/verify POST
/verify GET POST
`

// routeElsewhere has a wrong method of theirs answered as such.
func routeElsewhere(server *web.Server) {
	for line := range strings.Lines(strings.TrimSpace(elsewhere)) {
		route := strings.Fields(line)
		server.Elsewhere(route[0], route[1:]...)
	}
}
