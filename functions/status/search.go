package main

import (
	"net/http"
	"time"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/web"
)

// result is one record as POST /v1/custody/search gives it. It names nobody and repeats no number: the caller knows
// whom they asked about, and a caller who does not shall not learn it.
type result struct {
	Status custody.Status `json:"status"`
	// InTransit is true between two facilities.
	InTransit bool      `json:"in_transit,omitempty"`
	Since     time.Time `json:"since"`
	// Facility is where the person is held; it is empty when they are not, may not be, or are being moved.
	Facility    string    `json:"facility"`
	FieldOffice string    `json:"field_office"`
	AsOf        time.Time `json:"as_of"`
	// UnlistedSince is the moment of the agency's list that lacks the person, although their record says in custody: they
	// may be free.
	UnlistedSince time.Time `json:"unlisted_since,omitzero"`
	Explanation   string    `json:"explanation"`
}

// results answers a look-up.
type results struct {
	Results []result `json:"results"`
}

// search answers POST /v1/custody/search.
func (h *handler) search(w http.ResponseWriter, r *http.Request) error {
	var q query
	if err := web.DecodeJSON(r, &q); err != nil {
		return err
	}
	found, err := h.find(r, q)
	if err != nil {
		return err
	}
	language := web.Language(r)
	all := make([]result, 0, len(found.records))
	for _, record := range found.records {
		words := h.view(language, found.feeds).tell(record)
		explanation := words.Sentence
		for _, more := range []string{words.Means, words.Next, words.Ahead, words.Old} {
			if more != "" {
				explanation += " " + more
			}
		}
		one := result{
			Status: record.Status, InTransit: record.InTransit, Since: record.Since.UTC(),
			FieldOffice: record.FieldOffice, AsOf: found.feeds.AsOf(record).UTC(), Explanation: explanation,
		}
		switch {
		case record.Unlisted():
			one.UnlistedSince = record.UnlistedSince.UTC()
		case record.Status == custody.InCustody && !record.InTransit:
			one.Facility = record.Facility
		}
		all = append(all, one)
	}
	web.Outcome(r.Context(), "found")
	aws.LineOf(r.Context()).Count(aws.LookupsFound, 1)
	w.Header().Set("Content-Language", string(language))
	return web.WriteJSON(w, http.StatusOK, results{all})
}
