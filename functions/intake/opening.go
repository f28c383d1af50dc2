package main

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/inquiry"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// How many requests are taken in an hour: about one phone or one e-mail address, from one network address, which a shelter or
// a library has for many, and in all. The office whose model this is had some thirty calls a day; a flood that got through
// would hide the people among it. What others answer is counted apart, so that it uses up nothing of these.
const (
	inquiriesPerContact = 5
	inquiriesADay       = 10 // for one phone or e-mail address: each may bring texts or mail
	inquiriesPerAddress = 30
	inquiriesPerHour    = 600
)

// open opens what somebody asks for. With the key of a request, the same request sent again is the same inquiry and counts
// once; another request with the same key is another one.
func (h *handler) open(r *http.Request, key string, a asking) (inquiry.Inquiry, error) {
	ctx, cause := r.Context(), secret.NewID()
	if key != "" {
		c := a.contact
		cause = h.store.Keys.Hash("asked", string(a.Channel), key, string(a.Language), a.County, string(a.ANumber), a.message,
			c.Name, c.Phone.E164(), c.Email, c.Hours, c.Note, strconv.FormatBool(c.MayText), strconv.FormatBool(c.MayVoicemail))
		if there, err := h.inquiries.Find(ctx, a.Reason, cause); !errors.Is(err, inquiry.ErrNotFound) {
			return there, err
		}
	}
	if err := h.textable(a.contact); err != nil {
		return inquiry.Inquiry{}, err
	}
	if err := h.throttleAsking(r, a); err != nil {
		return inquiry.Inquiry{}, err
	}
	if a.contact != (inquiry.Contact{}) {
		if err := h.inquiries.Reach(ctx, &a.Inquiry, a.contact); err != nil {
			return inquiry.Inquiry{}, err
		}
	}
	if err := h.inquiries.Say(ctx, &a.Inquiry, a.message); err != nil {
		return inquiry.Inquiry{}, err
	}
	opened, _, err := h.inquiries.Open(ctx, cause, a.Inquiry, staff.Identity{})
	return opened, err
}

// throttleAsking counts a request. Who is refused uses up nothing of others. A phone that may be texted is texted without a
// code, so it counts in its block of numbers too.
func (h *handler) throttleAsking(r *http.Request, a asking) error {
	keys, kind := h.store.Keys, "inquiries/"
	if a.Reason.OffTopic() {
		kind = "offtopic/"
	}
	uses := []limit.Use{{Key: kind + "from/" + keys.Hash("address", web.Source(r)), Most: inquiriesPerAddress, Window: time.Hour}}
	contact := func(key string) {
		uses = append(uses, limit.Use{Key: kind + key, Most: inquiriesPerContact, Window: time.Hour},
			limit.Use{Key: kind + key + "/day", Most: inquiriesADay, Window: 24 * time.Hour})
	}
	if n := a.contact.Phone; n != "" {
		contact("phone/" + optout.Hash(keys, n))
		if a.contact.MayText && h.store.CodesPerBlockPerHour > 0 {
			uses = append(uses, limit.Use{Key: kind + "block/" + keys.Hash("block", n.Block()), Most: h.store.CodesPerBlockPerHour, Window: time.Hour})
		}
	}
	if a.contact.Email != "" {
		contact("email/" + keys.Hash("email", strings.ToLower(a.contact.Email)))
	}
	uses = append(uses, limit.Use{Key: kind + "all", Most: inquiriesPerHour, Window: time.Hour})
	return h.store.Limits.TakeEach(r.Context(), uses...)
}

// textable refuses a phone that may be texted and is of a country that is not.
func (h *handler) textable(c inquiry.Contact) error {
	var check web.Check
	if c.MayText && c.Phone != "" && !h.store.Texts(c.Phone) {
		check.Add("phone", "phone.abroad_texts")
	}
	return check.Err()
}

// count opens an inquiry of a question that others answer. It is there to be counted only: whoever asks is given the number
// whether or not that can be done.
func (h *handler) count(r *http.Request, key string, a asking) {
	_, err := h.open(r, key, a)
	if err == nil {
		web.Outcome(r.Context(), "off_topic")
		return
	}
	web.Outcome(r.Context(), "off_topic_uncounted")
	if throttled := (*limit.ThrottledError)(nil); !errors.As(err, &throttled) {
		slog.ErrorContext(r.Context(), "a question that others answer was not counted", "error", err.Error())
	}
}

// elsewhere is the number of those who answer a question that we do not.
func (h *handler) elsewhere(r inquiry.Reason) string {
	if r == inquiry.ReportCrime {
		return h.tipLine
	}
	return h.ownCase
}
