package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// seen is an entry of the audit, as the API tells of it.
type seen struct {
	At        time.Time `json:"at"`
	Subject   string    `json:"subject"`
	Actor     string    `json:"actor"`
	ActorName string    `json:"actor_name,omitempty"`
	Email     string    `json:"email,omitempty"`
	Roles     []string  `json:"roles,omitempty"`
	Action    string    `json:"action"`
	What      string    `json:"what"`
	Why       string    `json:"why,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
}

func (p *program) auditWhoCommand() *cobra.Command {
	const reading = "-"
	var asked [6]string
	var why, after string
	names := [len(asked)]string{"a_number", "inquiry", "upload", "phone", "actor", "subject"}
	cmd := &cobra.Command{
		Use: "who", Short: "List who has seen or changed what (for auditors)", Args: noArguments,
		Long: `Lists who has seen or changed what, the latest first: of a person in custody, of a request, of an upload or of a phone; or what
somebody of the staff has seen and changed. That you ask, and why, is written down too.

An A-number or a phone on the command line stays in the shell's history: with "-" it is read from standard input instead.`,
		Example: "  voicectl audit who --a-number - --why 'a complaint'\n  voicectl audit who --staff rosa@voice.example --why 'a yearly check'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in := map[string]string{"why": why}
			for i, value := range asked {
				if value == "" {
					continue
				}
				if value == reading {
					line, _ := bufio.NewReader(p.in).ReadString('\n')
					if value = strings.TrimSpace(line); value == "" {
						return usage("nothing was read from standard input")
					}
				}
				in[names[i]] = value
			}
			switch {
			case len(in) != 2:
				return usage("name one of --a-number, --inquiry, --upload, --phone, --staff and --subject")
			case strings.TrimSpace(why) == "":
				return usage("say --why: it is written down with your name")
			}
			if after != "" {
				in["after"] = after
			}
			var found struct {
				Entries []seen `json:"entries"`
				Next    string `json:"next,omitempty"`
			}
			if err := p.call(cmd.Context(), http.MethodPost, "/v1/staff/audit/search", in, &found); err != nil {
				return err
			}
			return p.print(found, func(w io.Writer) { printSeen(w, found.Entries, found.Next) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&asked[0], "a-number", "", "the record of a person in custody")
	flags.StringVar(&asked[1], "inquiry", "", "a request, by its reference")
	flags.StringVar(&asked[2], "upload", "", "an upload")
	flags.StringVar(&asked[3], "phone", "", "what is kept of a phone")
	flags.StringVar(&asked[4], "staff", "", "somebody of the staff: their address at work, or the subject that entries name; also holder and service")
	flags.StringVar(&asked[5], "subject", "", "the opaque name that another entry has for what it is about")
	flags.StringVar(&why, "why", "", "why you ask, in ten characters or more")
	flags.StringVar(&after, "after", "", "those before, as the end of a list says")
	return cmd
}

func printSeen(w io.Writer, entries []seen, next string) {
	if len(entries) == 0 {
		fmt.Fprintln(w, "There are none.")
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "AT\tWHO\tDID\tWHAT\tABOUT\tWHY")
	for _, e := range entries {
		who := e.ActorName
		if who == "" {
			who = e.Actor
		}
		if len(e.Roles) > 0 {
			who += " (" + strings.Join(e.Roles, ", ") + ")"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", e.At.Local().Format("2006-01-02 15:04:05"), plain(who), plain(e.Action), plain(e.What),
			plain(e.Subject), plain(e.Why))
	}
	_ = table.Flush()
	if next != "" {
		fmt.Fprintf(w, "There are more: --after %s\n", plain(next))
	}
}
