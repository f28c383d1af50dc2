package permission

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// Exception is a grant that no call of the tests uses, with the reason why it stands. Each part may have wildcards.
type Exception struct {
	Role, Action, Resource, Why string
	When                        string // "" fits all
	// Rarely says that a call may use it all the same, in one run and not in the next: what only a fault or a race calls for.
	Rarely bool
}

func (e Exception) fits(g Grant) bool {
	return (e.When == "" || Matches(e.When, g.When)) && Matches(e.Role, g.Role) && Matches(e.Action, g.Action) && Matches(e.Resource, g.Resource)
}

// Compare says what is wrong with policies, in sentences that say what to do: calls that were refused, grants that nothing
// used and no exception explains, and exceptions that explain nothing.
func Compare(lines []Line, exceptions []Exception) (wrong []string) {
	granted, used := sets(lines)
	for _, l := range lines {
		if l.Kind == Refused {
			wrong = append(wrong, fmt.Sprintf("%s was refused %s on %s: add it to the role, or leave the call out", l.Role, l.Action, l.Resource))
		}
	}
	needed := make([]bool, len(exceptions))
	for _, g := range granted {
		explained := false
		for i, e := range exceptions {
			if e.fits(g) && (!used[g] || e.Rarely) {
				needed[i], explained = true, true
			}
		}
		if !used[g] && !explained {
			wrong = append(wrong, fmt.Sprintf("%s is never used: remove it from template.yaml, have a test use it, or explain it among the exceptions", g))
		}
	}
	for i, e := range exceptions {
		if !needed[i] {
			wrong = append(wrong, fmt.Sprintf("the exception %s %s on %s is no longer one: it fits nothing that is granted and unused", e.Role, e.Action, e.Resource))
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

func sets(lines []Line) (granted []Grant, used map[Grant]bool) {
	used = map[Grant]bool{}
	for _, l := range lines {
		switch l.Kind {
		case Granted:
			granted = append(granted, l.Grant)
		case Used:
			used[l.Grant] = true
		}
	}
	slices.SortFunc(granted, func(a, b Grant) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(granted), used
}

// Table lists every grant, and whether it was used or why it stands.
func Table(lines []Line, exceptions []Exception) string {
	granted, used := sets(lines)
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ROLE\tACTION\tRESOURCE\tUSED")
	for _, g := range granted {
		mark := "no"
		for _, e := range exceptions {
			if e.fits(g) {
				mark = "no: " + e.Why
			}
		}
		if used[g] {
			mark = "yes"
		}
		resource := g.Resource
		if g.When != "" {
			resource += " (" + g.When + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", g.Role, g.Action, resource, mark)
	}
	_ = w.Flush() // into memory
	return out.String()
}
