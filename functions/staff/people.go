package main

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"voice.example/shared/audit"
	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// routePeople routes looking people in custody up: JSON and pages.
func (h *handler) routePeople() {
	h.Handle("POST", "/v1/staff/people/search", audited(h.allowed(staff.SearchPeople, h.searchPeople)))
	h.Handle("GET", "/staff/search", h.page(staff.SearchPeople, h.showSearch))
	h.Handle("POST", "/staff/search", audited(h.page(staff.SearchPeople, h.takeSearch)))
	h.Handle("POST", "/staff/person", audited(h.page(staff.SearchPeople, h.showPerson)))
}

// question is whom somebody looks for: by A-number, or by name and country of birth. DateOfBirth, such as 1990-12-31, may be
// empty.
type question struct {
	ANumber        string `json:"a_number"`
	LastName       string `json:"last_name"`
	FirstName      string `json:"first_name"`
	CountryOfBirth string `json:"country_of_birth"`
	DateOfBirth    string `json:"date_of_birth"`
	Why            string `json:"why"`
}

// person is what is known of somebody, as staff see it. Of somebody who may not be disclosed it has the reason alone, until
// whoever looks has said why.
type person struct {
	ANumber     custody.ANumber `json:"a_number"`
	Disclosable bool            `json:"disclosable"`
	Hidden      custody.Hidden  `json:"hidden,omitempty"`
	Because     string          `json:"because,omitempty"` // Hidden in words
	Record      *custody.Record `json:"record"`            // null: a reason is wanted
}

// peopleNamed are the people of a name, each to be looked up by itself.
type peopleNamed struct {
	ANumbers []custody.ANumber `json:"a_numbers"`
}

// errNobody says that there is no record of an A-number. Staff may know that.
var errNobody = errors.New("staff: there is no record of this person")

// look reads somebody's record, after it is written down who looks and why.
func (h *handler) look(r *http.Request, who staff.Identity, a custody.ANumber, why string) (person, error) {
	record, err := h.custody.Get(r.Context(), a, false)
	if errors.Is(err, custody.ErrNotFound) {
		err = errNobody
	}
	if err != nil && !errors.Is(err, errNobody) {
		return person{}, err
	}
	p := person{ANumber: a, Hidden: custody.Why(record, h.now())}
	p.Disclosable, p.Because = p.Hidden == custody.NotHidden, hiddenWords[p.Hidden]
	e := audit.Entry{Subject: audit.Person(h.keys, string(a)), Action: audit.Viewed, What: "a custody record"}
	switch {
	case err != nil:
		e.Action, e.What = audit.Searched, "a custody record that there is not"
	case p.Disclosable:
		p.Record = &record
	case utf8.RuneCountInString(why) >= minWhy:
		p.Record, e.What = &record, "a custody record that may not be disclosed"
	default:
		e.What = "that a custody record may not be disclosed"
	}
	if noteErr := h.note(r.Context(), who, e, why); noteErr != nil {
		return person{}, noteErr
	}
	return p, err
}

// named lists the A-numbers of a name, after that is written down.
func (h *handler) named(r *http.Request, who staff.Identity, q question) ([]custody.ANumber, error) {
	var check web.Check
	born, err := country.Parse(q.CountryOfBirth)
	if err != nil {
		check.Say("country_of_birth", "Choose the country of birth.")
	}
	for name, text := range map[string]string{"last_name": q.LastName, "first_name": q.FirstName} {
		if strings.TrimSpace(text) == "" {
			check.Say(name, "A name is needed, as it is on their papers.")
		}
	}
	if _, err := time.Parse(time.DateOnly, q.DateOfBirth); err != nil && q.DateOfBirth != "" {
		check.Say("date_of_birth", "This is no date. Leave it empty if they do not know it.")
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Console, Action: audit.Searched, What: "people of a name"}, q.Why); err != nil {
		return nil, err
	}
	return h.custody.Named(r.Context(), custody.NameQuery{LastName: q.LastName, FirstName: q.FirstName, CountryOfBirth: born, DateOfBirth: q.DateOfBirth})
}

// aNumber reads the A-number of a question; empty for a question by name.
func (q question) aNumber() (custody.ANumber, error) {
	if strings.TrimSpace(q.ANumber) == "" {
		return "", nil
	}
	a, err := custody.ParseANumber(q.ANumber)
	if err != nil {
		return "", said("a_number", "An A-number has seven to nine digits.")
	}
	return a, nil
}

// searchPeople answers POST /v1/staff/people/search. By name it lists A-numbers, each to be looked up by itself.
func (h *handler) searchPeople(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var q question
	if err := web.DecodeJSON(r, &q); err != nil {
		return err
	}
	a, err := q.aNumber()
	if err != nil {
		return err
	}
	if a != "" {
		p, err := h.look(r, who, a, strings.TrimSpace(q.Why))
		if errors.Is(err, errNobody) {
			return &web.Error{Code: web.NotFound}
		}
		if err != nil {
			return err
		}
		web.Outcome(r.Context(), "person_shown")
		return web.WriteJSON(w, http.StatusOK, p)
	}
	numbers, err := h.named(r, who, q)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "people_listed")
	return web.WriteJSON(w, http.StatusOK, peopleNamed{append([]custody.ANumber{}, numbers...)})
}

