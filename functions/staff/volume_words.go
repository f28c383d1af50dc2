package main

import (
	"voice.example/shared/i18n"
	"voice.example/shared/volume"
)

// volumeWords say what counters count, by dimension and value.
var volumeWords = map[string]map[string]string{
	volume.Reason: {
		"custody_status": "Custody status", "alerts": "Alerts", "local_contact": "A local contact", "victim_services": "Victim services",
		"own_case": "Immigration case of their own", "report_crime": "To report a crime", "other": "Something else",
		"unanswered_alert": "Urgent alert without an answer", "call_me": "Asked to be called",
	},
	volume.Channel: {"web": "Web form", "api": "Another system", "phone": "Phone call", "text": "Text message", "alert": "An alert"},
	volume.Office:  {"national": "National"},
	volume.Outcome: {
		"answered": "Answered", "referred_outside": "Referred to somebody else", "unreachable": "Could not be reached", "withdrawn": "Withdrawn",
		"duplicate": "Asked twice", "off_topic": "Given another number",
	},
	volume.FirstContact: {volume.None: "Not yet"},
	volume.Overdue:      {volume.Late: "Not in time", volume.OnDue: "In time, or not due yet"},
	"event": {
		"booked_in": "Booked in", "transferred": "Transferred", "released": "Released", "removed": "Removed", "departed": "Departed",
		"other_agency": "To another agency", "escaped": "Escaped", "returned": "In custody again", "deceased": "Deceased",
		"unlisted": "No longer listed", "corrected": "Corrected",
	},
	// The outcomes as deliver and receipts write them; a test finds one that is missing.
	volume.FailedBy: {
		"phone":              "The phone or mailbox takes no messages",
		"unknown":            "Not known: no reason was given, or several attempts got no answer",
		"unreachable":        "The phone was off or out of reach",
		"invalid":            "There is no such phone number",
		"blocked":            "The phone or its carrier blocks our texts",
		"spam":               "The carrier took it for spam",
		"text_invalid":       "Our own fault: the text was not accepted",
		"not_allowed":        "Our own fault: the account may not text that country",
		"price":              "Our own fault: it would have cost more than the account allows",
		"quota":              "Our own fault: the account's quota was spent",
		"retracted":          "Not sent: the upload was taken back",
		"withheld":           "Not sent: the person may not be told about any more",
		"collapsed":          "Not sent: a later transfer was told instead",
		"overtaken":          "Not sent: something newer was told instead",
		"nothing_to_correct": "Not sent: there was nothing left to correct",
		"acknowledged":       "Not sent: the first text had been answered",
		"stopped":            "Not sent: the subscriber said STOP",
	},
	volume.OptedOutBy: {
		"stopped": "The phone had said STOP to us",
		"phone":   "The phone had said STOP to its carrier",
		"ended":   "The subscription had ended",
	},
}

// words say what a value of a dimension is; the value itself, if nobody has said. Offices are known by their codes.
func words(dimension, value string) string {
	if said, ok := volumeWords[dimension][value]; ok {
		return said
	}
	if value == volume.Unknown {
		return "Not known"
	}
	for _, b := range volume.Buckets() {
		if dimension == volume.FirstContact && b.Name == value {
			return b.Words
		}
	}
	if l := i18n.Language(value); dimension == volume.Language && l.Known() {
		return l.Name()
	}
	return value
}

// inWords are the values of a dimension in words, the most frequent first.
func inWords(c volume.Counts, dimension string) (entries []volume.Entry) {
	for _, e := range c.By(dimension) {
		entries = append(entries, volume.Entry{Value: words(dimension, e.Value), N: e.N})
	}
	return entries
}
