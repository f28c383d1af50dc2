package phone

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const mailbox = "ana@mail.example"

func TestMail(t *testing.T) {
	t.Run("Arrives", func(t *testing.T) {
		f := start(t)
		if id, err := f.SendMail(t.Context(), Mail{To: mailbox, Subject: "News <b>", Body: "está\nlibre"}); err != nil || id == "" {
			t.Fatal(id, err)
		}
		f.open()
		if got := f.arrived("?to=" + mailbox); !slices.Equal(got, []string{"está\nlibre"}) {
			t.Errorf("arrived %q", got)
		}
		if w := f.call("GET", "/messages?to="+mailbox, "", ""); !strings.Contains(w.Body.String(), `"subject":"News \u003cb\u003e"`) {
			t.Errorf("told as %s", w.Body)
		}
		page := f.call("GET", "/", "", "").Body.String()
		for _, want := range []string{mailbox, "<strong>News &lt;b&gt;</strong>", "está\nlibre"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page has no %q", want)
			}
		}
		for _, unwanted := range []string{"GSM-7", `value="` + mailbox} { // no parts, and no box to reply
			if strings.Contains(page, unwanted) {
				t.Errorf("the page has %q", unwanted)
			}
		}
		if strings.Contains(f.log.String(), mailbox) {
			t.Error("an address is in the log")
		}
	})
	for rule, want := range map[Behaviour]error{Throttled: ErrThrottled, Invalid: ErrRejected, Error500: ErrNetwork} {
		t.Run("Refused_"+string(rule), func(t *testing.T) {
			f := start(t)
			if err := f.SetRule(Rule{mailbox, rule}); err != nil {
				t.Fatal(err)
			}
			if _, err := f.SendMail(t.Context(), Mail{To: mailbox, Body: "hello"}); !errors.Is(err, want) || strings.Contains(err.Error(), mailbox) {
				t.Errorf("error %v, want %v", err, want)
			}
			if len(f.arrived("")) != 0 {
				t.Error("a refused mail arrived")
			}
		})
	}
	t.Run("UnreachableIsAcceptedButNeverArrives", func(t *testing.T) {
		f := start(t)
		if err := f.SetRule(Rule{mailbox, Unreachable}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.SendMail(t.Context(), Mail{To: mailbox, Body: "hello"}); err != nil || len(f.arrived("")) != 0 {
			t.Errorf("%v, arrived %q", err, f.arrived(""))
		}
	})
	t.Run("LateComesLate", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := start(t)
			if err := f.SetRule(Rule{mailbox, Late}); err != nil {
				t.Fatal(err)
			}
			if _, err := f.SendMail(t.Context(), Mail{To: mailbox, Body: "hello"}); err != nil || len(f.arrived("")) != 0 {
				t.Errorf("%v, arrived %q", err, f.arrived(""))
			}
			time.Sleep(4 * time.Second)
			if len(f.arrived("")) != 1 {
				t.Error("never came")
			}
		})
	})
	t.Run("ErrNoAddressOrNoMail", func(t *testing.T) {
		f := start(t)
		for _, m := range []Mail{{To: "ana", Body: "x"}, {To: "a@b", Body: "x"}, {To: "Ana <ana@mail.example>", Body: "x"}, {To: to, Body: "x"}} {
			if _, err := f.SendMail(t.Context(), m); !errors.Is(err, ErrInvalidAddress) {
				t.Errorf("%q: %v", m.To, err)
			}
		}
		for _, m := range []Mail{{To: mailbox}, {To: mailbox, Subject: "a\nBcc: b@mail.example", Body: "x"}} {
			if _, err := f.SendMail(t.Context(), m); !errors.Is(err, ErrInvalidMail) {
				t.Errorf("%q: %v", m.Subject, err)
			}
		}
		if _, err := f.Reply(t.Context(), mailbox, "STOP"); !errors.Is(err, ErrInvalidNumber) {
			t.Errorf("a reply by mail: %v", err)
		}
	})
}
