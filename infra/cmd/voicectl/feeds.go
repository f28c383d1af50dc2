package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// source is a feed, as the API tells of it.
type source struct {
	Feed        string     `json:"feed"`
	EveryHours  float64    `json:"every_hours"`
	OwnInterval bool       `json:"own_interval"`
	HeardAt     *time.Time `json:"heard_at"`
	AsOf        *time.Time `json:"as_of"`
	SilentSince *time.Time `json:"silent_since"`
}

func (p *program) feedsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "feeds", Short: "List the sources of files, and which of them are silent", Args: noArguments,
		Example: "  voicectl feeds\n  voicectl feeds expect springfield --every 24",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var found struct {
				Feeds []source `json:"feeds"`
			}
			if err := p.call(cmd.Context(), http.MethodGet, "/v1/staff/feeds", nil, &found); err != nil {
				return err
			}
			return p.print(found, func(w io.Writer) { printFeeds(w, found.Feeds) })
		},
	}
	cmd.AddCommand(p.expectCommand())
	return cmd
}

func (p *program) expectCommand() *cobra.Command {
	var hours int
	cmd := &cobra.Command{
		Use: "expect NAME --every HOURS", Short: "Say how often files of a feed are expected", Args: oneArgument("feed"),
		Long:    "Says how often files of a feed are expected, in hours; 0 is the service's own interval again. For supervisors.",
		Example: "  voicectl feeds expect springfield --every 24",
		RunE: func(cmd *cobra.Command, args []string) error {
			if hours < 0 {
				return usage("say --every, in hours")
			}
			var now source
			path := "/v1/staff/feeds/" + url.PathEscape(args[0])
			if err := p.call(cmd.Context(), http.MethodPut, path, map[string]int{"every_hours": hours}, &now); err != nil {
				return err
			}
			return p.print(now, func(w io.Writer) { printFeeds(w, []source{now}) })
		},
	}
	cmd.Flags().IntVar(&hours, "every", -1, "hours between files, 744 at most")
	return cmd
}

func printFeeds(w io.Writer, feeds []source) {
	if len(feeds) == 0 {
		fmt.Fprintln(w, "No file has come yet.")
		return
	}
	when := func(at *time.Time) string {
		if at == nil {
			return "never"
		}
		return at.Local().Format("2006-01-02 15:04")
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FEED\tLAST FILE\tAS OF\tEXPECTED\t")
	for _, f := range feeds {
		silent := ""
		if f.SilentSince != nil {
			silent = "SILENT"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\tevery %g h\t%s\n", plain(f.Feed), when(f.HeardAt), when(f.AsOf), f.EveryHours, silent)
	}
	_ = table.Flush()
}
