package volume

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Threshold is the smallest number, but for none at all, that is published. Fewer people than that could be recognised by
// those who know something of them.
//
// Source: Washington State Department of Health, "Standards for Reporting Data with Small Numbers", which keeps back counts
// from 1 to 9; the Centers for Medicare & Medicaid Services' cell size policy keeps back 10 too.
const Threshold = 10

// leeway is how many values must remain possible for every number that is not shown, to whoever knows all that is.
const leeway = 5

// Breakdown is a whole by its parts, such as the inquiries of a quarter by reason. Each is in exactly one part.
type Breakdown struct {
	Name string
	// Whole names the total. Breakdowns of the same whole have the same total.
	Whole string
	Parts []Part
}

// Part is one part of a breakdown.
type Part struct {
	Name string
	N    int64
}

// Ref names a part: a breakdown and a part of it.
type Ref struct{ Breakdown, Part string }

// Link says what a reader knows who knows the service: that one part has, by itself, all of others of other breakdowns in
// it, and maybe more.
type Link struct {
	Sum Ref
	Of  []Ref
}

// Figure is a number as it is published. What is not shown is not in it.
type Figure struct {
	N     int64
	Shown Shown
}

// Shown is how much of a number is published.
type Shown string

const (
	InFull   Shown = "in full"
	Small    Shown = "small"    // that it is from 1 to 9
	Withheld Shown = "withheld" // nothing: a smaller one could be worked out with it
)

// String is the figure as it is printed.
func (f Figure) String() string {
	switch f.Shown {
	case Small:
		return "<" + strconv.Itoa(Threshold)
	case Withheld:
		return "withheld"
	}
	return strconv.FormatInt(f.N, 10)
}

// FigureOf is a number that nothing else published has to do with.
func FigureOf(n int64) Figure {
	if n > 0 && n < Threshold {
		return Figure{Shown: Small}
	}
	return Figure{N: n, Shown: InFull}
}

// PublishedPart is a part as it is published.
type PublishedPart struct {
	Name string
	Figure
}

// Published is a breakdown as it is published, its parts by name. One that is withheld as a whole has none.
type Published struct {
	Name     string
	Total    Figure
	Parts    []PublishedPart
	Withheld bool
}

// Publish decides which numbers are shown, so that no number under the Threshold is, nor can be worked out from those that
// are: from a total and the other parts, from another breakdown, or by a link. Whatever is not shown, at least
// five values (leeway) of it fit all that is, for a reader who knows the rules too: that a number marked as small is from
// 1 to 9, and one that is withheld 10 or more. A part of none is left out, so what is not listed is none. The order of
// the parts says nothing of their numbers.
//
// First every small number is hidden. Then, while the leeway of a hidden number is too little, the smallest number is
// withheld that it could be worked out from, and where there is none left, its whole breakdown. At last whatever was
// withheld in vain is shown again, the largest first. Breakdowns of a small total are withheld.
//
// Its limits: it knows what is given to it. What is published elsewhere, such as the total of a year of which three
// quarters show a number that the fourth hides, or the same quarter once more after its numbers have changed, can give away what
// is hidden here. And somebody who repeats these steps for every number that may be hidden can rule some of them out,
// since other numbers would have hidden others.
func Publish(breakdowns []Breakdown, links []Link) []Published {
	s := newSheet(breakdowns, links)
	for {
		narrow, is := s.narrowest()
		if !is {
			break
		}
		s.hideFor(narrow)
	}
	s.showAgain()
	return s.published()
}

// sheet is what is published while it is decided.
type sheet struct {
	breakdowns []Breakdown
	withheld   []bool // the breakdown as a whole
	first      []int  // the first cell of each breakdown
	cells      []cell
	links      []equation
}

// cell is a part of a breakdown.
type cell struct {
	n         int64
	shown     Shown
	breakdown int
}

// equation says that the sum of some cells, less that of others, is a number, or is no more than that.
type equation struct {
	plus, less []int // cells
	is         int64
	orLess     bool
}

