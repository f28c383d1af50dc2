package inquiry

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"voice.example/shared/i18n"
)

func TestInQueue(t *testing.T) {
	table, now := newTable(t)
	var all []string
	for n := range 7 {
		language := i18n.English
		if n%2 == 1 {
			language = "es"
		}
		i := open(t, table, fmt.Sprint(n), Inquiry{Reason: Other, Language: language})
		all = append(all, i.Reference)
		*now = now.Add(time.Minute)
	}
	read := func(l List) (references []string, pages int) {
		t.Helper()
		for {
			page, err := table.InQueue(ctx, National, Open, l)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			for _, i := range page.Inquiries {
				if i.Timeline != nil || i.PINHash != "" {
					t.Error("a list has more than it shows")
				}
				references = append(references, i.Reference)
			}
			if l.After = page.Next; l.After == "" {
				return references, pages
			}
		}
	}
	t.Run("WhatIsDueFirst", func(t *testing.T) {
		if got, pages := read(List{Limit: 3}); !slices.Equal(got, all) || pages != 3 {
			t.Errorf("%v in %d pages", got, pages)
		}
	})
	t.Run("WhatIsDueLast", func(t *testing.T) {
		got, _ := read(List{Limit: 3, Latest: true})
		slices.Reverse(got)
		if !slices.Equal(got, all) {
			t.Errorf("%v", got)
		}
	})
	t.Run("Filtered", func(t *testing.T) {
		if got, pages := read(List{Limit: 2, Language: "es"}); !slices.Equal(got, []string{all[1], all[3], all[5]}) || pages != 2 {
			t.Errorf("%v in %d pages", got, pages)
		}
		if got, _ := read(List{Limit: 2, Language: "es", Reason: Alerts}); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
	t.Run("OfAPerson", func(t *testing.T) {
		if _, err := table.Take(ctx, all[2], theo); err != nil {
			t.Fatal(err)
		}
		page, err := table.OfPerson(ctx, theo.Email, Assigned, List{Limit: 10})
		if err != nil || len(page.Inquiries) != 1 || page.Inquiries[0].Reference != all[2] || page.Next != "" {
			t.Errorf("%+v, %v", page, err)
		}
		if got, _ := read(List{Limit: 10}); len(got) != 6 {
			t.Errorf("%v", got)
		}
	})
	t.Run("ErrAfter", func(t *testing.T) {
		if _, err := table.InQueue(ctx, National, Open, List{Limit: 3, After: "x"}); !errors.Is(err, ErrAfter) {
			t.Errorf("%v", err)
		}
	})
}
