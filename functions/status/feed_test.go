package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
)

// hear notes that a feed was heard so long ago and, if it was a roster, that it vouches for everyone on it.
func (d *desk) hear(t *testing.T, name string, ago time.Duration, roster bool) {
	t.Helper()
	at := noon.Add(-ago)
	if err := d.feeds.Heard(context.Background(), name, at, at); err != nil {
		t.Fatal(err)
	}
	if !roster {
		return
	}
	if err := d.feeds.Confirm(context.Background(), name, at, at); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) page(language string) string {
	return d.post(url.Values{"a_number": {"012345678"}, "country_of_birth": {"MX"}, "lang": {language}}).Body.String()
}

func (d *desk) result(t *testing.T) result {
	t.Helper()
	w := d.search(`{"a_number":"012345678","country_of_birth":"MX"}`)
	var answer struct{ Results []result }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Results) != 1 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return answer.Results[0]
}

func TestAgeOfTheNews(t *testing.T) {
	of := func(name string) func(*custody.Record) {
		return func(r *custody.Record) {
			r.Feed, r.AsOf, r.ReceivedAt = name, noon.AddDate(0, 0, -9), noon.AddDate(0, 0, -9)
		}
	}
	t.Run("AsOfTheRosterThatVouchesForThePerson", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", of("north"))
		d.hear(t, "north", 2*time.Hour, true)
		if got := d.result(t); !got.AsOf.Equal(noon.Add(-2*time.Hour)) || strings.Contains(got.Explanation, "no news") {
			t.Errorf("got %+v", got)
		}
		if body := d.page("en"); !strings.Contains(body, "As of June 1, 2026, 10:00 AM EDT.") {
			t.Error("the page has another moment")
		}
	})
	for name, c := range map[string]struct {
		feed   string
		roster bool
		change func(*custody.Record)
	}{
		"FeedWithoutRosters": {"north", false, func(*custody.Record) {}},
		"AnotherFeed":        {"south", true, func(*custody.Record) {}},
		"Released":           {"north", true, func(r *custody.Record) { r.Status = custody.Released }},
		"NotOnTheList":       {"north", true, func(r *custody.Record) { r.UnlistedSince = noon.Add(-3 * time.Hour) }},
		"LateNews":           {"north", true, func(r *custody.Record) { r.ReceivedAt = noon.Add(-time.Hour) }},
	} {
		t.Run("AsOfTheRecordAlone/"+name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, "012345678", func(r *custody.Record) { of("north")(r); c.change(r) })
			d.hear(t, c.feed, 2*time.Hour, c.roster)
			if got := d.result(t); !got.AsOf.Equal(noon.AddDate(0, 0, -9)) {
				t.Errorf("got %+v", got)
			}
		})
	}
	t.Run("SilentFeedIsSaid", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", of("north"))
		d.hear(t, "north", 28*time.Hour, true)
		for language, want := range map[string]string{
			"en": "We have had no update from this source since May 31, 2026, 8:00 AM EDT. Things may have changed: call 1-855-488-6423 to be sure.",
			"es": "No hemos recibido noticias de esta fuente desde el 31 de mayo de 2026, 8:00 a. m. EDT. Algo puede haber cambiado: llame al 1-855-488-6423 para confirmar.",
		} {
			if body := d.page(language); !strings.Contains(body, want) || strings.Contains(body, "for 9 days") {
				t.Errorf("the page in %s lacks %q", language, want)
			}
		}
		if got := d.result(t); !strings.Contains(got.Explanation, "no update from this source since") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("FeedThatSpeaksIsNotCalledOld", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", of("north"))
		d.hear(t, "north", time.Hour, false)
		if got := d.result(t); strings.Contains(got.Explanation, "no update") || strings.Contains(got.Explanation, "no news") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("FeedThatIsNotKnownGoesByDays", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", of(""))
		d.hear(t, "north", time.Hour, true)
		if got := d.result(t); !strings.Contains(got.Explanation, "no news of this person for 9 days") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("FeedsThatCannotBeReadHoldNothingUp", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", of("north"))
		d.hear(t, "north", 2*time.Hour, true)
		d.feeds.Name += "-gone"
		if got := d.result(t); !got.AsOf.Equal(noon.AddDate(0, 0, -9)) || !strings.Contains(got.Explanation, "for 9 days") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("OneCallALookUpAndOneForTheFeedsAMinute", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", of("north"))
		d.secrets(t)
		before := d.meter.Read().Calls
		for range 2 {
			for range 5 {
				d.page("en")
				d.search(`{"a_number":"000000011","country_of_birth":"MX"}`)
				d.search(`{"a_number":"999999999","country_of_birth":"MX"}`)
			}
			d.now = d.now.Add(time.Minute)
		}
		if calls := d.meter.Read().Calls - before; calls != 32 {
			t.Errorf("30 look-ups in two minutes took %d calls", calls)
		}
	})
	t.Run("NoOracleWhenTheFeedsAreRead", func(t *testing.T) {
		d := newDesk(t)
		d.hear(t, "north", 28*time.Hour, true)
		var first string
		for name, q := range d.secrets(t) {
			d.now = d.now.Add(time.Minute)
			before := d.meter.Read()
			answer := d.alike(t, q)
			after := d.meter.Read()
			if first == "" {
				first = answer
			}
			if answer != first || after.Calls-before.Calls != 2 || after.RRU-before.RRU != 1 {
				t.Errorf("%s: %d calls, %v units", name, after.Calls-before.Calls, after.RRU-before.RRU)
			}
		}
	})
}

func TestUnlisted(t *testing.T) {
	d := newDesk(t)
	d.add(t, "012345678", func(r *custody.Record) {
		r.Feed, r.AsOf, r.ReceivedAt, r.UnlistedSince = "north", noon.AddDate(0, 0, -2), noon, noon.Add(-3*time.Hour)
	})
	d.hear(t, "north", 3*time.Hour, true)
	for language, wants := range map[string][]string{
		"en": {"Our record of May 30, 2026 says: in custody. But this person is not on the agency’s list of June 1, 2026.",
			"may be free, or may be held somewhere else", "Call 1-855-488-6423", "As of June 1, 2026, 9:00 AM EDT."},
		"es": {"Nuestro registro del 30 de mayo de 2026 dice: bajo custodia. Pero esta persona no está en la lista de la agencia del 1 de junio de 2026.",
			"puede estar libre o detenida en otro lugar", "Llame al 1-855-488-6423"},
	} {
		t.Run("ThePageSaysSo/"+language, func(t *testing.T) {
			body := d.page(language)
			for _, want := range wants {
				if !strings.Contains(body, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			for _, wrong := range []string{"FLORENCE", "cannot leave", "no puede salir"} {
				if strings.Contains(body, wrong) {
					t.Errorf("the page says %q", wrong)
				}
			}
		})
	}
	t.Run("JSON", func(t *testing.T) {
		got := d.result(t)
		if got.Status != custody.InCustody || !got.UnlistedSince.Equal(noon.Add(-3*time.Hour)) || got.Facility != "" ||
			!got.AsOf.Equal(noon.AddDate(0, 0, -2)) || !strings.Contains(got.Explanation, "not on the agency’s list of June 1, 2026. The person may be free") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("NothingOfItOnceTheyAreListedAgain", func(t *testing.T) {
		d := newDesk(t)
		d.add(t, "012345678", nil)
		if body := d.search(`{"a_number":"012345678","country_of_birth":"MX"}`).Body.String(); strings.Contains(body, "unlisted") || strings.Contains(body, "list") {
			t.Errorf("got %s", body)
		}
	})
}
