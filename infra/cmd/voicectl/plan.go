package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"voice.example/shared/upload"
)

func (p *program) planCommand() *cobra.Command {
	var (
		limit int
		after string
	)
	cmd := &cobra.Command{
		Use: "plan ID", Short: "Show what an upload would change, and why it is held", Args: oneArgument("upload"),
		Long: `Shows the figures of an upload's plan, the reasons why it is held, its first changes, and its hash. Whoever approves an
upload approves the plan with that hash and nothing else.`,
		Example: "  voicectl plan 3f2a…\n  voicectl plan 3f2a… --limit 100 --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			u, err := p.get(cmd, args[0])
			if err != nil {
				return err
			}
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			if after != "" {
				query.Set("after", after)
			}
			var page upload.Page
			if err := p.call(cmd.Context(), http.MethodGet, uploadPath(u.UploadID, "plan")+"?"+query.Encode(), nil, &page); err != nil {
				return err
			}
			whole := struct {
				Upload upload.Upload `json:"upload"`
				upload.Page
			}{u, page}
			return p.print(whole, func(w io.Writer) {
				fmt.Fprintf(w, "upload    %s\nstate     %s\n", u.UploadID, stateText(u))
				if u.Brake != nil {
					brake(w, *u.Brake)
				}
				changes(w, page)
				fmt.Fprintf(w, "\nplan hash  %s\n", u.PlanHash)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "how many changes, 100 at most")
	cmd.Flags().StringVar(&after, "after", "", "the changes from there on, as the end of a page says")
	return cmd
}

// changes prints some of a plan's changes.
func changes(w io.Writer, page upload.Page) {
	if len(page.Changes) == 0 {
		fmt.Fprintln(w, "\nit changes nothing")
		return
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LINE\tA-NUMBER\tFROM\tTO\tSINCE\tFACILITY\tEVENT\tALERTS")
	for _, c := range page.Changes {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\n", orDash(c.Line > 0, strconv.Itoa(c.Line)), c.ANumber, orDash(c.From != "", string(c.From)), c.To,
			orDash(!c.Since.IsZero(), c.Since.Local().Format(time.DateTime)), orDash(c.Facility != "", plain(c.Facility)),
			orDash(c.Event != "", string(c.Event)), c.Alerts)
	}
	_ = table.Flush()
	if page.Next != "" {
		fmt.Fprintf(w, "There are more: --after %s\n", page.Next)
	}
}

func orDash(is bool, text string) string {
	if is {
		return text
	}
	return "-"
}
