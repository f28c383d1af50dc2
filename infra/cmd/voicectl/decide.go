package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"voice.example/shared/upload"
)

func (p *program) approveCommand() *cobra.Command {
	var (
		hash        string
		yes, follow bool
	)
	cmd := &cobra.Command{
		Use: "approve ID", Short: "Approve a held upload", Args: oneArgument("upload"),
		Long: `Approves the plan of a held upload. It shows the plan's figures and asks. A script names the plan that somebody has looked
at by --plan-hash and says --yes; if the plan is another by then, nothing is approved.

It takes two people, neither of them the one who uploaded the file. Sending an approval again does no harm.`,
		Example: "  voicectl approve 3f2a…\n  voicectl approve 3f2a… --plan-hash 9c41… --yes --follow",
		RunE: func(cmd *cobra.Command, args []string) error {
			if yes && hash == "" {
				return usage("--yes needs --plan-hash: say which plan was looked at")
			}
			if !yes {
				seen, err := p.look(cmd, args[0], hash)
				if err != nil {
					return err
				}
				hash = seen
			}
			return p.decide(cmd, args[0], "approve", map[string]string{"plan_hash": hash}, follow)
		},
	}
	cmd.Flags().StringVar(&hash, "plan-hash", "", "the hash of the plan that was looked at")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&follow, "follow", false, "then follow the upload to its end")
	return cmd
}

// look shows what would be approved and asks. It gives the hash of the plan that was shown.
func (p *program) look(cmd *cobra.Command, id, hash string) (string, error) {
	u, err := p.get(cmd, id)
	if err != nil {
		return "", err
	}
	if hash != "" && u.PlanHash != hash {
		return "", fmt.Errorf("the plan is another one: its hash is %s", u.PlanHash)
	}
	if u.State != upload.Held || u.Brake == nil {
		return u.PlanHash, nil // there is nothing to look at: the service says what it thinks of it
	}
	fmt.Fprintf(p.err, "upload    %s\nfile      %s\n", u.UploadID, plain(u.Key))
	brake(p.err, *u.Brake)
	fmt.Fprintf(p.err, "\nplan hash %s\nApprove this plan? Type yes: ", u.PlanHash)
	answer, err := bufio.NewReader(p.in).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		if err != nil {
			return "", usage("nobody answered; a script says --plan-hash and --yes")
		}
		return "", fmt.Errorf("nothing was approved")
	}
	return u.PlanHash, nil
}

func (p *program) rejectCommand() *cobra.Command {
	cmd := p.whyCommand("reject", "Reject a held upload: its plan is never applied", "the file is last month's")
	cmd.Long = "Rejects a held upload for good: its plan is never applied. One person is enough. The records stay as they are."
	return cmd
}

func (p *program) retractCommand() *cobra.Command {
	cmd := p.whyCommand("retract", "Ask for an upload that was applied to be taken back", "it was the wrong facility's file")
	cmd.Long = `Asks for an upload that was applied to be taken back. That is an upload of its own, which is held until somebody else
approves it. Records go back to what they were, unless something newer has come since, and a correction goes to exactly
those who were alerted.`
	return cmd
}

// whyCommand is a decision that says why.
func (p *program) whyCommand(verb, short, example string) *cobra.Command {
	var (
		why    string
		follow bool
	)
	cmd := &cobra.Command{
		Use: verb + " ID --why REASON", Short: short, Args: oneArgument("upload"), Example: fmt.Sprintf("  voicectl %s 3f2a… --why %q", verb, example),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(why) == "" {
				return usage("say --why; it is kept with the upload")
			}
			return p.decide(cmd, args[0], verb, map[string]string{"why": why}, follow)
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "the reason, which is kept with the upload; name nobody in it")
	if verb == "retract" {
		cmd.Flags().BoolVar(&follow, "follow", false, "then follow the retraction until it is held")
	}
	return cmd
}

// decide sends a decision and shows what became of the upload. The decision being taken is what was asked for, so it
// ends well even if the upload is still held.
func (p *program) decide(cmd *cobra.Command, id, verb string, body map[string]string, follow bool) error {
	var u upload.Upload
	err := p.retry(cmd.Context(), func() error {
		return p.call(cmd.Context(), http.MethodPost, uploadPath(id, verb), body, &u)
	})
	if err != nil {
		return err
	}
	if follow {
		return p.follow(cmd.Context(), u.UploadID)
	}
	return p.print(u, func(w io.Writer) { fmt.Fprintln(w, decisionText(verb, u)) })
}

func decisionText(verb string, u upload.Upload) string {
	switch {
	case verb == "approve" && u.State == upload.Held:
		return "Your approval is recorded. It takes one more person."
	case verb == "approve":
		return fmt.Sprintf("Approved. The upload is %s: voicectl show %s", u.State, u.UploadID)
	case verb == "retract":
		return fmt.Sprintf("Asked for. Upload %s takes it back, once somebody else has approved that.", u.UploadID)
	}
	return "Rejected. It will never be applied."
}
