package volume

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// breakdown makes one of names and numbers.
func breakdown(name, whole string, pairs ...any) Breakdown {
	b := Breakdown{Name: name, Whole: whole}
	for i := 0; i+1 < len(pairs); i += 2 {
		b.Parts = append(b.Parts, Part{pairs[i].(string), int64(pairs[i+1].(int))})
	}
	return b
}

// printed writes what is published in one line.
func printed(all []Published) string {
	var words []string
	for _, p := range all {
		words = append(words, p.Name+" "+p.Total.String()+":")
		for _, part := range p.Parts {
			words = append(words, part.Name+" "+part.String())
		}
		if p.Withheld {
			words = append(words, "withheld")
		}
	}
	return strings.Join(words, " ")
}

func TestPublish(t *testing.T) {
	for name, c := range map[string]struct {
		breakdowns []Breakdown
		links      []Link
		want       string
	}{
		"NothingSmall":  {[]Breakdown{breakdown("reason", "opened", "b", 100, "a", 10)}, nil, "reason 110: a 10 b 100"},
		"NothingAtAll":  {[]Breakdown{breakdown("reason", "opened", "a", 0)}, nil, "reason 0:"},
		"NoneIsNotSaid": {[]Breakdown{breakdown("reason", "opened", "a", 0, "b", 40)}, nil, "reason 40: b 40"},
		"OneSmallTakesTheNextSmallestWithIt": {[]Breakdown{breakdown("reason", "opened", "a", 3, "b", 40, "c", 100)}, nil,
			"reason 143: a <10 b withheld c 100"},
		"SeveralSmallHideOneAnother": {[]Breakdown{breakdown("reason", "opened", "a", 3, "b", 4, "c", 7, "d", 100)}, nil,
			"reason 114: a <10 b <10 c <10 d 100"},
		"ButNotIfTheyMustAllBeNine": {[]Breakdown{breakdown("reason", "opened", "a", 9, "b", 9, "c", 40)}, nil,
			"reason 58: a <10 b <10 c withheld"},
		"NorIfTheyMustAllBeOne": {[]Breakdown{breakdown("reason", "opened", "a", 1, "b", 1, "c", 40)}, nil,
			"reason 42: a <10 b <10 c withheld"},
		"NorIfTheOtherIsKnownToBeTenOrMore": {[]Breakdown{breakdown("reason", "opened", "a", 1, "b", 10, "c", 40)}, nil,
			"reason 51: a <10 b 10 c withheld"},
		"NowhereToHide": {[]Breakdown{breakdown("reason", "opened", "a", 1, "b", 10)}, nil, "reason 11: withheld"},
		"ASmallTotal":   {[]Breakdown{breakdown("reason", "opened", "a", 4, "b", 5)}, nil, "reason <10: withheld"},
		"AnotherBreakdownDoesNotTell": {[]Breakdown{breakdown("reason", "opened", "tip", 5, "own", 60, "x", 70, "y", 80),
			breakdown("outcome", "resolved", "off", 65, "answered", 100)},
			[]Link{{Ref{"outcome", "off"}, []Ref{{"reason", "tip"}, {"reason", "own"}}}},
			"reason 215: own withheld tip <10 x 70 y 80 outcome 165: answered 100 off 65"},
		"NorWhereTheNextSmallestIsAnother": {[]Breakdown{breakdown("reason", "opened", "tip", 5, "own", 60, "x", 20, "y", 80),
			breakdown("outcome", "resolved", "off", 65, "answered", 100)},
			[]Link{{Ref{"outcome", "off"}, []Ref{{"reason", "tip"}, {"reason", "own"}}}},
			"reason 165: own withheld tip <10 x 20 y 80 outcome 165: answered 100 off 65"},
		"ThatWhichIsTheSame": {[]Breakdown{breakdown("reason", "opened", "call_me", 5, "x", 70), breakdown("channel", "opened", "text", 5, "web", 30, "phone", 40)},
			[]Link{{Ref{"channel", "text"}, []Ref{{"reason", "call_me"}}}},
			"reason 75: call_me <10 x withheld channel 75: phone 40 text <10 web withheld"},
		"AndMoreThanThat": {[]Breakdown{breakdown("reason", "opened", "tip", 2, "own", 60, "x", 20, "y", 80),
			breakdown("outcome", "resolved", "off", 64, "answered", 100)},
			[]Link{{Ref{"outcome", "off"}, []Ref{{"reason", "tip"}, {"reason", "own"}}}},
			"reason 162: own withheld tip <10 x 20 y 80 outcome 164: answered 100 off 64"},
		"ALinkThatDoesNotHold": {[]Breakdown{breakdown("reason", "opened", "call_me", 3, "c", 40, "x", 70),
			breakdown("channel", "opened", "text", 2, "d", 41, "web", 70)},
			[]Link{{Ref{"channel", "text"}, []Ref{{"reason", "call_me"}}}},
			"reason 113: c withheld call_me <10 x 70 channel 113: d withheld text <10 web 70"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := printed(Publish(c.breakdowns, c.links)); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
	t.Run("WhatIsHiddenIsNotThere", func(t *testing.T) {
		for _, p := range Publish([]Breakdown{breakdown("reason", "opened", "a", 3, "b", 41, "c", 100)}, nil) {
			for _, part := range p.Parts {
				if part.Shown != InFull && part.N != 0 {
					t.Errorf("%+v", part)
				}
			}
		}
	})
}

// drawQuarter draws the breakdowns of a quarter, and the links between them, from inquiries one by one.
func drawQuarter(t *rapid.T) ([]Breakdown, []Link) {
	reasons := []string{"report_crime", "own_case", "call_me", "unanswered_alert", "custody_status", "other"}
	counts := map[string]map[string]int{"reason": {}, "channel": {}, "language": {}, "outcome": {}}
	for _, reason := range reasons {
		n := rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 30)).Draw(t, reason)
		counts["reason"][reason] = n
		switch reason {
		case "call_me":
			counts["channel"]["text"] += n
		case "unanswered_alert":
			counts["channel"]["alert"] += n
		case "report_crime", "own_case":
			counts["outcome"]["off_topic"] += n
			counts["channel"]["phone"] += n
		default:
			web := rapid.IntRange(0, n).Draw(t, "web")
			counts["channel"]["web"] += web
			counts["channel"]["phone"] += n - web
			answered := rapid.IntRange(0, n).Draw(t, "answered")
			counts["outcome"]["answered"] += answered
			if answered < n && rapid.IntRange(0, 3).Draw(t, "manner") == 0 { // by hand
				counts["outcome"]["off_topic"] += rapid.IntRange(0, n-answered).Draw(t, "off topic")
			}
		}
		es := rapid.IntRange(0, min(n, 12)).Draw(t, "es")
		counts["language"]["es"] += es
		counts["language"]["en"] += n - es
	}
	var all []Breakdown
	for _, name := range []string{"reason", "channel", "language", "outcome"} {
		b := Breakdown{Name: name, Whole: map[bool]string{true: Resolved, false: Opened}[name == "outcome"]}
		for part, n := range counts[name] {
			b.Parts = append(b.Parts, Part{part, int64(n)})
		}
		all = append(all, b)
	}
	return all, []Link{
		{Ref{"outcome", "off_topic"}, []Ref{{"reason", "report_crime"}, {"reason", "own_case"}}},
		{Ref{"channel", "text"}, []Ref{{"reason", "call_me"}}},
		{Ref{"channel", "alert"}, []Ref{{"reason", "unanswered_alert"}}},
	}
}

