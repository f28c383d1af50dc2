package main

import (
	"net/http"
	"time"

	"voice.example/shared/audit"
	"voice.example/shared/directory"
	"voice.example/shared/i18n"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// routeDirectory routes the directory: JSON and pages.
func (h *handler) routeDirectory() {
	h.Handle("GET", "/v1/staff/directory", h.allowed(staff.ReadDirectory, h.listDirectory))
	h.Handle("PUT", "/v1/staff/directory/{kind}", audited(h.allowed(staff.SetDirectory, h.putDirectory)))
	h.Handle("PUT", "/v1/staff/absence", audited(h.allowed(staff.SetAbsence, h.putAbsence)))
	h.Handle("GET", "/staff/directory", h.page(staff.ReadDirectory, h.showDirectory))
	h.Handle("POST", "/staff/directory", audited(h.page(staff.SetDirectory, h.takeDirectory)))
	h.Handle("POST", "/staff/absence", audited(h.page(staff.SetAbsence, h.takeAbsence)))
}

// colleague is a person of the directory as staff see them.
type colleague struct {
	Email     string            `json:"email"`
	Name      string            `json:"name"`
	Role      staff.Role        `json:"role"`
	Office    string            `json:"office"`
	Languages []i18n.Language   `json:"languages"`
	Phone     string            `json:"phone,omitempty"`
	AwayToday bool              `json:"away_today"`
	Absence   directory.Absence `json:"absence"`     // what the file says
	Own       directory.Absence `json:"own_absence"` // what they say themselves
	Open      int               `json:"open"`        // inquiries
	Assigned  *time.Time        `json:"assigned_at"` // null: never
}

// fieldOffice is an office of the directory as staff see it.
type fieldOffice struct {
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Phone    string   `json:"phone,omitempty"`
	Counties []string `json:"counties"`
}

// wholeDirectory is all of it; Editions says who loaded which file when.
type wholeDirectory struct {
	Offices  []fieldOffice                        `json:"offices"`
	People   []colleague                          `json:"people"`
	Editions map[directory.Kind]directory.Edition `json:"editions"`
}

// listDirectory answers GET /v1/staff/directory: all of it, in one call.
func (h *handler) listDirectory(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	d, err := h.directory.Read(r.Context())
	if err != nil {
		return err
	}
	answer := wholeDirectory{[]fieldOffice{}, []colleague{}, d.Editions}
	for _, o := range d.Offices {
		answer.Offices = append(answer.Offices, fieldOffice{o.Code, o.Name, o.Phone, append([]string{}, o.Counties...)})
	}
	today := h.directory.Today()
	for _, p := range d.People {
		answer.People = append(answer.People, colleagueOf(p, today))
	}
	web.Outcome(r.Context(), "directory_listed")
	return web.WriteJSON(w, http.StatusOK, answer)
}

func colleagueOf(p directory.Person, today string) colleague {
	c := colleague{Email: p.Email, Name: p.Name, Role: p.Role, Office: p.Office, Languages: p.Languages, Phone: p.Phone, AwayToday: p.Away(today),
		Absence: p.Filed, Own: p.Own, Open: p.Open}
	if at, err := time.Parse(time.RFC3339Nano, p.AssignedAt); err == nil {
		c.Assigned = &at
	}
	return c
}

// putDirectory answers PUT /v1/staff/directory/{kind}, with the file as its body: ?dry_run=1 for the plan, rejects among it;
// ?plan=HASH to do what that plan says and nothing else, with &anyway=1 if it removes more than half.
func (h *handler) putDirectory(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	file, err := web.ReadFile(r, "text/csv", directory.MaxBytes)
	if err != nil {
		return err
	}
	query, kind := r.URL.Query(), directory.Kind(r.PathValue("kind"))
	hash, dry := query.Get("plan"), query.Get("dry_run") == "1"
	if dry == (hash != "") {
		return said("plan", "Ask for the plan with dry_run=1 first, then send the file again with plan and the hash of it.")
	}
	if dry {
		plan, err := h.planFile(r, who, kind, file)
		if err != nil {
			return err
		}
		web.Outcome(r.Context(), "directory_planned")
		return web.WriteJSON(w, http.StatusOK, plan)
	}
	edition, err := h.loadFile(r, who, kind, file, hash, query.Get("anyway") == "1")
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "directory_loaded")
	return web.WriteJSON(w, http.StatusOK, edition)
}

// planFile says what a file would change, after that is written down: the plan names those whom it removes.
func (h *handler) planFile(r *http.Request, who staff.Identity, kind directory.Kind, file []byte) (directory.Plan, error) {
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Directory, Action: audit.Viewed, What: "what a file would change"}, ""); err != nil {
		return directory.Plan{}, err
	}
	return h.directory.Plan(r.Context(), kind, file)
}

// loadFile does what a plan says, after that is written down.
func (h *handler) loadFile(r *http.Request, who staff.Identity, kind directory.Kind, file []byte, hash string, anyway bool) (directory.Edition, error) {
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Directory, Action: audit.Changed, What: "load a file"}, ""); err != nil {
		return directory.Edition{}, err
	}
	return h.directory.Apply(r.Context(), kind, file, directory.Order{PlanHash: hash, Anyway: anyway, By: who.Subject, ByName: who.Name})
}
