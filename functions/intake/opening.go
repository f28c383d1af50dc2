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

// throttleAsking counts a request. Who is refused uses up nothing of others.
func (h *handler) throttleAsking(r *http.Request, a asking) error {
	keys, kind := h.store.Keys, "inquiries/"
	if a.Reason.OffTopic() {
		kind = "offtopic/"
	}
	take := func(key string, most int) error {
		return h.store.Limits.Take(r.Context(), kind+key, most, time.Hour)
	}
	if err := take("from/"+keys.Hash("address", web.Source(r)), inquiriesPerAddress); err != nil {
		return err
	}
	if a.contact.Phone != "" {
		if err := take("phone/"+optout.Hash(keys, a.contact.Phone), inquiriesPerContact); err != nil {
			return err
		}
	}
	if a.contact.Email != "" {
		if err := take("email/"+keys.Hash("email", strings.ToLower(a.contact.Email)), inquiriesPerContact); err != nil {
			return err
		}
	}
	return take("all", inquiriesPerHour)
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
