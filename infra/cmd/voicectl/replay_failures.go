package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

const (
	failuresBucket = "VOICE_FAILURES_BUCKET"
	alertsFunction = "VOICE_ALERTS_FUNCTION"

	// replayedFolder is where objects go that were replayed; the bucket forgets them in time.
	replayedFolder = "replayed/"
	// maxFailure is the longest object that is read: Lambda takes 6 MiB, and the object has it as text within JSON.
	maxFailure = 32 << 20
)

// failures is what became of the objects of the failures bucket.
type failures struct {
	Objects  int    `json:"objects"`  // that were taken up
	Records  int    `json:"records"`  // that were in those that could be read
	Replayed int    `json:"replayed"` // objects that alerts has handled; with --dry-run none
	CameBack int    `json:"came_back"`
	Left     []left `json:"left"`    // objects that stay, came_back among them
	Waiting  int    `json:"waiting"` // objects that are in the bucket now, whatever the reason
	DryRun   bool   `json:"dry_run"`
}

func (p *program) replayFailuresCommand() *cobra.Command {
	var (
		dryRun bool
		limit  int
	)
	cmd := &cobra.Command{
		Use: "failures", Short: "Send the stream records of the failures bucket to alerts", Args: noArguments,
		Long: `Sends what is in the failures bucket to the alerts function, the oldest first. An object that is handled goes to the
bucket's folder replayed/; one that is not stays, and the exit code is 1. Interrupted at any point, it can be run again.

It needs the variables VOICE_FAILURES_BUCKET and VOICE_ALERTS_FUNCTION, and may list, read, write and delete objects of
the bucket and invoke the function.`,
		Example: "  voicectl replay failures --dry-run\n  voicectl replay failures --limit 10",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 0 {
				return usage("--limit is a number of objects, or 0 for all")
			}
			o, err := p.operator(cmd.Context())
			if err != nil {
				return err
			}
			bucket, err := o.setting(failuresBucket)
			if err != nil {
				return err
			}
			function, err := o.setting(alertsFunction)
			if err != nil {
				return err
			}
			r := &failuresRun{operator: o, bucket: bucket, function: function, sequences: map[string]bool{}}
			r.DryRun = dryRun
			err = r.run(cmd.Context(), limit)
			slices.SortFunc(r.Left, func(a, b left) int { return strings.Compare(a.Name, b.Name) })
			if printErr := p.print(r.failures, r.print); printErr != nil {
				return printErr
			}
			switch {
			case err != nil:
				return o.explain(err)
			case len(r.Left) > 0:
				return fmt.Errorf("%s of %s could not be replayed", number(len(r.Left)), plural(r.Objects, "object"))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "read the objects and say what is in them; call nothing and move nothing")
	cmd.Flags().IntVar(&limit, "limit", 0, "take up so many objects at most (0: all)")
	return cmd
}

func (f failures) print(w io.Writer) {
	verb := "replayed"
	if f.DryRun {
		verb = "could be replayed"
	}
	done := f.Replayed
	if f.DryRun {
		done = f.Objects - len(f.Left)
	}
	fmt.Fprintf(w, "%s with %s: %s %s, %s left\n", plural(f.Objects, "object"), plural(f.Records, "record"), number(done), verb, number(len(f.Left)))
	printLeft(w, f.Left)
	fmt.Fprintf(w, "%s in the bucket now\n", plural(f.Waiting, "object"))
}

// failuresRun is one replay of the failures bucket.
type failuresRun struct {
	*operator
	bucket, function string

	mu sync.Mutex
	failures
	sequences map[string]bool // of the records that were handled
}

// failed is an object of the bucket.
type failed struct {
	key string
	at  time.Time
}

func (r *failuresRun) run(ctx context.Context, limit int) error {
	r.Left = []left{}
	objects, err := r.list(ctx, r.bucket)
	if err != nil {
		return err
	}
	r.Waiting = len(objects)
	known := map[string]bool{}
	for _, object := range objects {
		known[object.key] = true
	}
	if limit > 0 && len(objects) > limit {
		objects = objects[:limit]
	}
	progress := r.countdown(len(objects), "objects")
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	for _, object := range objects {
		if groupCtx.Err() != nil {
			break
		}
		group.Go(func() error {
			defer progress.add(1)
			return r.one(groupCtx, object.key)
		})
	}
	err = group.Wait()
	progress.end()
	if ctx.Err() != nil {
		return errors.New("interrupted; what was not replayed is where it was")
	}
	if err != nil || r.DryRun {
		return err
	}
	after, err := r.list(ctx, r.bucket)
	r.Waiting = len(after)
	for _, object := range after {
		// Alerts puts what it cannot handle here itself, under the day: not always the name that it had.
		if !known[object.key] && r.sequences[strings.TrimSuffix(path.Base(object.key), ".json")] {
			r.leave(object.key, cameBack)
		}
	}
	return err
}

// cameBack is why an object stays that alerts wrote again.
const cameBack = "alerts could not handle it again"

func (r *failuresRun) leave(name, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if why == cameBack {
		r.CameBack++
	}
	r.Left = append(r.Left, left{name, why})
}

// one replays one object. An error ends the whole run: it is none of the object's.
func (r *failuresRun) one(ctx context.Context, key string) error {
	out, err := r.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &r.bucket, Key: &key})
	if is(err, "NoSuchKey") {
		return nil // somebody else replays as well
	}
	if err != nil {
		return err
	}
	defer out.Body.Close()
	body, err := io.ReadAll(io.LimitReader(out.Body, maxFailure+1))
	if err != nil {
		return err
	}
	event, sequences, ok := eventOf(body)
	r.mu.Lock()
	r.Objects++
	r.Records += len(sequences)
	r.mu.Unlock()
	if !ok {
		r.leave(key, "it holds no records of a stream")
		return nil
	}
	if r.DryRun {
		return nil
	}
	why, err := r.handle(ctx, event)
	if err != nil {
		return err
	}
	if why != "" {
		r.leave(key, why)
		return nil
	}
	now, err := r.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &r.bucket, Key: &key})
	if is(err, "NotFound") || is(err, "NoSuchKey") {
		return nil
	}
	if err != nil {
		return err
	}
	if aws.ToString(now.VersionId) != aws.ToString(out.VersionId) || aws.ToString(now.ETag) != aws.ToString(out.ETag) {
		r.leave(key, cameBack)
		return nil
	}
	return r.shelve(ctx, key, body, sequences)
}

