package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"voice.example/shared/inquiry"
)

const asks = `{"reason":"local_contact","language":"es","phone":"202 555 0143","email":"ana@example.org","county":"Maricopa, AZ","zip":"85001","a_number":"A012-345-678",
	"safe_contact":{"name":"Ana","may_text":true,"may_voicemail":false,"hours":"noon","note":"never on Thursdays"},"message":"Please call."}`

func TestInquire(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		d.staffed(t)
		w := d.json("POST", "/v1/inquiries", asks)
		var out opened
		decode(t, w, &out)
		if w.Code != http.StatusCreated || out.State != inquiry.Assigned || !out.DueBy.Equal(d.now.Add(24*time.Hour)) || out.OffTopic != nil || len(out.PIN) != 6 {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		i := d.inquiry(t, out.Reference)
		c, err := d.inquiries.Contact(context.Background(), i)
		if err != nil || c.Name != "Ana" || !i.MayText || i.Channel != inquiry.API || i.County != "04013" || i.ANumber != "012345678" || i.Language != "es" {
			t.Errorf("%+v, %+v, %v", i, c, err)
		}
	})
	t.Run("IdempotencyKey", func(t *testing.T) {
		d := newDesk(t)
		send := func(body, key string) opened {
			var out opened
			w := d.json("POST", "/v1/inquiries", body, "Idempotency-Key", key)
			if decode(t, w, &out); w.Code != http.StatusCreated {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			return out
		}
		first := send(asks, "key-1")
		for range 2 * inquiriesPerContact {
			if again := send(asks, "key-1"); again.Reference != first.Reference || again.PIN != first.PIN {
				t.Fatalf("%+v, not %+v", again, first)
			}
		}
		others := send(strings.ReplaceAll(asks, "Please call.", "Please write."), "key-1")
		if others.Reference == first.Reference || others.PIN == first.PIN {
			t.Error("whoever happens to use the same key is given the first one's reference")
		}
		if another := send(asks, "key-2"); another.Reference == first.Reference {
			t.Error("another key is the same request")
		}
		if w := d.json("POST", "/v1/inquiries", asks, "Idempotency-Key", "a key"); w.Code != http.StatusBadRequest {
			t.Errorf("a key of two words: %d", w.Code)
		}
		with, without := send(`{"reason":"other","message":"x"}`, ""), send(`{"reason":"other","message":"x"}`, "")
		if with.Reference == without.Reference {
			t.Error("without a key two requests are one")
		}
	})
	t.Run("OthersAnswer", func(t *testing.T) {
		d := newDesk(t)
		w := d.json("POST", "/v1/inquiries", strings.ReplaceAll(asks, "local_contact", "own_case"))
		var out opened
		decode(t, w, &out)
		if w.Code != http.StatusCreated || out.State != inquiry.Resolved || out.OffTopic == nil || out.OffTopic.Number != "1-800-375-5283" || out.DueBy != nil || strings.Contains(w.Body.String(), "due_by") {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		if i := d.inquiry(t, out.Reference); i.SealedContact+i.SealedMessage+i.PhoneHash+i.County+string(i.ANumber) != "" || i.MayText {
			t.Errorf("%+v", i)
		}
	})
	t.Run("OnlineOnly", func(t *testing.T) {
		if w := newDesk(t).json("POST", "/v1/inquiries", `{"reason":"local_contact","zip":"85001"}`); w.Code != http.StatusCreated {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	for name, test := range map[string]struct{ body, fields string }{
		"ErrNothing": {`{}`, "reason"},
		"ErrFields": {`{"reason":"other","language":"tlh","phone":"12","email":"x","zip":"1","county":"Nowhere, AZ","a_number":"12","safe_contact":{"name":"` + strings.Repeat("n", 101) + `","hours":"` +
			strings.Repeat("h", 121) + `","note":"` + strings.Repeat("n", 501) + `"},"message":"` + strings.Repeat("m", 2001) + `"}`,
			"language safe_contact.name safe_contact.hours safe_contact.note phone email zip county a_number message"},
		"ErrNoContact":    {`{"reason":"victim_services"}`, "phone"},
		"ErrUnknownField": {`{"reason":"other","state":"open"}`, "state"},
		"ErrType":         {`{"reason":"other","safe_contact":{"may_text":"yes"}}`, "safe_contact.may_text"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			w := d.json("POST", "/v1/inquiries", test.body)
			var p problem
			decode(t, w, &p)
			if w.Code != http.StatusBadRequest || fields(p) != test.fields {
				t.Errorf("got %d %q", w.Code, fields(p))
			}
			for _, e := range p.Errors {
				if strings.HasPrefix(e.Problem, "problem.") {
					t.Errorf("nobody says %s", e.Problem)
				}
			}
			if d.opened(t) != 0 {
				t.Error("it was opened")
			}
		})
	}
	t.Run("ErrThrottled", func(t *testing.T) {
		d := newDesk(t)
		for range inquiriesPerContact {
			if w := d.json("POST", "/v1/inquiries", asks); w.Code != http.StatusCreated {
				t.Fatalf("got %d", w.Code)
			}
		}
		w := d.json("POST", "/v1/inquiries", asks)
		var p problem
		if decode(t, w, &p); w.Code != http.StatusTooManyRequests || p.Code != "throttled" || p.Hotline == "" {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

func TestTrace(t *testing.T) {
	d := newDesk(t)
	d.staffed(t)
	var out opened
	decode(t, d.json("POST", "/v1/inquiries", asks), &out)
	search := func(reference, pin string) (traced, int, string) {
		w := d.json("POST", "/v1/inquiries/search", `{"reference":"`+reference+`","pin":"`+pin+`"}`)
		var got traced
		_ = json.Unmarshal(w.Body.Bytes(), &got)
		return got, w.Code, w.Body.String()
	}
	t.Run("OK", func(t *testing.T) {
		got, code, body := search(out.Reference, out.PIN)
		if code != http.StatusOK || got.State != inquiry.Assigned || got.Reason != inquiry.LocalContact || got.DueBy == nil || len(got.Timeline) != 2 ||
			got.Timeline[1] != (step{d.now, "assigned", "Phoenix Field Office"}) || got.Timeline[0] != (step{d.now, "received", ""}) {
			t.Errorf("got %d %s", code, body)
		}
		if _, err := d.inquiries.Resolve(context.Background(), out.Reference, 0, rosa, inquiry.Answered, "talked"); err != nil {
			t.Fatal(err)
		}
		if got, _, body = search(out.Reference, out.PIN); got.State != inquiry.Resolved || got.Outcome != inquiry.Answered || got.DueBy != nil || strings.Contains(body, "talked") {
			t.Errorf("got %s", body)
		}
	})
	t.Run("ErrFields", func(t *testing.T) {
		for body, want := range map[string]string{`{}`: "reference pin", `{"reference":"K7P4-QDX2","pin":"12345"}`: "pin", `{"reference":"K7P4","pin":"123456"}`: "reference"} {
			var p problem
			w := d.json("POST", "/v1/inquiries/search", body)
			if decode(t, w, &p); w.Code != http.StatusBadRequest || fields(p) != want {
				t.Errorf("%s: got %d %s", body, w.Code, w.Body)
			}
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		if _, code, body := search(out.Reference, wrongPIN(out.PIN)); code != http.StatusNotFound || !strings.Contains(body, `"code":"not_found"`) {
			t.Errorf("got %d %s", code, body)
		}
	})
}
