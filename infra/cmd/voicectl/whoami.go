package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"
)

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("there is no argument %q here", args[0])
	}
	return nil
}

// oneArgument asks for exactly one.
func oneArgument(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage("name one %s", what)
		}
		return nil
	}
}

func (p *program) whoamiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "whoami", Short: "Say who is signed in, and what they may do", Args: noArguments, Example: "  voicectl whoami --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var who person
			if err := p.call(cmd.Context(), http.MethodGet, "/v1/staff/me", nil, &who); err != nil {
				return err
			}
			return p.print(who, func(w io.Writer) {
				fmt.Fprintf(w, "%s <%s>, %s\nat %s, known there as %s\n", plain(who.Name), plain(who.Email), who.roles(), p.api, who.Subject)
			})
		},
	}
}

func (p *program) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: "Forget the sign-in on this machine", Args: noArguments, Example: "  voicectl logout",
		RunE: func(*cobra.Command, []string) error {
			sessions, err := readSessions()
			if err != nil {
				return err
			}
			_, was := sessions[p.api]
			if delete(sessions, p.api); was {
				if err := writeSessions(sessions); err != nil {
					return err
				}
			}
			return p.print(map[string]bool{"signed_out": was}, func(w io.Writer) {
				fmt.Fprintln(w, map[bool]string{true: "You are signed out.", false: "You were not signed in."}[was])
			})
		},
	}
}
