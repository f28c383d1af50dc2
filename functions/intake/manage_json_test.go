package main

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestManageJSON gets new manage tokens by the phone.
func TestManageJSON(t *testing.T) {
	const path = "/v1/manage"
	ask := func(t *testing.T, d *desk, number string, extra ...string) asked {
		t.Helper()
		w := d.json("POST", path, `{"phone":"`+number+`"}`, extra...)
		var answer asked
		if decode(t, w, &answer); w.Code != http.StatusAccepted || answer.RequestID == "" || !answer.ExpiresAt.Equal(d.now.Add(10*time.Minute)) {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		return answer
	}
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		id := d.request(t, "2025550143")
		var before confirmed
		decode(t, d.json("POST", "/v1/subscriptions/"+id+"/verify", `{"code":"`+d.code(t)+`"}`), &before)
		body := `{"request_id":"` + ask(t, d, "2025550143").RequestID + `","code":"` + d.code(t) + `"}`
		w := d.json("POST", path+"/verify", body)
		var answer managed
		if decode(t, w, &answer); w.Code != http.StatusOK || len(answer.Subscriptions) != 1 {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		one := answer.Subscriptions[0]
		if w := d.json("GET", "/v1/subscriptions/"+one.SubscriptionID, "", "Authorization", "Bearer "+before.ManageToken); w.Code != http.StatusUnauthorized {
			t.Errorf("the token before still works: %d", w.Code)
		}
		if w := d.json("DELETE", "/v1/subscriptions/"+one.SubscriptionID, "", "Authorization", "Bearer "+one.ManageToken); w.Code != http.StatusNoContent {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if w := d.json("POST", path+"/verify", body); w.Code != http.StatusGone {
			t.Errorf("the code works twice: %d", w.Code)
		}
	})
	t.Run("PhoneWithoutIsToldTheSame", func(t *testing.T) {
		d := newDesk(t)
		id := ask(t, d, "2025550143").RequestID
		if len(d.texts) != 0 {
			t.Errorf("it got %q", d.texts)
		}
		if w := d.json("POST", path+"/verify", `{"request_id":"`+id+`","code":"123456"}`); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("AskedTwiceTextsOnce", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, "2025550143", "012345678")
		first := ask(t, d, "2025550143", "Idempotency-Key", "k")
		if second := ask(t, d, "2025550143", "Idempotency-Key", "k"); second != first || len(d.texts) != 2 {
			t.Errorf("%v, %v, %d texts", first, second, len(d.texts))
		}
	})
	t.Run("ErrInvalid", func(t *testing.T) {
		d := newDesk(t)
		for _, body := range []string{`{}`, `{"phone":"12"}`, `{"phone":7}`, `{"phone":"2025550143","x":1}`} {
			if w := d.json("POST", path, body); w.Code != http.StatusBadRequest {
				t.Errorf("%s: got %d %s", body, w.Code, w.Body)
			}
		}
		if w := d.json("POST", path+"/verify", `{"code":"12"}`); w.Code != http.StatusBadRequest {
			t.Errorf("got %d", w.Code)
		}
		if w := d.json("POST", path, `{"phone":"2025550143"}`, "Idempotency-Key", strings.Repeat("k", 256)); w.Code != http.StatusBadRequest {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("ErrUnknownRequest", func(t *testing.T) {
		if w := newDesk(t).json("POST", path+"/verify", `{"request_id":"x","code":"123456"}`); w.Code != http.StatusGone {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("ErrThrottled", func(t *testing.T) {
		d := newDesk(t)
		for range 3 {
			ask(t, d, "2025550143")
		}
		if w := d.json("POST", path, `{"phone":"2025550143"}`); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}
