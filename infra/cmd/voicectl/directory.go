package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"voice.example/shared/directory"
	"voice.example/shared/reject"
)

// listed is the directory, as the API tells of it.
type listed struct {
	Offices []struct {
		Code     string   `json:"code"`
		Name     string   `json:"name"`
		Phone    string   `json:"phone,omitempty"`
		Counties []string `json:"counties"`
	} `json:"offices"`
	People []struct {
		Email     string            `json:"email"`
		Name      string            `json:"name"`
		Role      string            `json:"role"`
		Office    string            `json:"office"`
		Languages []string          `json:"languages"`
		Phone     string            `json:"phone,omitempty"`
		AwayToday bool              `json:"away_today"`
		Absence   directory.Absence `json:"absence"`
		Own       directory.Absence `json:"own_absence"`
		Open      int               `json:"open"`
		Assigned  *time.Time        `json:"assigned_at"`
	} `json:"people"`
	Editions map[directory.Kind]directory.Edition `json:"editions"`
}

func (p *program) directoryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "directory", Short: "Show the offices and their people, and load the files that say so", Args: noArguments,
		Example: "  voicectl directory show\n  voicectl directory load offices.csv --kind offices --dry-run",
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.showDirectory(cmd) },
	}
	show := &cobra.Command{
		Use: "show", Short: "Show the offices and their people", Args: noArguments, Example: "  voicectl directory show\n  voicectl directory show --json",
		RunE: func(cmd *cobra.Command, _ []string) error { return p.showDirectory(cmd) },
	}
	cmd.AddCommand(show, p.loadCommand())
	return cmd
}

func (p *program) showDirectory(cmd *cobra.Command) error {
	var found listed
	if err := p.call(cmd.Context(), http.MethodGet, "/v1/staff/directory", nil, &found); err != nil {
		return err
	}
	return p.print(found, func(w io.Writer) { printDirectory(w, found) })
}

func printDirectory(w io.Writer, d listed) {
	if len(d.Offices)+len(d.People) == 0 {
		fmt.Fprintln(w, "The directory is empty.")
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "OFFICE\tNAME\tPHONE\tCOUNTIES")
	for _, o := range d.Offices {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\n", o.Code, plain(o.Name), orDash(o.Phone != "", o.Phone), len(o.Counties))
	}
	fmt.Fprintln(table, "\nPERSON\tE-MAIL\tROLE\tOFFICE\tLANGUAGES\tOPEN\tTODAY")
	for _, c := range d.People {
		today := "here"
		if c.AwayToday {
			today = "AWAY"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", plain(c.Name), c.Email, c.Role, c.Office, strings.Join(c.Languages, " "), c.Open, today)
	}
	_ = table.Flush()
	for _, kind := range []directory.Kind{directory.OfficesFile, directory.PeopleFile} {
		if e := d.Editions[kind]; e.Version > 0 {
			end := ""
			if e.Unfinished {
				end = ", not to its end: load the file again"
			}
			fmt.Fprintf(w, "\n%s: %s, loaded %s by %s%s", kind, plural(e.Rows, "row"), e.At.Local().Format("2006-01-02 15:04"), plain(e.ByName), end)
		}
	}
	fmt.Fprintln(w)
}

// printPlan says what a file would change, or what is wrong with it.
func printPlan(w io.Writer, plan directory.Plan) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, list := range []struct {
		title string
		rows  []reject.Row
	}{{"WRONG", plan.Rejects}, {"TO KNOW", plan.Warnings}} {
		if len(list.rows) > 0 {
			fmt.Fprintf(table, "%s\tCOLUMN\tVALUE\tPROBLEM\tFIX\n", list.title)
		}
		for _, r := range list.rows {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", orElse(r.Line > 0, fmt.Sprintf("line %d", r.Line), "the file"), orDash(r.Column != "", r.Column),
				orDash(r.Value != "", plain(r.Value)), r.Problem, r.Fix)
		}
	}
	_ = table.Flush()
	if plan.Rejected > 0 {
		fmt.Fprintf(w, "%s. Nothing of the file is used.\n", plural(plan.Rejected, "reject"))
		return
	}
	fmt.Fprintf(w, "%s: %d new, %d changed, %d removed, %d as they are\n", plural(plan.Rows, "row"),
		len(plan.Added), len(plan.Changed), len(plan.Removed), plan.Unchanged)
	for _, list := range []struct {
		sign    string
		changes []directory.Change
	}{{"-", plan.Removed}, {"~", plan.Changed}, {"+", plan.Added}} {
		for _, c := range list.changes {
			fields := ""
			if len(c.Fields) > 0 {
				fields = ": " + strings.Join(c.Fields, ", ")
			}
			fmt.Fprintf(w, "  %s %s, %s%s\n", list.sign, plain(c.Name), c.ID, fields)
		}
	}
	if plan.Brake {
		fmt.Fprintln(w, "This removes more than half of what is there.")
	}
}

func orElse(is bool, text, other string) string {
	if is {
		return text
	}
	return other
}

// knownKind reads --kind.
func knownKind(text string) (directory.Kind, error) {
	kind := directory.Kind(text)
	if !slices.Contains([]directory.Kind{directory.OfficesFile, directory.PeopleFile}, kind) {
		return "", usage("say --kind offices or --kind people")
	}
	return kind, nil
}