func newSheet(breakdowns []Breakdown, links []Link) *sheet {
	s := &sheet{withheld: make([]bool, len(breakdowns)), first: make([]int, len(breakdowns))}
	at := map[Ref]int{}
	for i, b := range breakdowns {
		b.Parts = slices.DeleteFunc(slices.Clone(b.Parts), func(p Part) bool { return p.N <= 0 })
		slices.SortFunc(b.Parts, func(x, y Part) int { return strings.Compare(x.Name, y.Name) })
		s.breakdowns, s.first[i] = append(s.breakdowns, b), len(s.cells)
		for _, p := range b.Parts {
			at[Ref{b.Name, p.Name}] = len(s.cells)
			s.cells = append(s.cells, cell{p.N, FigureOf(p.N).Shown, i})
		}
		s.withheld[i] = FigureOf(s.total(i)).Shown == Small
	}
	for _, l := range links {
		sum, ok := at[l.Sum]
		if !ok {
			continue // none, so the others are none too
		}
		e := equation{less: []int{sum}}
		n := s.cells[sum].n
		for _, ref := range l.Of {
			if part, ok := at[ref]; ok {
				e.plus = append(e.plus, part)
				n -= s.cells[part].n
			}
		}
		// If nothing more is in it, a reader may take that for granted and be right.
		if e.orLess = n > 0; n >= 0 {
			s.links = append(s.links, e)
		}
	}
	return s
}

// total is that of a breakdown.
func (s *sheet) total(breakdown int) (sum int64) {
	for _, p := range s.breakdowns[breakdown].Parts {
		sum += p.N
	}
	return sum
}

// hidden reports whether a cell's number is not to be known.
func (s *sheet) hidden(i int) bool {
	return s.cells[i].shown != InFull || s.withheld[s.cells[i].breakdown]
}

// hideFor hides one thing more, so that a cell has more leeway.
func (s *sheet) hideFor(i int) {
	equations := s.equations()
	near := func(e equation) bool { return slices.Contains(e.plus, i) || slices.Contains(e.less, i) }
	around := component(equations, i, s.hidden)
	for _, group := range [][]equation{filter(equations, near), around} {
		smallest := -1
		for _, e := range group {
			for _, c := range slices.Concat(e.plus, e.less) {
				if !s.hidden(c) && (smallest < 0 || s.cells[c].n < s.cells[smallest].n) {
					smallest = c
				}
			}
		}
		if smallest >= 0 {
			s.cells[smallest].shown = Withheld
			return
		}
	}
	if own := s.cells[i].breakdown; !s.withheld[own] {
		s.withheld[own] = true
		return
	}
	for _, e := range around {
		for _, c := range slices.Concat(e.plus, e.less) {
			if b := s.cells[c].breakdown; !s.withheld[b] {
				s.withheld[b] = true
				return
			}
		}
	}
}

// showAgain shows what was withheld and need not be, one or two at a time: two, since each of them may have been withheld
// only for the other.
func (s *sheet) showAgain() {
	var withheld []int
	for i, c := range s.cells {
		if c.shown == Withheld && !s.withheld[c.breakdown] {
			withheld = append(withheld, i)
		}
	}
	slices.SortStableFunc(withheld, func(a, b int) int { return cmp.Compare(s.cells[b].n, s.cells[a].n) })
	try := func(cells ...int) {
		if slices.ContainsFunc(cells, func(i int) bool { return s.cells[i].shown == InFull }) {
			return
		}
		set := func(shown Shown) {
			for _, i := range cells {
				s.cells[i].shown = shown
			}
		}
		if set(InFull); s.isNarrow() {
			set(Withheld)
		}
	}
	for _, i := range withheld {
		try(i)
	}
	for n, i := range withheld {
		for _, j := range withheld[n+1:] {
			try(i, j)
		}
	}
}

func (s *sheet) isNarrow() bool {
	_, is := s.narrowest()
	return is
}

func filter(equations []equation, keep func(equation) bool) (kept []equation) {
	for _, e := range equations {
		if keep(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// published is the sheet as it is published.
func (s *sheet) published() (all []Published) {
	for i, b := range s.breakdowns {
		p := Published{Name: b.Name, Total: FigureOf(s.total(i)), Withheld: s.withheld[i]}
		for n, part := range b.Parts {
			if p.Withheld {
				break
			}
			f := Figure{Shown: s.cells[s.first[i]+n].shown}
			if f.Shown == InFull {
				f.N = part.N
			}
			p.Parts = append(p.Parts, PublishedPart{part.Name, f})
		}
		all = append(all, p)
	}
	return all
}