// searchPage is the form, and whom it found.
type searchPage struct {
	Asked   bool
	Numbers []string // of A-numbers, which do not let themselves be printed
}

func search(form web.Form, data searchPage) web.Page {
	return web.Page{Template: "search", Title: "Search", Form: form, Data: data}
}

// showSearch answers GET /staff/search.
func (h *handler) showSearch(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	web.Outcome(r.Context(), "search_form")
	return h.Render(w, r, search(web.Form{}, searchPage{}))
}

// takeSearch answers POST /staff/search.
func (h *handler) takeSearch(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	form, err := web.DecodeForm(r, "a_number", "last_name", "first_name", "country_of_birth", "date_of_birth")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, search(form, searchPage{}), err)
	}
	q := question{ANumber: form["a_number"], LastName: form["last_name"], FirstName: form["first_name"], CountryOfBirth: form["country_of_birth"], DateOfBirth: form["date_of_birth"]}
	a, err := q.aNumber()
	if err != nil {
		return h.RenderForm(w, r, search(form, searchPage{}), err)
	}
	if a != "" {
		return h.renderPerson(w, r, who, a, web.Form{})
	}
	numbers, err := h.named(r, who, q)
	if err != nil {
		return h.RenderForm(w, r, search(form, searchPage{}), err)
	}
	web.Outcome(r.Context(), "people_listed")
	found := searchPage{Asked: true}
	for _, a := range numbers {
		found.Numbers = append(found.Numbers, string(a))
	}
	return h.Render(w, r, search(form, found))
}

// hiddenWords say why nobody may be told of somebody.
var hiddenWords = map[custody.Hidden]string{
	custody.HiddenOver: "the time for which we keep the record is over", custody.HiddenFlag: "a file says that the law protects them",
	custody.HiddenUnstated: "no file has said whether the law protects them", custody.HiddenNoBirth: "there is no date of birth, so nobody knows that they are an adult",
	custody.HiddenMinor: "they are under 18",
}

// statusWords are the statuses as people call them.
var statusWords = map[custody.Status]string{
	custody.InCustody: "In custody", custody.TransferredOut: "With another agency", custody.Released: "Released", custody.Removed: "Removed from the country",
	custody.Departed: "Left the country", custody.Escaped: "Escaped", custody.Deceased: "Died",
}

// personPage is what the page of a person shows.
type personPage struct {
	person
	None    bool
	Status  string
	MayHold bool
}

// showPerson answers POST /staff/person. A supervisor puts a record under legal hold, or ends that, here.
func (h *handler) showPerson(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	form, err := web.DecodeForm(r, "a_number", "text", "hold")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return err
	}
	a, err := question{ANumber: form["a_number"]}.aNumber()
	if err != nil || a == "" {
		return h.RenderForm(w, r, search(form, searchPage{}), errors.Join(err, said("a_number", "An A-number has seven to nine digits.")))
	}
	if hold := form["hold"]; hold != "" {
		if !who.May(staff.HoldInquiries) {
			return h.deny(r, who, staff.HoldInquiries)
		}
		if utf8.RuneCountInString(strings.TrimSpace(form["text"])) < minWhy {
			return h.renderPerson(w, r, who, a, form)
		}
		e := audit.Entry{Subject: audit.Person(h.keys, string(a)), Action: audit.Changed, What: "legal hold of a custody record: " + map[bool]string{true: "on", false: "off"}[hold == "yes"]}
		if err := h.note(r.Context(), who, e, form["text"]); err != nil {
			return err
		}
		if err := h.custody.Hold(r.Context(), a, hold == "yes"); err != nil {
			return err
		}
	}
	return h.renderPerson(w, r, who, a, form)
}

func (h *handler) renderPerson(w http.ResponseWriter, r *http.Request, who staff.Identity, a custody.ANumber, form web.Form) error {
	p, err := h.look(r, who, a, strings.TrimSpace(form["text"]))
	if err != nil && !errors.Is(err, errNobody) {
		return err
	}
	page := personPage{person: p, None: err != nil, MayHold: who.May(staff.HoldInquiries)}
	if p.Record != nil {
		page.Status = statusWords[p.Record.Status]
	}
	form["a_number"] = string(a)
	answer := web.Page{Template: "person", Title: "A custody record", Form: form, Data: page}
	if form["text"] != "" && p.Record == nil && !page.None || form["hold"] != "" && utf8.RuneCountInString(strings.TrimSpace(form["text"])) < minWhy {
		return h.RenderForm(w, r, answer, said("text", "Say in ten characters or more why."))
	}
	web.Outcome(r.Context(), "person_shown")
	return h.Render(w, r, answer)
}
