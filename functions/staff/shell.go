package main

import (
	"net/http"
	"strings"

	"voice.example/shared/session"
	"voice.example/shared/staff"
)

// shell is what the layout shows around every page of somebody who has signed in.
type shell struct {
	Who   staff.Identity
	Roles string // in words
	Nav   []place
}

// place is a page of the navigation.
type place struct {
	Words, Path string
	What        string // one line of what is done there
	Here        bool   // the page that is shown is there
	action      staff.Action
}

// navigation is the whole of it, in the order in which it is shown.
var navigation = []place{
	{Words: "Queue", Path: "/staff/queue", action: staff.ReadInquiries, What: "What people asked for, and what is due first"},
	{Words: "Log a call", Path: "/staff/call", action: staff.LogCalls, What: "Write down what a caller asks for"},
	{Words: "Search", Path: "/staff/search", action: staff.SearchPeople, What: "Look up a person in custody"},
	{Words: "Uploads", Path: "/staff/uploads", action: staff.ReadUploads, What: "Files of custody updates, and those that are held"},
	{Words: "Delivery", Path: "/staff/delivery", action: staff.ReadDelivery, What: "What became of the texts"},
	{Words: "Directory", Path: "/staff/directory", action: staff.ReadDirectory, What: "Offices, who works there, and who is away"},
	{Words: "Volumes", Path: "/staff/volumes", action: staff.ReadVolumes, What: "How many inquiries of what kind"},
	{Words: "Audit", Path: "/staff/audit", action: staff.ReadAudit, What: "Who has seen or changed what"},
}

// roleWords are the roles as people call them.
var roleWords = map[staff.Role]string{
	staff.DataOfficer: "data officer", staff.Operator: "hotline operator", staff.Officer: "community relations officer",
	staff.Specialist: "victim assistance specialist", staff.Supervisor: "supervisor", staff.Auditor: "auditor",
}

func newShell(r *http.Request, s session.Session) shell {
	return shell{Who: s.Who, Roles: rolesInWords(s.Who.Roles), Nav: navigationOf(s.Who, r.URL.Path)}
}

// navigationOf is what somebody may do, as seen from a page.
func navigationOf(who staff.Identity, path string) (places []place) {
	for _, p := range navigation {
		if who.May(p.action) {
			p.Here = path == p.Path || strings.HasPrefix(path, p.Path+"/")
			places = append(places, p)
		}
	}
	return places
}

func rolesInWords(roles []staff.Role) string {
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = roleWords[role]
	}
	return strings.Join(words, ", ")
}
