package phone

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestEvents(t *testing.T) {
	for rule, want := range map[Behaviour][]string{
		Deliver:       {"TEXT_PENDING false", "TEXT_DELIVERED true"},
		Unreachable:   {"TEXT_PENDING false", "TEXT_UNREACHABLE true"},
		DoubleReceipt: {"TEXT_PENDING false", "TEXT_DELIVERED true", "TEXT_DELIVERED true"},
	} {
		t.Run(string(rule), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := start(t)
				f.rule(rule)
				id, err := f.Send(t.Context(), SMS{To: to, Body: "hello", SMSType: "TRANSACTIONAL", ByEndUserMessaging: true})
				if err != nil {
					t.Fatal(err)
				}
				f.open() // a kill right after the answer
				f.runFor(time.Second)
				var got []string
				for _, e := range f.events {
					got = append(got, fmt.Sprint(e.EventType, " ", e.IsFinal))
					if e.MessageID != id || e.DestinationPhoneNumber != to || e.OriginationPhoneNumber != defaultFrom || e.MessageRequestTimestamp == 0 ||
						e.MessageType != "TRANSACTIONAL" || e.MessageEncoding != "GSM" || e.TotalMessageParts != 1 {
						t.Errorf("%+v", e)
					}
				}
				if !slices.Equal(got, want) || len(f.receipts) != 0 {
					t.Errorf("events %q, receipts %+v", got, f.receipts)
				}
			})
		})
	}
	t.Run("RefusesAPhoneThatIsOptedOut", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := start(t)
			if _, err := f.Reply(t.Context(), to, "STOP"); err != nil {
				t.Fatal(err)
			}
			if _, err := f.Send(t.Context(), SMS{To: to, Body: "hello", ByEndUserMessaging: true}); !errors.Is(err, ErrOptedOut) {
				t.Errorf("got %v", err)
			}
			f.runFor(time.Second)
			if len(f.arrived("")) != 0 || len(f.events) != 0 {
				t.Error("a refused text went on")
			}
		})
	})
}
