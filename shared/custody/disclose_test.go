package custody

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestWhyAgreesWithDisclosable tries records of every kind: Why gives a reason exactly for those that Disclosable refuses, and
// the reason is true.
func TestWhyAgreesWithDisclosable(t *testing.T) {
	seen := map[Hidden]bool{}
	rapid.Check(t, func(t *rapid.T) {
		r := Record{
			Protected: rapid.SampledFrom([]*bool{nil, &no, &yes}).Draw(t, "protected"),
			DateOfBirth: rapid.OneOf(rapid.SampledFrom([]string{"", "1990", "not stated", "2008-05-31", "2008-06-01", "2008-06-02", "2008-02-29"}),
				rapid.Custom(func(t *rapid.T) string {
					return noon.AddDate(0, 0, -rapid.IntRange(0, 40_000).Draw(t, "days")).Format(time.DateOnly)
				})).Draw(t, "born"),
			ExpiresAt: rapid.SampledFrom([]int64{0, noon.Unix() - 1, noon.Unix() + 1}).Draw(t, "expires"),
			LegalHold: rapid.Bool().Draw(t, "held"),
		}
		why := Why(r, noon)
		seen[why] = true
		if (why == NotHidden) != Disclosable(r, noon) {
			t.Fatalf("Why says %q, Disclosable %t", why, Disclosable(r, noon))
		}
		born, err := time.Parse(time.DateOnly, r.DateOfBirth)
		holds := map[Hidden]bool{NotHidden: true, HiddenOver: r.Over(noon), HiddenUnstated: r.Protected == nil, HiddenFlag: r.Protected != nil && *r.Protected,
			HiddenNoBirth: err != nil, HiddenMinor: err == nil && born.AddDate(AdultAge, 0, 0).After(noon.Add(-12*time.Hour))}
		if !holds[why] {
			t.Fatalf("Why says %q of %s, protected %v", why, r.DateOfBirth, r.Protected)
		}
	})
	if len(seen) != 6 {
		t.Errorf("only %v were tried", seen)
	}
}
