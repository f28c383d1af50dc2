package main

import (
	"context"
	"net/http"
	"time"

	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// routeConsole routes signing in by browser, and the console's first page.
func (h *handler) routeConsole() {
	h.Handle("GET", "/staff/sign-in", open(h.beginSignIn))
	h.Handle("GET", "/staff/callback", open(h.endSignIn))
	h.Handle("POST", "/staff/sign-out", open(h.signOut))
	h.Handle("GET", "/staff/signed-out", open(h.showSignedOut))
	h.Handle("GET", "/staff", h.anyPage(h.showHome))
	h.Handle("POST", "/staff/settings", h.anyPage(h.setZone))
}

// home is the console's first page.
type home struct {
	Who   staff.Identity
	Roles string
	Nav   []place
	Zones []web.Option
	Work  *work // nil for who is given none
}

// mostWork is how much of somebody's work is counted on the first page.
const mostWork = 100

// work is what somebody has to do.
type work struct {
	Open, Late int
	More       bool      // there is more than was counted
	Due        time.Time // of what is due first; zero for nothing
	Waits      string    // the path of the queue where they find more; "" where there is none for them
}

// showHome answers GET /staff: one call for the session, and one for the work.
func (h *handler) showHome(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	page := home{Who: who, Roles: rolesInWords(who.Roles), Nav: navigationOf(who, ""), Zones: zones}
	if who.May(staff.WorkInquiries) && who.Email != "" {
		has, err := h.workOf(r.Context(), who)
		if err != nil {
			return err
		}
		page.Work = &has
	}
	web.Outcome(r.Context(), "home")
	return h.Render(w, r, web.Page{Template: "home", Title: "Your work", Form: web.Form{"zone": cookie(r, zoneCookie)}, Data: page})
}

// workOf counts what somebody has.
func (h *handler) workOf(ctx context.Context, who staff.Identity) (work, error) {
	found, err := h.inquiries.OfPerson(ctx, who.Email, inquiry.Assigned, inquiry.List{Limit: mostWork})
	if err != nil {
		return work{}, err
	}
	has := work{Open: len(found.Inquiries), More: found.Next != ""}
	if queue := waitsFor(who); queue != "" {
		has.Waits = queuePath(queue)
	}
	for n, i := range found.Inquiries {
		if n == 0 {
			has.Due, _ = time.Parse(time.RFC3339, i.DueBy)
		}
		if !i.InTime(h.now()) {
			has.Late++
		}
	}
	return has, nil
}