// TestAnAttackerLearnsNothingSmall plays somebody who has the publication, knows the rules and the service, and works out
// what can be worked out: by solving the equations, and by trying every number.
func TestAnAttackerLearnsNothingSmall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		breakdowns, links := drawQuarter(t)
		a := newAttacker(t, Publish(breakdowns, links), links, exact(breakdowns, links))
		for name, i := range a.unknown {
			if a.solves(i) {
				t.Fatalf("%s can be solved for", name)
			}
			if n := a.values(i); n < leeway {
				t.Fatalf("%s can only be %d numbers", name, n)
			}
		}
		for _, b := range breakdowns {
			for _, p := range b.Parts {
				if is, ok := a.shown[Ref{b.Name, p.Name}]; ok && (is != p.N || p.N > 0 && p.N < Threshold) {
					t.Fatalf("%s %s of %d is shown as %d", b.Name, p.Name, p.N, is)
				}
			}
		}
	})
}

// attacker has a system of equations: the rows' coefficients, and the sums. It is written without the code that it attacks.
type attacker struct {
	unknown   map[Ref]int
	shown     map[Ref]int64
	low, high []int
	rows      [][]int
	sums      []int
}

// exact says of each link whether nothing more is in the sum, which the attacker guesses right.
func exact(breakdowns []Breakdown, links []Link) (all []bool) {
	n := map[Ref]int64{}
	for _, b := range breakdowns {
		for _, p := range b.Parts {
			n[Ref{b.Name, p.Name}] = p.N
		}
	}
	for _, l := range links {
		left := n[l.Sum]
		for _, ref := range l.Of {
			left -= n[ref]
		}
		all = append(all, left == 0)
	}
	return all
}

