package main

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/directory"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// peoplePerPage is how many people the page of the directory lists at once.
const peoplePerPage = 100

// directoryPage is what the page of the directory shows.
type directoryPage struct {
	List     listing
	People   []personRow
	Offices  []officeRow
	Editions []editionRow
	Choices  struct{ Offices, Roles []web.Option }
	Kinds    []web.Option
	MayLoad  bool
	Me       *personRow // nil: whoever looks is not in the directory, or is never away
}

// personRow is somebody of the directory.
type personRow struct {
	Name, Role, Office, Languages, Email, Phone string
	Open                                        int
	Here                                        badge
}

// officeRow is an office, and how many of its people are there today.
type officeRow struct {
	Code, Name, Phone      string
	Counties, People, Here int
}

// editionRow is the last file of a kind.
type editionRow struct {
	What, By string
	At       time.Time
	Rows     int
	Broken   *badge // nil: it was loaded to its end
}

// showDirectory answers GET /staff/directory: the session, and one call.
func (h *handler) showDirectory(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	page, err := h.directoryPage(r, who)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "directory")
	return h.Render(w, r, page)
}

// directoryPage reads the directory for its page. The page's form has the filter, and the days of whoever looks.
func (h *handler) directoryPage(r *http.Request, who staff.Identity) (web.Page, error) {
	d, err := h.directory.Read(r.Context())
	if err != nil {
		return web.Page{}, err
	}
	list := readListing(r, []string{"name", "office", "open"}, "office", "role")
	list.Path = "/staff/directory"
	today := h.directory.Today()
	page := directoryPage{MayLoad: who.May(staff.SetDirectory), Kinds: []web.Option{
		{Value: string(directory.OfficesFile), Words: "Offices"}, {Value: string(directory.PeopleFile), Words: "People"}}}
	page.Choices.Offices, page.Choices.Roles = []web.Option{{Words: "Any"}}, []web.Option{{Words: "Any"}}
	for _, role := range directory.Roles() {
		page.Choices.Roles = append(page.Choices.Roles, web.Option{Value: string(role), Words: roleWords[role]})
	}
	for _, o := range d.Offices {
		page.Choices.Offices = append(page.Choices.Offices, web.Option{Value: o.Code, Words: o.Name})
		page.Offices = append(page.Offices, officeRowOf(o, d, today))
	}
	page.Choices.Offices = append(page.Choices.Offices, web.Option{Value: directory.National, Words: "The whole country"})
	page.People = peopleRows(d, &list, today)
	page.List = list
	page.Editions = editionRows(d)
	form := web.Form(list.Form())
	form["kind"] = string(directory.PeopleFile) // they change more often than offices do
	if me, err := d.Person(who.Email); err == nil && who.May(staff.SetAbsence) {
		row := personRowOf(me, today)
		page.Me, form["from"], form["until"] = &row, me.Own.From, me.Own.Until
	}
	return web.Page{Template: "directory", Title: "Directory", Form: form, Data: page}, nil
}

func officeRowOf(o directory.Office, d *directory.Directory, today string) officeRow {
	row := officeRow{Code: o.Code, Name: o.Name, Phone: printed(o.Phone), Counties: len(o.Counties)}
	for _, p := range d.People {
		if p.Office != o.Code {
			continue
		}
		if row.People++; !p.Away(today) {
			row.Here++
		}
	}
	return row
}

// peopleRows are the people of a list's page, filtered and sorted. It sets where the next page begins.
func peopleRows(d *directory.Directory, list *listing, today string) (rows []personRow) {
	found := slices.DeleteFunc(slices.Clone(d.People), func(p directory.Person) bool {
		office, role := list.Filters["office"], list.Filters["role"]
		return office != "" && p.Office != office || role != "" && string(p.Role) != role
	})
	slices.SortStableFunc(found, func(a, b directory.Person) int {
		order := cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Email, b.Email))
		switch list.Sort {
		case "office":
			order = cmp.Or(strings.Compare(a.Office, b.Office), order)
		case "open":
			order = cmp.Or(cmp.Compare(a.Open, b.Open), order)
		}
		if list.Desc {
			return -order
		}
		return order
	})
	start, err := strconv.Atoi(list.After)
	if err != nil || start < 0 || start > len(found) {
		start, list.After = 0, ""
	}
	end := min(start+peoplePerPage, len(found))
	if end < len(found) {
		list.Next = strconv.Itoa(end)
	}
	for _, p := range found[start:end] {
		rows = append(rows, personRowOf(p, today))
	}
	return rows
}

func personRowOf(p directory.Person, today string) personRow {
	row := personRow{Name: p.Name, Role: roleWords[p.Role], Office: p.Office, Email: p.Email, Phone: printed(p.Phone),
		Open: p.Open, Here: badge{"here", "good"}}
	var languages []string
	for _, l := range p.Languages {
		languages = append(languages, l.Name())
	}
	row.Languages = strings.Join(languages, ", ")
	if p.Away(today) {
		row.Here = badge{away(p, today), "warn"}
	}
	return row
}

// away says until when somebody is away: the last day of what is going on, by the file or their own word.
func away(p directory.Person, today string) string {
	last := ""
	for _, a := range []directory.Absence{p.Filed, p.Own} {
		if !a.Covers(today) {
			continue
		}
		if a.Until == "" {
			return "away"
		}
		last = max(last, a.Until)
	}
	day, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return "away"
	}
	return "away through " + day.Format("Jan 2")
}

func editionRows(d *directory.Directory) (rows []editionRow) {
	for _, k := range []struct {
		kind directory.Kind
		what string
	}{{directory.OfficesFile, "Offices"}, {directory.PeopleFile, "People"}} {
		if e := d.Editions[k.kind]; e.Version > 0 {
			row := editionRow{What: k.what, By: e.ByName, At: e.At, Rows: e.Rows}
			if e.Unfinished {
				row.Broken = &badge{"not to its end", "bad"}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// printed is a number in E.164 as people of its country write it, where that is this one.
func printed(number string) string {
	if len(number) == len("+12025550143") && strings.HasPrefix(number, "+1") {
		return "(" + number[2:5] + ") " + number[5:8] + "-" + number[8:]
	}
	return number
}
