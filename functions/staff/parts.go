package main

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// badge says in a word or two how something stands, in a colour: good, warn, bad or none.
type badge struct{ Words, Kind string }

// listing is how a list is filtered, sorted and paged. It is all in the address, so it must never have anything of a person.
type listing struct {
	Path    string
	Filters map[string]string // those that were chosen
	Sort    string            // the key of a column
	Desc    bool
	After   string // where this page begins; "" is the first
	Next    string // where the next one does; "" is none. The handler sets it
}

// readListing reads a list's address. sorts are the columns it can be sorted by, the usual one first, with a minus where that
// one is the other way round; filters are the names it can be filtered by. What it does not know it leaves out.
func readListing(r *http.Request, sorts []string, filters ...string) listing {
	query := r.URL.Query()
	l := listing{Path: r.URL.Path, Filters: map[string]string{}, After: query.Get("after")}
	l.Sort, l.Desc = column(query.Get("sort"))
	if !slices.ContainsFunc(sorts, func(s string) bool { name, _ := column(s); return name == l.Sort }) {
		l.Sort, l.Desc = "", false
		if len(sorts) > 0 {
			l.Sort, l.Desc = column(sorts[0])
		}
	}
	for _, name := range filters {
		if value := query.Get(name); value != "" {
			l.Filters[name] = value
		}
	}
	return l
}

// column reads a column's key, with a minus for the largest first.
func column(text string) (key string, desc bool) {
	if text != "" && text[0] == '-' {
		return text[1:], true
	}
	return text, false
}

// Form is what was chosen, for the fields of the filter's form, which is sent by GET.
func (l listing) Form() map[string]string { return maps.Clone(l.Filters) }

// head is the head of a column.
type head struct{ Words, Href, Order string }

// Head is the head of a column that can be sorted by: its link sorts by it, or turns the order round.
func (l listing) Head(key, words string) head {
	h := head{Words: words}
	desc := false
	if l.Sort == key {
		h.Order, desc = "ascending", !l.Desc
		if l.Desc {
			h.Order = "descending"
		}
	}
	h.Href = l.href(key, desc, "")
	return h
}

// FirstHref and NextHref are the list's first page and the one after this.
func (l listing) FirstHref() string { return l.href(l.Sort, l.Desc, "") }

// NextHref is the page after this.
func (l listing) NextHref() string { return l.href(l.Sort, l.Desc, l.Next) }

// SortKey is the order as the address has it, for the form that filters.
func (l listing) SortKey() string {
	if l.Desc {
		return "-" + l.Sort
	}
	return l.Sort
}

func (l listing) href(sort string, desc bool, after string) string {
	query := url.Values{}
	for name, value := range l.Filters {
		query.Set(name, value)
	}
	if sort != "" {
		if desc {
			sort = "-" + sort
		}
		query.Set("sort", sort)
	}
	if after != "" {
		query.Set("after", after)
	}
	if len(query) == 0 {
		return l.Path
	}
	return l.Path + "?" + query.Encode()
}
