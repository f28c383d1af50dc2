package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"voice.example/shared/directory"
	"voice.example/shared/upload"
)

func (p *program) loadCommand() *cobra.Command {
	var (
		kindText         string
		dry, yes, anyway bool
	)
	cmd := &cobra.Command{
		Use: "load FILE --kind offices|people", Short: "Load a file of offices or of people", Args: oneArgument("file"),
		Long: `Shows what a file would change, and asks before it does that and nothing else. A file is the whole list: whom it leaves
out is taken out of the directory. One row that is wrong stops all of it. A file that removes more than half of what is there
is asked for twice; a script says --anyway. For supervisors.

Offices have the columns code, name, phone and county_fips; people have email, name, role, office, languages, phone, absent_from
and absent_until.`,
		Example: "  voicectl directory load offices.csv --kind offices --dry-run\n  voicectl directory load people.csv --kind people",
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := knownKind(kindText)
			if err != nil {
				return err
			}
			file, err := readSmall(args[0])
			if err != nil {
				return err
			}
			var plan directory.Plan
			if err := p.sendFile(cmd.Context(), kind, url.Values{"dry_run": {"1"}}, file, &plan); err != nil {
				return err
			}
			if plan.Rejected > 0 || dry {
				if err := p.print(plan, func(w io.Writer) { printPlan(w, plan) }); err != nil || plan.Rejected == 0 {
					return err
				}
				return outcome(upload.Rejected)
			}
			if anyway, err = p.mayLoad(plan, yes, anyway); err != nil {
				return err
			}
			query := url.Values{"plan": {plan.Hash}}
			if anyway {
				query.Set("anyway", "1")
			}
			var e directory.Edition
			if err := p.sendFile(cmd.Context(), kind, query, file, &e); err != nil {
				return err
			}
			return p.print(e, func(w io.Writer) {
				fmt.Fprintf(w, "Loaded: %d new, %d changed, %d removed.\n", e.Added, e.Changed, e.Removed)
			})
		},
	}
	cmd.Flags().StringVar(&kindText, "kind", "", "what is in the file: offices or people")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what it would change")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&anyway, "anyway", false, "even if it removes more than half of what is there")
	return cmd
}

// mayLoad shows a plan and asks whether it is meant, and, if it removes more than half, whether that is.
func (p *program) mayLoad(plan directory.Plan, yes, anyway bool) (bool, error) {
	if yes {
		if plan.Brake && !anyway {
			return false, fmt.Errorf("the file would remove %d of %d and more than half: say --anyway if that is what you mean", len(plan.Removed),
				len(plan.Removed)+len(plan.Changed)+plan.Unchanged)
		}
		return anyway, nil
	}
	printPlan(p.err, plan)
	word := "yes"
	if plan.Brake && !anyway {
		word = "remove"
	}
	fmt.Fprintf(p.err, "Load this file? Type %s: ", word)
	answer, err := bufio.NewReader(p.in).ReadString('\n')
	switch {
	case strings.TrimSpace(answer) == word:
		return anyway || plan.Brake, nil
	case err != nil:
		return false, usage("nobody answered; a script says --yes")
	}
	return false, fmt.Errorf("nothing was loaded")
}

// sendFile sends a file of the directory.
func (p *program) sendFile(ctx context.Context, kind directory.Kind, query url.Values, file []byte, out any) error {
	token, err := p.token()
	if err != nil {
		return err
	}
	path := "/v1/staff/directory/" + string(kind) + "?" + query.Encode()
	return p.retry(ctx, func() error {
		return p.request(ctx, token, http.MethodPut, path, "text/csv; charset=utf-8", bytes.NewReader(file), out)
	})
}

// readSmall reads a file of the directory.
func readSmall(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, usage("%w", err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, directory.MaxBytes+1))
	if err != nil {
		return nil, usage("%w", err)
	}
	if len(content) > directory.MaxBytes {
		return nil, usage("%s is larger than 1 MiB: a directory is not", path)
	}
	return content, nil
}
