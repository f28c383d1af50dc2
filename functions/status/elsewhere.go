package main

import (
	"strings"

	"voice.example/shared/web"
)

// elsewhere are the other functions' routes: a path and its methods. The gateway sends a method that it has no route for here.
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
/staff/absence POST
/staff/audit GET POST
/staff/call GET POST
/staff/callback GET
/staff/delivery GET
/staff/directory GET POST
/staff/inquiries/{reference} GET
/staff/inquiries/{reference}/{act} POST
/staff/person POST
/staff/queue GET
/staff/search GET POST
/staff/settings POST
/staff/sign-in GET
/staff/sign-out POST
/staff/signed-out GET
/staff/uploads GET
/staff/uploads/{id} GET
/staff/uploads/{id}/{act} POST
/staff/volumes GET
/staff/volumes.csv GET
/staff/volumes/quarter GET
/v1/inquiries POST
/v1/inquiries/search POST
/v1/manage POST
/v1/manage/verify POST
/v1/staff/absence PUT
/v1/staff/audit/search POST
/v1/staff/delivery GET
/v1/staff/directory GET
/v1/staff/directory/{kind} PUT
/v1/staff/feeds GET
/v1/staff/feeds/{name} PUT
/v1/staff/inquiries GET POST
/v1/staff/inquiries/{reference} GET
/v1/staff/inquiries/{reference}/{act} POST
/v1/staff/me GET
/v1/staff/people/search POST
/v1/staff/sign-in GET
/v1/staff/uploads GET POST
/v1/staff/uploads/abort POST
/v1/staff/uploads/complete POST
/v1/staff/uploads/{id} GET
/v1/staff/uploads/{id}/approve POST
/v1/staff/uploads/{id}/plan GET
/v1/staff/uploads/{id}/reject POST
/v1/staff/uploads/{id}/report GET
/v1/staff/uploads/{id}/retract POST
/v1/staff/volumes GET
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
