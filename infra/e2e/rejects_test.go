package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// testRejects uploads files with faults.
func testRejects(t *testing.T, s *stack) {
	t.Run("BadRowsAreNamedAndGoodOnesApplied", func(t *testing.T) { testBadRows(t, s) })
	t.Run("UnusableFileIsRejectedWhole", func(t *testing.T) { testBadFiles(t, s) })
	t.Run("OtherEncodingsAndSeparatorsAreRead", func(t *testing.T) { testSpellings(t, s) })
}

func testBadRows(t *testing.T, s *stack) {
	first, last := s.person(), s.person()
	bad := func(change func(cells map[string]string)) []string {
		row := s.person().out(ago(9), ago(2), "Removed").cells()
		cells := map[string]string{}
		for i, title := range agencyTitles {
			cells[title] = row[i]
		}
		change(cells)
		out := make([]string, len(agencyTitles))
		for i, title := range agencyTitles {
			out[i] = cells[title]
		}
		return out
	}
	set := func(title, value string) func(map[string]string) {
		return func(cells map[string]string) { cells[title] = value }
	}
	short := bad(func(map[string]string) {})[:5]
	faults := []struct {
		cells             []string
		column, value, of string // of is part of the problem
	}{
		{bad(set("A-Number", "12AB")), "A-Number", "99xx", "A-number"},
		{bad(set("A-Number", "=HYPERLINK(1)")), "A-Number", "'=xxxxxxxxx(9)", "A-number"},
		{bad(set("A-Number", "")), "A-Number", "", "A-number"},
		{bad(set("Date of Birth", "31/31/1980")), "Date of Birth", "99/99/9999", "date of birth"},
		{bad(set("Birth Country", "ATLANTIS")), "Birth Country", "ATLANTIS", "country"},
		{bad(set("Protected", "maybe")), "Protected", "maybe", "neither yes nor no"},
		{bad(set("Detention Release Reason", "Vanished")), "Detention Release Reason", "Vanished", "release reason"},
		{bad(set("Detention Release Reason", "@SUM(1)")), "Detention Release Reason", "'@SUM(1)", "release reason"},
		{bad(set("Detention Release Reason", "")), "Detention Release Reason", "", "without a release reason"},
		{bad(set("Book Out Date Time", "")), "Book Out Date Time", "", "without a time of book-out"},
		{bad(set("Book Out Date Time", "yesterday")), "Book Out Date Time", "xxxxxxxxx", "time"},
		{bad(set("Book Out Date Time", moment(ago(20)))), "Book Out Date Time", moment(ago(20)), "before the book-in"},
		{bad(set("Book Out Date Time", moment(time.Now().AddDate(2, 0, 0)))), "Book Out Date Time", "", "ahead"},
		{bad(set("Book In Date Time", "")), "Book In Date Time", "", ""},
		{short, "", "", "cells"},
	}
	lines := [][]string{agencyTitles, first.held(ago(3)).cells()}
	for _, f := range faults {
		lines = append(lines, f.cells)
	}
	lines = append(lines, last.held(ago(3)).cells())
	m := s.upload(t, key("bad-rows"), sheet(t, lines))

	if want := (counts{Rows: len(faults) + 2, Applied: 2, Rejected: len(faults)}); m.State != "done" || m.counts() != want {
		t.Errorf("%+v, want %+v", m, want)
	}
	for _, p := range []person{first, last} {
		if r := s.lookUp(t, p.aNumber, p.country); r.status != 200 {
			t.Errorf("a good row is not there: %d", r.status)
		}
	}
	rejects := s.rejects(t, m)
	for i, f := range faults {
		line := strconv.Itoa(i + 3) // after the header and the first good row
		at := slices.IndexFunc(rejects, func(r reject) bool { return r.line == line && r.column == f.column })
		if at < 0 {
			t.Errorf("line %s, %s: not among the rejects %v", line, f.column, rejects)
			continue
		}
		r := rejects[at]
		if f.value != "" && r.value != f.value || !strings.Contains(r.problem, f.of) || r.problem == "" || r.fix == "" {
			t.Errorf("line %s is told as %+v, want the value %q and %q", line, r, f.value, f.of)
		}
	}
	for _, r := range rejects {
		for _, cell := range []string{r.column, r.value, r.problem, r.fix} {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet would calculate %q", cell)
			}
		}
	}
}

func testBadFiles(t *testing.T, s *stack) {
	p := s.person()
	good := string(file(t, p.held(ago(3))))
	for name, body := range map[string]string{
		"Empty":             "",
		"NoHeader":          strings.SplitN(good, "\n", 2)[1],
		"HeaderOfSomething": "Fruit,Colour\npear,green\n",
		"NoTimes":           "A-Number,Status\n" + p.aNumber + ",released\n",
		"SameColumnTwice":   "A-Number,Alien Number,Status,As Of\n1,2,released,2026-01-01\n",
		"Workbook":          "PK\x03\x04" + strings.Repeat("\x00", 100),
		"PDF":               "%PDF-1.7\n" + good,
		"Binary":            "\x00\x01\x02\x03" + good,
		"QuoteNeverClosed":  good + "\"" + p.aNumber + ",left open\n" + strings.SplitN(good, "\n", 2)[1],
	} {
		t.Run(name, func(t *testing.T) {
			m := s.upload(t, key("bad-file"), []byte(body))
			if m.State != "rejected" || m.Applied != 0 || m.Problem == "" || m.Fix == "" {
				t.Errorf("%+v", m)
			}
			if len(s.rejects(t, m)) != 1 {
				t.Errorf("rejects.csv is %v", s.rejects(t, m))
			}
			if strings.Contains(m.Problem, p.aNumber) || strings.Contains(m.Problem, p.last) {
				t.Errorf("%q repeats what is personal", m.Problem)
			}
		})
	}
	if r := s.lookUp(t, p.aNumber, p.country); r.status != 404 {
		t.Errorf("something of a rejected file was applied: %d", r.status)
	}
}

func testSpellings(t *testing.T, s *stack) {
	for name, spell := range map[string]func(string) string{
		"Semicolons":    func(csv string) string { return strings.ReplaceAll(csv, ",", ";") },
		"Tabs":          func(csv string) string { return strings.ReplaceAll(csv, ",", "\t") },
		"ByteOrderMark": func(csv string) string { return "\ufeff" + csv },
		"CarriageReturns": func(csv string) string {
			return strings.ReplaceAll(csv, "\n", "\r\n")
		},
		"UTF16": func(csv string) string {
			var b strings.Builder
			b.WriteString("\xff\xfe")
			for _, r := range csv { // all of it is ASCII
				b.WriteByte(byte(r))
				b.WriteByte(0)
			}
			return b.String()
		},
		"LowerCaseTitles": func(csv string) string {
			header, rest, _ := strings.Cut(csv, "\n")
			return strings.ToLower(strings.ReplaceAll(header, " ", "_")) + "\n" + rest
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.person()
			m := s.upload(t, key("spelling"), []byte(spell(string(file(t, p.held(ago(3)))))))
			if m.counts() != (counts{Rows: 1, Applied: 1}) {
				t.Errorf("%+v", m)
			}
			if r := s.lookUp(t, p.aNumber, "Honduras"); r.status != 200 {
				t.Errorf("the person is not found: %d", r.status)
			}
		})
	}
}
