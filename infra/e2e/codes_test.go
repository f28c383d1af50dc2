package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// trouble is a problem document.
type trouble struct {
	Status    int
	Code      string
	Title     string
	TriesLeft *int `json:"tries_left"`
}

func (r reply) trouble(t *testing.T, status int, code string) trouble {
	t.Helper()
	var p trouble
	r.decode(t, status, &p)
	if kind := r.header.Get("Content-Type"); kind != "application/problem+json" || p.Code != code || p.Status != status || p.Title == "" {
		t.Errorf("%s %s, want %s", kind, r.body, code)
	}
	return p
}

// testCodes tries to abuse one-time codes.
func testCodes(t *testing.T, s *stack) {
	p := s.person()
	t.Run("SixthCodeInAnHourIsRefused", func(t *testing.T) {
		for range 2 { // once more if the hour ends meanwhile, and with it the window
			phone, hour := s.phone(), time.Now().Truncate(time.Hour)
			for range 5 {
				s.request(t, p.application(phone))
			}
			r := s.json(t, "POST", "/v1/subscriptions", p.application(phone))
			if !time.Now().Truncate(time.Hour).Equal(hour) {
				continue
			}
			r.trouble(t, http.StatusTooManyRequests, "throttled")
			wait, err := strconv.Atoi(r.header.Get("Retry-After"))
			if err != nil || wait < 1 || wait > 3600 {
				t.Errorf("Retry-After is %q", r.header.Get("Retry-After"))
			}
			if got := len(s.texts(t, phone)); got != 5 {
				t.Errorf("the phone has %d texts", got)
			}
			other := s.phone()
			if r := s.json(t, "POST", "/v1/subscriptions", p.application(other)); r.status != http.StatusAccepted {
				t.Errorf("another phone is refused too: %d %s", r.status, r.body)
			}
			return
		}
		t.Error("the hour ended twice within one test")
	})
	t.Run("FiveWrongCodesLockTheRequest", func(t *testing.T) {
		phone := s.phone()
		id := s.request(t, p.application(phone))
		right := s.code(t, phone)
		for left := 4; left >= 0; left-- {
			got := s.verify(t, id, otherThan(right)).trouble(t, http.StatusUnprocessableEntity, "wrong_code")
			if got.TriesLeft == nil || *got.TriesLeft != left {
				t.Errorf("tries_left is %v, want %d", got.TriesLeft, left)
			}
		}
		s.verify(t, id, right).trouble(t, http.StatusGone, "tries_used_up")
	})
	t.Run("CodeOfAnotherRequestIsWrong", func(t *testing.T) {
		one, two := s.phone(), s.phone()
		first, second := s.request(t, p.application(one)), s.request(t, p.application(two))
		if s.code(t, one) != s.code(t, two) {
			s.verify(t, first, s.code(t, two)).trouble(t, http.StatusUnprocessableEntity, "wrong_code")
			s.verify(t, second, s.code(t, one)).trouble(t, http.StatusUnprocessableEntity, "wrong_code")
		}
	})
	t.Run("InventedRequestIsNotFound", func(t *testing.T) {
		id := s.request(t, p.application(s.phone()))
		last := "A"
		if strings.HasSuffix(id, last) {
			last = "B"
		}
		for _, wrong := range []string{id[:len(id)-1] + last, "x", strings.Repeat("a", 400), "a.b"} {
			if r := s.verify(t, wrong, "123456"); r.status != http.StatusNotFound {
				t.Errorf("%.20s: %d %s", wrong, r.status, r.body)
			}
		}
	})
	t.Run("SomethingElseThanACodeIsNoTry", func(t *testing.T) {
		phone := s.phone()
		id := s.request(t, p.application(phone))
		for range 6 {
			s.verify(t, id, "12345").trouble(t, http.StatusBadRequest, "invalid")
		}
		code := s.code(t, phone)
		if r := s.verify(t, id, " "+code[:3]+"-"+code[3:]+" "); r.status != http.StatusOK {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("RequestSentTwiceTextsOnce", func(t *testing.T) {
		phone := s.phone()
		for range 2 {
			r := s.json(t, "POST", "/v1/subscriptions", p.application(phone), "Idempotency-Key", "thumb-"+phone[2:])
			if r.status != http.StatusAccepted {
				t.Errorf("%d %s", r.status, r.body)
			}
		}
		if got := len(s.texts(t, phone)); got != 1 {
			t.Errorf("%d texts", got)
		}
	})
	t.Run("TokenOpensItsOwnSubscriptionOnly", func(t *testing.T) {
		one, token := s.subscribe(t, p.application(s.phone()))
		two, _ := s.subscribe(t, p.application(s.phone()))
		for id, status := range map[string]int{one: http.StatusOK, two: http.StatusUnauthorized} {
			if r := s.json(t, "GET", "/v1/subscriptions/"+id, nil, "Authorization", "Bearer "+token); r.status != status {
				t.Errorf("%d, want %d: %s", r.status, status, r.body)
			}
		}
		if r := s.json(t, "GET", "/v1/subscriptions/"+one, nil); r.status != http.StatusUnauthorized {
			t.Errorf("without a token: %d", r.status)
		}
	})
}
