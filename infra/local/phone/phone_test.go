package phone

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"voice.example/infra/local/durable"
)

const to = "+12025550123"

// fixture is a network that can be closed and opened again, with hooks that remember.
type fixture struct {
	t    *testing.T
	path string
	db   *durable.DB
	log  bytes.Buffer
	*Network

	mu       sync.Mutex
	receipts []Receipt
	events   []Event
	replies  []Reply
}

func start(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, path: filepath.Join(t.TempDir(), "db")}
	f.open()
	t.Cleanup(func() { f.db.Close() })
	return f
}

func (f *fixture) open() {
	f.t.Helper()
	if f.db != nil {
		f.db.Close()
	}
	var err error
	if f.db, err = durable.Open(f.path); err != nil {
		f.t.Fatal(err)
	}
	f.Network, err = New(Config{
		DB: f.db, Log: slog.New(slog.NewTextHandler(&f.log, nil)), LateBy: 3 * time.Second, HangFor: 10 * time.Second,
		Receipts: func(_ context.Context, r Receipt) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.receipts = append(f.receipts, r)
			return nil
		},
		Events: func(_ context.Context, e Event) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.events = append(f.events, e)
			return nil
		},
		Replies: func(_ context.Context, r Reply) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.replies = append(f.replies, r)
			return nil
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// runFor hands on what there is for d.
func (f *fixture) runFor(d time.Duration) {
	ctx, stop := context.WithCancel(f.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Run(ctx)
	}()
	time.Sleep(d)
	synctest.Wait()
	stop()
	<-done
}

func (f *fixture) call(method, path, contentType, body string) *httptest.ResponseRecorder {
	f.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

// arrived gives the bodies that GET /messages tells of.
func (f *fixture) arrived(query string) []string {
	f.t.Helper()
	var list []message
	if err := json.Unmarshal(f.call("GET", "/messages"+query, "", "").Body.Bytes(), &list); err != nil {
		f.t.Fatal(err)
	}
	var out []string
	for _, m := range list {
		out = append(out, m.Body)
	}
	return out
}

func (f *fixture) rule(b Behaviour) {
	f.t.Helper()
	text, _ := json.Marshal(Rule{To: to, Behaviour: b})
	if w := f.call("PUT", "/rules", "application/json", string(text)); w.Code != 200 {
		f.t.Fatalf("rule %s: %d %s", b, w.Code, w.Body)
	}
}

func TestSend(t *testing.T) {
	run := func(name string, test func(t *testing.T, f *fixture)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { test(t, start(t)) }) })
	}
	run("ArrivesOnceWithAReceipt", func(t *testing.T, f *fixture) {
		id, err := f.Send(t.Context(), SMS{To: to, Body: "hello", SMSType: "Transactional"})
		if err != nil {
			t.Fatal(err)
		}
		f.open() // a kill right after the answer
		f.runFor(time.Second)
		if got := f.arrived("?to=" + to); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("arrived %q", got)
		}
		if got := f.arrived("?to=%2B12025550199"); len(got) != 0 {
			t.Errorf("on another phone: %q", got)
		}
		if len(f.receipts) != 1 || f.receipts[0].Status != "SUCCESS" || f.receipts[0].Notification.MessageID != id ||
			f.receipts[0].Delivery.SMSType != "Transactional" || f.receipts[0].Delivery.NumberOfMessageParts != 1 {
			t.Errorf("receipts %+v", f.receipts)
		}
	})
	for rule, want := range map[Behaviour]error{Throttled: ErrThrottled, Invalid: ErrInvalidNumber, Error500: ErrNetwork, Hang: ErrNetwork} {
		run("Refused_"+string(rule), func(t *testing.T, f *fixture) {
			f.rule(rule)
			if _, err := f.Send(t.Context(), SMS{To: to, Body: "hello"}); !errors.Is(err, want) {
				t.Errorf("error %v, want %v", err, want)
			}
			f.runFor(time.Second)
			if len(f.arrived("")) != 0 || len(f.receipts) != 0 {
				t.Error("a refused text arrived")
			}
		})
	}
	for _, rule := range []Behaviour{Unreachable, OptedOut} {
		run("AcceptedButNeverArrives_"+string(rule), func(t *testing.T, f *fixture) {
			f.rule(rule)
			if _, err := f.Send(t.Context(), SMS{To: to, Body: "hello"}); err != nil {
				t.Fatal(err)
			}
			f.runFor(time.Second)
			if len(f.arrived("")) != 0 || len(f.receipts) != 1 || f.receipts[0].Status != "FAILURE" {
				t.Errorf("arrived %q, receipts %+v", f.arrived(""), f.receipts)
			}
		})
	}
	run("LateComesLate", func(t *testing.T, f *fixture) {
		f.rule(Late)
		if _, err := f.Send(t.Context(), SMS{To: to, Body: "hello"}); err != nil {
			t.Fatal(err)
		}
		f.runFor(2 * time.Second)
		if len(f.arrived("")) != 0 || len(f.receipts) != 0 {
			t.Error("too early")
		}
		f.open()
		f.runFor(2 * time.Second)
		if len(f.arrived("")) != 1 || len(f.receipts) != 1 {
			t.Error("never came")
		}
	})
	run("DoubleReceipt", func(t *testing.T, f *fixture) {
		f.rule(DoubleReceipt)
		if _, err := f.Send(t.Context(), SMS{To: to, Body: "hello"}); err != nil {
			t.Fatal(err)
		}
		f.runFor(time.Second)
		if len(f.arrived("")) != 1 || len(f.receipts) != 2 {
			t.Errorf("%d texts, %d receipts", len(f.arrived("")), len(f.receipts))
		}
	})
	run("RulesCanBeTakenBack", func(t *testing.T, f *fixture) {
		f.rule(Throttled)
		if w := f.call("GET", "/rules", "", ""); !strings.Contains(w.Body.String(), `"throttled"`) {
			t.Errorf("rules %s", w.Body)
		}
		f.call("DELETE", "/rules?to="+to, "", "")
		if _, err := f.Send(t.Context(), SMS{To: to, Body: "hello"}); err != nil {
			t.Error(err)
		}
		if w := f.call("PUT", "/rules", "application/json", `{"to":"`+to+`","behaviour":"explode"}`); w.Code != 400 {
			t.Errorf("an unknown behaviour: %d", w.Code)
		}
	})
	run("RefusesWhatIsNoNumberOrNoText", func(t *testing.T, f *fixture) {
		for _, number := range []string{"", "2025550123", "+02025550123", "+1202555012345678", "+1 202 555 0123"} {
			if _, err := f.Send(t.Context(), SMS{To: number, Body: "x"}); !errors.Is(err, ErrInvalidNumber) {
				t.Errorf("%q: %v", number, err)
			}
		}
		for _, body := range []string{"", "  ", strings.Repeat("x", 1601)} {
			if _, err := f.Send(t.Context(), SMS{To: to, Body: body}); !errors.Is(err, ErrInvalidBody) {
				t.Errorf("%d characters: %v", len(body), err)
			}
		}
	})
}

