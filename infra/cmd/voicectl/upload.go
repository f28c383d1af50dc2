package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"voice.example/shared/upload"
)

// abortWithin is how long a begun upload is given up for, after it has gone wrong.
const abortWithin = 10 * time.Second

// begun is the API's answer to a begun upload.
type begun struct {
	Key        string    `json:"key"`
	S3UploadID string    `json:"s3_upload_id"`
	Parts      []address `json:"parts"`
}

// address is where one part goes.
type address struct {
	Number int    `json:"number"`
	Size   int64  `json:"size"`
	URL    string `json:"url"`
}

func (p *program) uploadCommand() *cobra.Command {
	var (
		roster, dryRun, noFollow bool
		feed                     string
	)
	cmd := &cobra.Command{
		Use: "upload FILE", Short: "Send a file of custody updates and follow it to its report", Args: oneArgument("file"),
		Long: `Sends a file and follows it: its rows are checked, compared with what is known, planned, and applied, unless the service
holds it because it would do too much. Then the report is printed.

Interrupting voicectl while it follows does not stop the upload: voicectl show ID.`,
		Example: "  voicectl upload today.csv\n  voicectl upload --dry-run today.csv\n  voicectl upload --roster --feed stewart-ga everyone.csv --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			mode := upload.Updates
			if roster {
				mode = upload.Roster
			}
			id, key, err := p.send(cmd.Context(), args[0], map[string]any{"mode": mode, "feed": feed, "dry_run": dryRun})
			if err != nil {
				return err
			}
			p.say("The file has arrived. It is upload %s.", id)
			if noFollow {
				return p.print(map[string]string{"upload_id": id, "key": key}, func(w io.Writer) { fmt.Fprintln(w, id) })
			}
			return p.follow(cmd.Context(), id)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&roster, "roster", false, "the file is everyone whom its feed holds; people who are missing from it wait for approval")
	flags.StringVar(&feed, "feed", "", "the source of the file, such as a facility's system; small letters, digits and dashes")
	flags.BoolVar(&dryRun, "dry-run", false, "make the plan and the report, and apply nothing")
	flags.BoolVar(&noFollow, "no-follow", false, "end once the file has arrived, and print the upload's id")
	return cmd
}

// send sends a file in parts and gives the id and key of its upload. What goes wrong on the way is given up.
func (p *program) send(ctx context.Context, path string, request map[string]any) (id, key string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", "", usageError{err}
	}
	defer file.Close()
	before, err := file.Stat()
	switch {
	case err != nil:
		return "", "", usageError{err}
	case !before.Mode().IsRegular():
		return "", "", usage("%s is no file", path)
	case before.Size() == 0:
		return "", "", usage("%s is empty", path)
	}
	request["name"], request["size"] = filepath.Base(path), before.Size()
	var b begun
	if err := p.call(ctx, http.MethodPost, "/v1/staff/uploads", request, &b); err != nil {
		return "", "", err
	}
	defer func() {
		if err != nil {
			p.abort(b)
		}
	}()
	parts, err := p.sendParts(ctx, file, before.Size(), b.Parts)
	if err != nil {
		return "", "", err
	}
	if after, err := os.Stat(path); err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return "", "", errors.New("the file changed while it was sent; nothing was uploaded")
	}
	var done struct {
		UploadID string `json:"upload_id"`
	}
	completion := map[string]any{"key": b.Key, "s3_upload_id": b.S3UploadID, "parts": parts}
	err = p.retry(ctx, func() error {
		return p.call(ctx, http.MethodPost, "/v1/staff/uploads/complete", completion, &done)
	})
	return done.UploadID, b.Key, err
}

// abort gives up a begun upload. If that fails too, the bucket drops the parts after two days.
func (p *program) abort(b begun) {
	ctx, cancel := context.WithTimeout(context.Background(), abortWithin)
	defer cancel()
	_ = p.call(ctx, http.MethodPost, "/v1/staff/uploads/abort", map[string]string{"key": b.Key, "s3_upload_id": b.S3UploadID}, nil)
}
