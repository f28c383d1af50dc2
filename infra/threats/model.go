// Command threats runs the tests that infra/threats.md names, and says which of them passed.
package main

import (
	"fmt"
	"regexp"
	"strings"
)

// Threat is one row of the page: what is tried, and the tests that stand against it.
type Threat struct {
	What  string
	Tests []Test
}

// Test is a test of a package, as "shared/web" and "TestEdge/ErrNone".
type Test struct{ Package, Name string }

func (t Test) String() string { return t.Package + " " + t.Name }

// Func is the function that the test is, or is within.
func (t Test) Func() string {
	name, _, _ := strings.Cut(t.Name, "/")
	return name
}

// Limit is one row of the page's limits: how many, and where that is set.
type Limit struct{ What, Most, Where string }

var named = regexp.MustCompile("`([a-z][\\w/]*) (Test[\\w/]*)`")

// Read reads the page's tables.
func Read(page string) (threats []Threat, limits []Limit, err error) {
	for _, line := range strings.Split(page, "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case !strings.HasPrefix(line, "|") || len(cells) != 4 || strings.HasPrefix(cells[0], "---") || strings.HasPrefix(cells[0], "**"):
		case cells[0] == "threat" || cells[0] == "what":
		case cells[1] != "" && strings.Trim(cells[1], "0123456789") == "":
			limits = append(limits, Limit{cells[0], cells[1], cells[3]})
		default:
			t := Threat{What: cells[0]}
			for _, m := range named.FindAllStringSubmatch(cells[3], -1) {
				t.Tests = append(t.Tests, Test{m[1], m[2]})
			}
			if len(t.Tests) == 0 || strings.Count(cells[3], "`") != 2*len(t.Tests) {
				return nil, nil, fmt.Errorf("%q: what stands in the last column is no list of tests", t.What)
			}
			threats = append(threats, t)
		}
	}
	return threats, limits, nil
}