func TestReply(t *testing.T) {
	run := func(name string, test func(t *testing.T, f *fixture)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { test(t, start(t)) }) })
	}
	run("HandedOnInTheTwoWayShape", func(t *testing.T, f *fixture) {
		id, err := f.Send(t.Context(), SMS{To: to, Body: "hello"})
		if err != nil {
			t.Fatal(err)
		}
		if w := f.call("POST", "/replies", "application/json", `{"from":"`+to+`","body":"status please"}`); w.Code != 202 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		f.open()
		f.runFor(time.Second)
		if len(f.replies) != 1 {
			t.Fatalf("replies %+v", f.replies)
		}
		r := f.replies[0]
		if r.OriginationNumber != to || r.DestinationNumber != defaultFrom || r.MessageKeyword != "STATUS" || r.MessageBody != "status please" ||
			r.PreviousPublishedMessageID != id || r.InboundMessageID == "" {
			t.Errorf("reply %+v", r)
		}
	})
	run("StopBlocksAtTheNetworkUntilStart", func(t *testing.T, f *fixture) {
		send := func() {
			if _, err := f.Send(t.Context(), SMS{To: to, Body: "hello"}); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []struct {
			reply   string
			arrives bool
		}{{"please stop it", true}, {" stop ", false}, {"hello?", false}, {"Start", true}, {"ARRET", false}, {"unstop", true}, {"revoke", true}} {
			if _, err := f.Reply(t.Context(), to, step.reply); err != nil {
				t.Fatal(err)
			}
			f.open()
			before := len(f.arrived(""))
			send()
			if arrived := len(f.arrived("")) > before; arrived != step.arrives {
				t.Errorf("after %q: arrives %v", step.reply, arrived)
			}
		}
	})
	run("AFormPostGoesBackToThePage", func(t *testing.T, f *fixture) {
		w := f.call("POST", "/replies", "application/x-www-form-urlencoded", url.Values{"from": {to}, "body": {"1"}}.Encode())
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
			t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
		}
	})
	run("JSONThatIsCalledAFormIsRead", func(t *testing.T, f *fixture) {
		w := f.call("POST", "/replies", "application/x-www-form-urlencoded", `{"from":"`+to+`","body":"1+1"}`)
		if w.Code != http.StatusAccepted {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		f.runFor(time.Second)
		if len(f.replies) != 1 || f.replies[0].MessageBody != "1+1" {
			t.Errorf("replies %+v", f.replies)
		}
	})
	run("ErrInvalidNumberOrEmpty", func(t *testing.T, f *fixture) {
		for _, body := range []string{`{"from":"5","body":"x"}`, `{"from":"` + to + `","body":" "}`, `rubbish`} {
			if w := f.call("POST", "/replies", "application/json", body); w.Code != 400 {
				t.Errorf("%s: %d", body, w.Code)
			}
		}
	})
	run("OtherSitesMayNotPost", func(t *testing.T, f *fixture) {
		r := httptest.NewRequest("POST", "/replies", strings.NewReader(`{"from":"`+to+`","body":"x"}`))
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden {
			t.Errorf("status %d", w.Code)
		}
	})
}

func TestPage(t *testing.T) {
	f := start(t)
	if _, err := f.Send(t.Context(), SMS{To: to, Body: "a <b>text</b> with ñ"}); err != nil {
		t.Fatal(err)
	}
	f.Reply(t.Context(), to, "STOP")
	if _, err := f.Send(t.Context(), SMS{To: to, Body: "lost"}); err != nil {
		t.Fatal(err)
	}
	w := f.call("GET", "/", "", "")
	for _, want := range []string{to, "a &lt;b&gt;text&lt;/b&gt; with ñ", "GSM-7, 1 part", "opted out", "not delivered: Phone number is opted out"} {
		// html/template writes + as an entity.
		if !strings.Contains(strings.ReplaceAll(w.Body.String(), "&#43;", "+"), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(w.Body.String(), "http://") || strings.Contains(w.Body.String(), "https://") {
		t.Error("the page needs something from elsewhere")
	}
	if strings.Contains(f.log.String(), to) {
		t.Error("a number is in the log")
	}
}

func TestSelfManagedOptOuts(t *testing.T) {
	f := start(t)
	f.Network.config.SelfManagedOptOuts = true
	f.Reply(t.Context(), to, "STOP")
	if out, err := f.CheckOptedOut(to); out || err != nil {
		t.Errorf("%v, %v", out, err)
	}
}