// handle has alerts handle an event and gives the reason why it did not, if so.
func (r *failuresRun) handle(ctx context.Context, event []byte) (why string, err error) {
	out, err := r.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &r.function, Payload: event})
	if is(err, "RequestTooLargeException") {
		return "it is too large for one call", nil
	}
	if err != nil {
		return "", err
	}
	if out.FunctionError != nil {
		return "alerts failed", nil
	}
	var answer struct {
		Failures *[]json.RawMessage `json:"batchItemFailures"`
	}
	switch err := json.Unmarshal(out.Payload, &answer); {
	case err != nil || answer.Failures == nil:
		return "the function's answer is none of alerts'", nil
	case len(*answer.Failures) > 0:
		return fmt.Sprintf("alerts could not handle %s of it", plural(len(*answer.Failures), "record")), nil
	}
	return "", nil
}

// shelve moves an object that was handled to the folder of those. Cut off in between, it is replayed once more.
func (r *failuresRun) shelve(ctx context.Context, key string, body []byte, sequences []string) error {
	_, err := r.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &r.bucket, Key: aws.String(replayedFolder + key), Body: bytes.NewReader(body),
		ContentType: aws.String("application/json")})
	if err != nil {
		return err
	}
	if _, err := r.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &r.bucket, Key: &key}); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Replayed++
	for _, sequence := range sequences {
		r.sequences[sequence] = true
	}
	return nil
}

// list gives the objects that wait, the oldest first.
func (o *operator) list(ctx context.Context, bucket string) (all []failed, err error) {
	pages := s3.NewListObjectsV2Paginator(o.s3, &s3.ListObjectsV2Input{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			if key := aws.ToString(object.Key); !strings.HasPrefix(key, replayedFolder) {
				all = append(all, failed{key, aws.ToTime(object.LastModified)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b failed) int { return a.at.Compare(b.at) })
	return all, nil
}

// waitingFailures counts the objects that wait, by who put them there.
func (o *operator) waitingFailures(ctx context.Context, bucket string) ([]waiting, error) {
	objects, err := o.list(ctx, bucket)
	if err != nil {
		return nil, err
	}
	all := []waiting{{Source: "failures"}}
	for _, object := range objects {
		folder, _, _ := strings.Cut(object.key, "/")
		if folder == "aws" {
			folder = "stream" // aws/lambda/…: Lambda gave the records up
		}
		for _, source := range []string{"failures", "failures/" + folder} {
			i := slices.IndexFunc(all, func(w waiting) bool { return w.Source == source })
			if i < 0 {
				i, all = len(all), append(all, waiting{Source: source})
			}
			all[i].Count++
			all[i].older(object.at)
		}
	}
	return all, nil
}

// eventOf gives the event that an object of Lambda's, or of alerts', keeps, and its records' sequence numbers. The
// payload is JSON, or a text that holds JSON.
func eventOf(body []byte) (event []byte, sequences []string, ok bool) {
	var object struct {
		Payload json.RawMessage `json:"payload"`
	}
	if len(body) > maxFailure || json.Unmarshal(body, &object) != nil {
		return nil, nil, false
	}
	var text string
	if json.Unmarshal(object.Payload, &text) == nil {
		object.Payload = json.RawMessage(text)
	}
	var payload struct {
		Records []json.RawMessage `json:"Records"`
	}
	if json.Unmarshal(object.Payload, &payload) != nil || len(payload.Records) == 0 {
		return nil, nil, false
	}
	for _, one := range payload.Records {
		var record struct {
			Change struct {
				SequenceNumber string `json:"SequenceNumber"`
			} `json:"dynamodb"`
		}
		if json.Unmarshal(one, &record) != nil || record.Change.SequenceNumber == "" {
			return nil, nil, false
		}
		sequences = append(sequences, record.Change.SequenceNumber)
	}
	event, err := json.Marshal(payload)
	return event, sequences, err == nil
}

// is reports whether AWS refused with a code.
func is(err error, code string) bool {
	var refused smithy.APIError
	return errors.As(err, &refused) && refused.ErrorCode() == code
}