func newAttacker(t *rapid.T, published []Published, links []Link, exact []bool) *attacker {
	a := &attacker{unknown: map[Ref]int{}, shown: map[Ref]int64{}}
	withheld := map[string]bool{}
	for _, p := range published {
		if withheld[p.Name] = p.Withheld; p.Withheld {
			continue
		}
		row, sum := map[int]int{}, int(p.Total.N)
		if p.Total.Shown != InFull {
			t.Fatalf("%s has parts and no total", p.Name)
		}
		for _, part := range p.Parts {
			if ref := (Ref{p.Name, part.Name}); part.Shown == InFull {
				a.shown[ref], sum = part.N, sum-int(part.N)
			} else {
				low, high := 1, 9
				if part.Shown == Withheld {
					low, high = 10, int(p.Total.N)
				}
				row[a.add(ref, low, high)] = 1
			}
		}
		a.equation(row, sum)
	}
	// What is not listed is none, unless its breakdown is withheld.
	for n, l := range links {
		row, sum := map[int]int{}, 0
		if !exact[n] {
			more := a.add(Ref{"more", l.Sum.Part}, 0, 400)
			row[more] = 1
			delete(a.unknown, Ref{"more", l.Sum.Part})
		}
		term := func(ref Ref, sign int) {
			switch i, ok := a.unknown[ref]; {
			case ok:
				row[i] += sign
			case withheld[ref.Breakdown]:
				row[a.add(ref, 0, 400)] += sign
			default:
				sum -= sign * int(a.shown[ref])
			}
		}
		term(l.Sum, -1)
		for _, ref := range l.Of {
			term(ref, 1)
		}
		a.equation(row, sum)
	}
	for ref := range a.unknown { // what is withheld as a whole may be none, which is nobody
		if withheld[ref.Breakdown] {
			delete(a.unknown, ref)
		}
	}
	return a
}

func (a *attacker) add(ref Ref, low, high int) int {
	a.unknown[ref] = len(a.low)
	a.low, a.high = append(a.low, low), append(a.high, high)
	return len(a.low) - 1
}

func (a *attacker) equation(row map[int]int, sum int) {
	if len(row) == 0 {
		return
	}
	coefficients := make([]int, 40)
	for i, c := range row {
		coefficients[i] = c
	}
	a.rows, a.sums = append(a.rows, coefficients), append(a.sums, sum)
}

