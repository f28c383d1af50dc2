package secret

import (
	"errors"
	"testing"
	"time"
)

func TestVisit(t *testing.T) {
	keys, noon := newKeys(t, keyA), time.Date(2026, 6, 1, 12, 0, 0, 500, time.UTC)
	began := BeginVisit("K7P4-QDX2", noon)
	t.Run("OK", func(t *testing.T) {
		token := keys.VisitToken("visit", began)
		got, err := keys.OpenVisit("visit", token, noon.Add(VisitIdle-2*time.Second))
		if err != nil || got != began {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("RenewedItLastsNoLongerThanMaxVisit", func(t *testing.T) {
		v, now := began, noon
		for now.Before(v.Until) {
			v, now = v.Renew(now), now.Add(VisitIdle-time.Minute)
		}
		if lasted := v.Until.Sub(v.Began); lasted != MaxVisit {
			t.Errorf("it lasted %s", lasted)
		}
	})
	for name, open := range map[string]func() (Visit, error){
		"ErrOver":         func() (Visit, error) { return keys.OpenVisit("visit", keys.VisitToken("visit", began), began.Until) },
		"ErrOtherPurpose": func() (Visit, error) { return keys.OpenVisit("visit", keys.VisitToken("other", began), noon) },
		"ErrNone":         func() (Visit, error) { return keys.OpenVisit("visit", "", noon) },
		"ErrOtherText":    func() (Visit, error) { return keys.OpenVisit("visit", keys.Seal("visit", "a|b"), noon) },
		"ErrOtherTimes":   func() (Visit, error) { return keys.OpenVisit("visit", keys.Seal("visit", "a|b|c"), noon) },
	} {
		t.Run(name, func(t *testing.T) {
			if v, err := open(); !errors.Is(err, ErrVisitOver) || v != (Visit{}) {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
}
