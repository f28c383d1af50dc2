package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"voice.example/shared/aws"
)

// program is one run of voicectl, with what a test puts in place of the world.
type program struct {
	in       io.Reader
	out      io.Writer // what was asked for
	err      io.Writer // what is said on the way
	terminal bool      // both of them are a terminal
	getenv   func(string) string
	client   *http.Client
	aws      func(context.Context) (sdk.Config, error) // for operators' commands alone
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error

	// What flags say.
	api  string
	json bool

	running bool // the command line was understood
}

func newProgram() *program {
	return &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now, sleep: sleep,
		terminal: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
		// No limit on the whole: a part may take long. The client's own transport gives up on servers that are not there.
		client: &http.Client{},
		aws:    aws.Load,
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

const about = `voicectl sends files of custody updates to VOICE, follows them to their report, and lets two people decide on those that
the service holds.

Sign in first, with voicectl login. Scripts may put an ID token into VOICE_TOKEN instead. Only voicectl replay,
restore-drill, keys and audit verify are not for staff, but for those who operate the service, with AWS credentials.

Exit codes:
  0  done
  1  a fault, or refused for a reason that the message says
  2  the command line, or a file, cannot be used
  3  the upload was rejected or failed, or rows of a file of the directory are wrong
  4  the upload is held: people must decide
  5  not signed in, or not allowed
  6  no such upload
  7  the audit was tampered with`

func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use: "voicectl", Short: "Send files of custody updates, and decide on them", Long: about,
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			p.running = true
			if cmd.Name() == "completion" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
				return nil
			}
			return p.checkAPI()
		},
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	flags := root.PersistentFlags()
	flags.StringVar(&p.api, "api", "", "where VOICE is (also VOICE_API; default http://localhost:8080)")
	flags.BoolVar(&p.json, "json", false, "print one JSON document, for scripts")
	root.AddCommand(p.loginCommand(), p.logoutCommand(), p.whoamiCommand(), p.uploadCommand(), p.listCommand(), p.showCommand(),
		p.planCommand(), p.approveCommand(), p.rejectCommand(), p.retractCommand(), p.reportCommand(), p.feedsCommand(),
		p.directoryCommand(), p.auditCommand(), p.replayCommand(), p.drillCommand(), p.keysCommand())
	return root
}

// run does what the arguments say and gives the exit code.
func (p *program) run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := p.command()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code := exitOf(err)
	if !p.running {
		code = exitUsage // cobra did not understand the arguments
	}
	var told interface{ told() }
	if errors.As(err, &told) {
		return code
	}
	if p.json {
		_ = json.NewEncoder(p.err).Encode(map[string]any{"error": err.Error(), "exit": code})
	} else {
		p.say("voicectl: %v", err)
		if !p.running {
			p.say("voicectl --help says what there is")
		}
	}
	return code
}

// say tells something on the way.
func (p *program) say(format string, args ...any) { fmt.Fprintf(p.err, format+"\n", args...) }

// print prints the answer: value as JSON, if that was asked for, else what text writes.
func (p *program) print(value any, text func(w io.Writer)) error {
	if !p.json {
		text(p.out)
		return nil
	}
	out := json.NewEncoder(p.out)
	out.SetIndent("", "  ")
	return out.Encode(value)
}
