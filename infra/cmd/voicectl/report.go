package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// reportFile is a file of a report, and where it can be fetched for a few minutes.
type reportFile struct {
	Name      string    `json:"name"`
	Size      int64     `json:"size"`
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (p *program) reportCommand() *cobra.Command {
	var rejects, warnings bool
	cmd := &cobra.Command{
		Use: "report ID", Short: "Show an upload's report, or the rows that were not taken", Args: oneArgument("upload"),
		Long: `Shows what became of an upload and links to the files of its report; the links hold for five minutes, for whoever has them.
With --rejects it prints rejects.csv, which names the line, column, problem and fix of each row that was not taken.`,
		Example: "  voicectl report 3f2a…\n  voicectl report 3f2a… --rejects > rejects.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			if rejects && warnings {
				return usage("--rejects or --warnings, not both")
			}
			var r struct {
				UploadID string          `json:"upload_id"`
				State    string          `json:"state"`
				Summary  json.RawMessage `json:"summary"`
				Files    []reportFile    `json:"files"`
			}
			if err := p.call(cmd.Context(), http.MethodGet, uploadPath(args[0], "report"), nil, &r); err != nil {
				return err
			}
			switch {
			case rejects:
				return p.fetch(cmd.Context(), r.Files, "rejects.csv")
			case warnings:
				return p.fetch(cmd.Context(), r.Files, "warnings.csv")
			case p.json:
				return p.print(r, nil)
			}
			u, err := p.get(cmd, args[0])
			if err != nil {
				return err
			}
			picture(p.out, u)
			if len(r.Files) == 0 {
				fmt.Fprintln(p.out, "\nthe report has not been written yet")
			}
			for _, f := range r.Files {
				fmt.Fprintf(p.out, "\n%s (%s), until %s\n  %s\n", f.Name, bytesText(f.Size), f.ExpiresAt.Local().Format("15:04"), f.URL)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&rejects, "rejects", false, "print the rows that were not taken, as CSV")
	cmd.Flags().BoolVar(&warnings, "warnings", false, "print the rows that were taken with a warning, as CSV")
	return cmd
}

// fetch prints a file of a report as it is, whatever --json says: it is no JSON. Without the file there is nothing to
// print.
func (p *program) fetch(ctx context.Context, files []reportFile, name string) error {
	for _, f := range files {
		if f.Name != name {
			continue
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL, nil)
		if err != nil {
			return fmt.Errorf("the link to %s cannot be used", name)
		}
		response, err := p.client.Do(r)
		if err != nil {
			return fmt.Errorf("fetch %s: %w", name, bare(err))
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("fetch %s: %s", name, response.Status)
		}
		_, err = io.Copy(p.out, response.Body)
		return err
	}
	p.say("there is no %s", name)
	return nil
}
