package volume

import "slices"

// unbounded is more than anything that is counted.
const unbounded = int64(1) << 40

// none stands for a number that is no cell's.
const none = -1

// equations are what a reader knows: that the parts of each breakdown are its total together, and the links.
func (s *sheet) equations() []equation {
	all := slices.Clone(s.links)
	for i, b := range s.breakdowns {
		if s.withheld[i] {
			continue
		}
		e := equation{is: s.total(i)}
		for n := range b.Parts {
			e.plus = append(e.plus, s.first[i]+n)
		}
		all = append(all, e)
	}
	return all
}

// bounds are what a reader knows of a cell by itself.
func (s *sheet) bounds(i int) (low, high int64) {
	switch c := s.cells[i]; {
	case s.withheld[c.breakdown]:
		return 0, unbounded // it is not even listed
	case c.shown == Small:
		return 1, Threshold - 1
	case c.shown == Withheld:
		return Threshold, unbounded
	default:
		return c.n, c.n
	}
}

// narrowest finds the hidden cell that all that is known leaves the fewest values, if that is fewer than leeway.
func (s *sheet) narrowest() (narrow int, is bool) {
	fewest := int64(leeway)
	equations := s.equations()
	done := make([]bool, len(s.cells))
	for i := range s.cells {
		if done[i] || !s.hidden(i) {
			continue
		}
		known := newKnown(s, component(equations, i, s.hidden))
		for cell, r := range known.ranges() {
			done[cell] = true
			if n := r.high - r.low + 1; n < fewest {
				narrow, fewest, is = cell, n, true
			}
		}
	}
	return narrow, is
}

// component is the equations that a hidden cell is in, and those that they share hidden cells with, and so on.
func component(equations []equation, i int, hidden func(int) bool) (connected []equation) {
	reached := map[int]bool{i: true}
	taken := make([]bool, len(equations))
	for grown := true; grown; {
		grown = false
		for n, e := range equations {
			cells := slices.Concat(e.plus, e.less)
			if taken[n] || !slices.ContainsFunc(cells, func(c int) bool { return reached[c] }) {
				continue
			}
			taken[n], grown = true, true
			connected = append(connected, e)
			for _, c := range cells {
				if hidden(c) {
					reached[c] = true
				}
			}
		}
	}
	return connected
}

// known is what a reader knows of some hidden cells: rows of coefficients, and what each sums up to.
type known struct {
	cells     []int
	low, high []int64
	rows      [][]int64
	sums      []int64
}

func newKnown(s *sheet, equations []equation) *known {
	k := &known{}
	column := map[int]int{}
	for _, e := range equations {
		for _, c := range slices.Concat(e.plus, e.less) {
			if _, ok := column[c]; !ok && s.hidden(c) {
				column[c] = len(k.cells)
				low, high := s.bounds(c)
				k.cells, k.low, k.high = append(k.cells, c), append(k.low, low), append(k.high, high)
			}
		}
	}
	first := len(k.cells)
	for _, e := range equations {
		if e.orLess { // what is missing is a number of its own
			k.cells, k.low, k.high = append(k.cells, none), append(k.low, 0), append(k.high, unbounded)
		}
	}
	for _, e := range equations {
		row, sum := make([]int64, len(k.cells)), e.is
		if e.orLess {
			row[first] = 1
			first++
		}
		for sign, cells := range map[int64][]int{1: e.plus, -1: e.less} {
			for _, c := range cells {
				if n, ok := column[c]; ok {
					row[n] += sign
				} else {
					sum -= sign * s.cells[c].n
				}
			}
		}
		k.rows, k.sums = append(k.rows, row), append(k.sums, sum)
	}
	return k
}

type interval struct{ low, high int64 }

// ranges are the least and the greatest whole number that each cell can be.
//
// By the duality of linear programming they are the tightest of the bounds that sums of the equations, each times some
// factor, imply. Here factors of -1, 0 and 1 are enough: each cell is in its breakdown's equation and in at most one
// link, so that, after some rows are turned round, no column has more than a 1 and a -1. Such a matrix is totally
// unimodular: the corners of what it allows are whole numbers, and the factors of the tightest bounds are of these three.
func (k *known) ranges() map[int]interval {
	best := make([]interval, len(k.cells))
	for n := range best {
		best[n] = interval{k.low[n], k.high[n]}
	}
	sums := make([]int64, len(k.cells)) // the coefficients of the sum of rows
	k.combine(0, 0, sums, best)
	all := make(map[int]interval, len(best))
	for n, r := range best {
		all[k.cells[n]] = r
	}
	delete(all, none)
	return all
}

// combine goes through all sums of the rows from row on, each times -1, 0 or 1.
func (k *known) combine(row int, sum int64, coefficients []int64, best []interval) {
	if row == len(k.rows) {
		k.tighten(sum, coefficients, best)
		return
	}
	for factor := int64(-1); factor <= 1; factor++ {
		for n, c := range k.rows[row] {
			coefficients[n] += factor * c
		}
		k.combine(row+1, sum+factor*k.sums[row], coefficients, best)
		for n, c := range k.rows[row] {
			coefficients[n] -= factor * c
		}
	}
}

// tighten uses one equation: a cell is what the sum leaves for it when all others are at their bounds.
func (k *known) tighten(sum int64, coefficients []int64, best []interval) {
	var least, most int64
	for n, c := range coefficients {
		low, high := k.term(-c, n)
		least, most = least+low, most+high
	}
	for n, c := range coefficients {
		low, high := k.term(-c, n)
		ownLow, ownHigh := k.term(1-c, n)
		best[n].low = max(best[n].low, sum+least-low+ownLow)
		best[n].high = min(best[n].high, sum+most-high+ownHigh)
	}
}

// term is the least and the greatest that a coefficient times a cell can be.
func (k *known) term(coefficient int64, n int) (low, high int64) {
	if coefficient < 0 {
		return coefficient * k.high[n], coefficient * k.low[n]
	}
	return coefficient * k.low[n], coefficient * k.high[n]
}
