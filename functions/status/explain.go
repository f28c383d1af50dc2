package main

import (
	"strings"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/i18n"
)

// told is a record in the reader's words.
type told struct {
	Sentence string // where the person stands
	Means    string // what that means for the reader; empty when Ahead is set
	Next     string // what may happen now, or what the reader can do; empty when Ahead is set
	NextIs   string // which of the two Next is: the id of the words before it
	Ahead    string // set when the record is dated later than now
	AsOf     string
	Age      string // how long ago that was; empty when Old is set, or when the date says it better
	Old      string // set when the news is old
}

// staleAfter is when a reader is told that the news is old, of a record whose feed is not known: feeds come daily, but for
// a weekend and a holiday.
const staleAfter = 4 * 24 * time.Hour

// view is who reads, when, and what is known besides the record.
type view struct {
	Language i18n.Language
	Zone     *time.Location // of the times that are told
	Hotline  string
	Feeds    feed.Known
	Now      time.Time
}

func (h *handler) view(l i18n.Language, feeds feed.Known) view {
	return view{Language: l, Zone: h.Zone, Hotline: h.Hotline, Feeds: feeds, Now: h.now()}
}

// tell words a record.
func (v view) tell(r custody.Record) told {
	l, asOf := v.Language, v.Feeds.AsOf(r)
	if r.Unlisted() {
		asOf = r.UnlistedSince
	}
	t := v.tellStatus(r)
	t.AsOf = l.Text("answer.as_of", map[string]any{"When": l.DateTime(asOf.In(v.Zone))})
	t.Age = v.age(asOf)
	if r.Status != custody.InCustody {
		return t
	}
	since, silent, known := v.Feeds.SilentSince(r, v.Now)
	switch age := v.Now.Sub(asOf); {
	case silent:
		t.Old = l.Text("answer.silent", map[string]any{"When": l.DateTime(since.In(v.Zone)), "Number": v.Hotline})
	case !known && age > staleAfter:
		t.Old = l.Text("answer.old", map[string]any{"Count": int(age.Hours() / 24)})
	}
	if t.Old != "" {
		t.Age = ""
	}
	return t
}

// longAgo is from when on a date says more than the days since.
const longAgo = 60 * 24 * time.Hour

// age says how long ago something was.
func (v view) age(at time.Time) string {
	switch ago := v.Now.Sub(at); {
	case ago < 0, ago >= longAgo:
		return ""
	case ago < time.Hour:
		return v.Language.Text("answer.age.now", nil)
	case ago < 48*time.Hour:
		return v.Language.Text("answer.age.hours", map[string]any{"Count": int(ago.Hours())})
	default:
		return v.Language.Text("answer.age.days", map[string]any{"Count": int(ago.Hours() / 24)})
	}
}

// tellStatus says where the person stands, and what that means.
func (v view) tellStatus(r custody.Record) told {
	l := v.Language
	if r.Unlisted() {
		return told{
			Sentence: l.Text("status.unlisted", map[string]any{"Known": l.Date(r.KnownAsOf().In(v.Zone)), "List": l.Date(r.UnlistedSince.In(v.Zone))}),
			Means:    l.Text("status.unlisted.means", nil),
			Next:     l.Text("status.unlisted.next", map[string]any{"Number": v.Hotline}),
			NextIs:   "answer.do",
		}
	}
	means := meaning(r)
	t := told{Means: l.Text("status."+means+".means", nil), Next: l.Text("status."+means+".next", nil), NextIs: "answer.next"}
	if r.Status == custody.Escaped || r.Status == custody.Deceased {
		t.NextIs = "answer.do"
	}
	id := string(r.Status)
	switch {
	case r.Status == custody.InCustody && r.InTransit:
		id = "in_transit"
	case r.Status == custody.InCustody && r.Facility == "":
		id = "in_custody_somewhere"
	}
	if r.Since.After(v.Now) {
		// What has not come yet is told as what the record says, and not explained as if it had happened.
		t.Means, t.Next = "", ""
		t.Ahead = l.Text("answer.ahead", map[string]any{"When": l.DateTime(r.Since.In(v.Zone))})
		if id != "in_transit" {
			id += "_ahead"
		}
	}
	t.Sentence = l.Text("status."+id, map[string]any{"Facility": r.Facility, "Since": l.Date(r.Since.In(v.Zone))})
	return t
}

// meaning names the messages that explain a status and say what may come of it.
func meaning(r custody.Record) string {
	switch {
	case r.Status == custody.InCustody && r.InTransit:
		return "in_transit"
	case r.Status == custody.Released:
		return "released" + releaseKind(r.ReleaseReason)
	}
	return string(r.Status)
}

// releaseKind says how a person was released, as far as the public may know. A release because a judge granted
// relief, or because fear of return was found, shows that the person sought asylum, which is confidential (8 CFR
// 208.6), and so may the end of their proceedings: those are told like any other of their kind, or without a kind.
func releaseKind(reason string) string {
	reason = strings.Join(strings.Fields(strings.ToLower(reason)), " ")
	for prefix, kind := range map[string]string{
		"bonded out": ".bond", "paroled": ".parole", "order of recognizance": ".recognizance",
		"order of supervision": ".supervision",
	} {
		if strings.HasPrefix(reason, prefix) {
			return kind
		}
	}
	return ""
}