// solves reports whether the equations alone have one solution for an unknown: whether a sum of multiples of them is it.
func (a *attacker) solves(i int) bool {
	var matrix [][]*big.Rat
	for _, row := range a.rows {
		var r []*big.Rat
		for _, c := range row {
			r = append(r, big.NewRat(int64(c), 1))
		}
		matrix = append(matrix, r)
	}
	target := make([]*big.Rat, 40)
	for n := range target {
		target[n] = new(big.Rat)
	}
	target[i].SetInt64(1)
	eliminate := func(from, by []*big.Rat, column int) {
		factor := new(big.Rat).Quo(from[column], by[column])
		for n := range from {
			from[n].Sub(from[n], new(big.Rat).Mul(factor, by[n]))
		}
	}
	used := 0
	for column := range 40 {
		pivot := slices.IndexFunc(matrix[used:], func(r []*big.Rat) bool { return r[column].Sign() != 0 })
		if pivot < 0 {
			continue
		}
		matrix[used], matrix[used+pivot] = matrix[used+pivot], matrix[used]
		for _, r := range matrix[used+1:] {
			eliminate(r, matrix[used], column)
		}
		eliminate(target, matrix[used], column)
		used++
	}
	return !slices.ContainsFunc(target, func(c *big.Rat) bool { return c.Sign() != 0 })
}

// values counts the numbers that an unknown can be, up to leeway.
func (a *attacker) values(i int) (n int) {
	for v := a.low[i]; v <= a.high[i] && n < leeway; v++ {
		low, high := slices.Clone(a.low), slices.Clone(a.high)
		low[i], high[i] = v, v
		if a.feasible(low, high) {
			n++
		}
	}
	return n
}

// feasible tries numbers, one unknown after the other, and narrows the others down after each.
func (a *attacker) feasible(low, high []int) bool {
	for changed := true; changed; {
		changed = false
		for r, row := range a.rows {
			for i, c := range row {
				if c == 0 {
					continue
				}
				least, most := a.sums[r], a.sums[r] // of what is left for c times i
				for j, d := range row {
					if j != i && d != 0 {
						least, most = least-max(d*low[j], d*high[j]), most-min(d*low[j], d*high[j])
					}
				}
				if c < 0 {
					least, most = -most, -least
				}
				if least > low[i] {
					low[i], changed = least, true
				}
				if most < high[i] {
					high[i], changed = most, true
				}
				if low[i] > high[i] {
					return false
				}
			}
		}
	}
	open := slices.IndexFunc(low, func(int) bool { return false })
	for i := range low {
		if low[i] < high[i] {
			open = i
			break
		}
	}
	if open < 0 {
		return true
	}
	for v := low[open]; v <= high[open]; v++ {
		l, h := slices.Clone(low), slices.Clone(high)
		if l[open], h[open] = v, v; a.feasible(l, h) {
			return true
		}
	}
	return false
}

// TestRangesAreExact compares the ranges with trying every number.
func TestRangesAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		breakdowns, links := drawQuarter(t)
		s := newSheet(breakdowns, links)
		for i := range s.cells { // hide anything, as on the way
			if s.cells[i].shown == InFull && rapid.Bool().Draw(t, "hide") {
				s.cells[i].shown = Withheld
			}
		}
		a := newAttacker(t, s.published(), links, exact(breakdowns, links))
		for ref, i := range a.unknown {
			c := slices.IndexFunc(s.cells, func(c cell) bool { return s.breakdowns[c.breakdown].Name == ref.Breakdown })
			for n, p := range s.breakdowns[s.cells[c].breakdown].Parts {
				if p.Name == ref.Part {
					c = s.first[s.cells[c].breakdown] + n
				}
			}
			r := newKnown(s, component(s.equations(), c, s.hidden)).ranges()[c]
			for _, end := range []struct {
				v    int64
				want bool
			}{{r.low - 1, false}, {r.low, true}, {r.high, true}, {r.high + 1, false}} {
				low, high := slices.Clone(a.low), slices.Clone(a.high)
				if low[i], high[i] = max(low[i], int(end.v)), min(high[i], int(end.v)); (low[i] <= high[i] && a.feasible(low, high)) != end.want {
					t.Fatalf("%v: %d..%d, but %d is possible: %v\n%s", ref, r.low, r.high, end.v, !end.want, fmt.Sprint(printed(s.published())))
				}
			}
		}
	})
}
