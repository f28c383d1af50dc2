package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"voice.example/shared/upload"
)

// prefix is what the service puts before a file's name: the time, and what makes it another than all others.
var prefix = regexp.MustCompile(`^\d{8}T\d{6}Z-[a-z2-7]{16}-`)

func (p *program) listCommand() *cobra.Command {
	var (
		state, after string
		limit        int
	)
	cmd := &cobra.Command{
		Use: "list", Short: "List uploads, the latest first", Args: noArguments,
		Example: "  voicectl list\n  voicectl list --state held\n  voicectl list --json --limit 100",
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			if state != "" {
				query.Set("state", state)
			}
			if after != "" {
				query.Set("after", after)
			}
			var found struct {
				Uploads []upload.Upload `json:"uploads"`
				Next    string          `json:"next,omitempty"`
			}
			if err := p.call(cmd.Context(), http.MethodGet, "/v1/staff/uploads?"+query.Encode(), nil, &found); err != nil {
				return err
			}
			return p.print(found, func(w io.Writer) {
				if len(found.Uploads) == 0 {
					fmt.Fprintln(w, "There are none.")
					return
				}
				table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "UPLOAD\tSTATE\tRECEIVED\tROWS\tAPPLIED\tREJECTED\tFILE")
				for _, u := range found.Uploads {
					name := prefix.ReplaceAllString(path.Base(plain(u.Key)), "")
					if u.Kind != upload.File && u.Kind != "" {
						name = string(u.Kind) + " of " + name
					}
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", u.UploadID, u.State, u.ReceivedAt.Local().Format("2006-01-02 15:04"),
						number(u.Counts.Rows), number(u.Counts.Applied), number(u.Counts.Rejected), name)
				}
				_ = table.Flush()
				if found.Next != "" {
					fmt.Fprintf(w, "There may be more: --after %s\n", found.Next)
				}
			})
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "only those in a state: received, validating, diffing, planned, held, applying, done, rejected, failed")
	cmd.Flags().IntVar(&limit, "limit", 25, "how many, 100 at most")
	cmd.Flags().StringVar(&after, "after", "", "those before this upload, as the end of a list says")
	return cmd
}

func (p *program) showCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show how far an upload is", Args: oneArgument("upload"), Example: "  voicectl show 3f2a…",
		Long: "Shows how far an upload is. The exit code says it too: 3 rejected or failed, 4 held, 0 otherwise.",
		RunE: func(cmd *cobra.Command, args []string) error {
			u, err := p.get(cmd, args[0])
			if err != nil {
				return err
			}
			if err := p.printUpload(u); err != nil {
				return err
			}
			return ending(u)
		},
	}
}

func (p *program) get(cmd *cobra.Command, id string) (u upload.Upload, err error) {
	err = p.call(cmd.Context(), http.MethodGet, uploadPath(id), nil, &u)
	return u, err
}
