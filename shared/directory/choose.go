package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"voice.example/shared/i18n"
	"voice.example/shared/staff"
)

// Choose picks, of several people, who is to have the next inquiry: of those who are not away that day, the ones who speak
// its language first, then who has the fewest open, then who has waited longest for one, then by e-mail address. False is
// for nobody. Their order does not matter, and people are not changed.
func Choose(candidates []Person, l i18n.Language, day string) (Person, bool) {
	here := slices.DeleteFunc(slices.Clone(candidates), func(p Person) bool { return p.Away(day) })
	if len(here) == 0 {
		return Person{}, false
	}
	return slices.MinFunc(here, func(a, b Person) int {
		return cmp.Or(
			lastFalse(a.Speaks(l), b.Speaks(l)),
			cmp.Compare(a.Open, b.Open),
			strings.Compare(a.AssignedAt, b.AssignedAt), // "", never, comes before every time
			strings.Compare(a.Email, b.Email),
		)
	}), true
}

// lastFalse compares so that true comes first.
func lastFalse(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// Choose is the e-mail address of who of an office, or of National, is to have the next inquiry that needs a role and a
// language; "" for nobody. It reads the directory; whoever asks more than once reads it themselves.
func (t *Table) Choose(ctx context.Context, office string, role staff.Role, l i18n.Language) (string, error) {
	d, err := t.Read(ctx)
	if err != nil {
		return "", err
	}
	chosen, _ := Choose(d.Candidates(office, role), l, t.Today())
	return chosen.Email, nil
}
