package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"voice.example/shared/aws"
)

const (
	// lookEvery is how often it is looked for what could not be handled: each look costs a few calls.
	lookEvery = 10 * time.Minute
	// keptAgain is when staff are told again while something is kept still.
	keptAgain = 6 * time.Hour
)

// keptFolders are where the failures bucket keeps changes until they are replayed.
func keptFolders() []string { return []string{"poison/", "unpublished/", "aws/"} }

// tellKept tells staff, every few hours, that something could not be handled and waits to be replayed: changes in the
// failures bucket, and messages in queues of dead letters. Behind each may be somebody who was not told.
func (h *handler) tellKept(ctx context.Context) error {
	if h.Now().Truncate(time.Minute).Sub(h.Now().Truncate(lookEvery)) != 0 {
		return nil
	}
	var lines []string
	kept := 0
	for _, folder := range keptFolders() {
		out, err := h.Bucket.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &h.FailuresBucket, Prefix: &folder})
		if err != nil {
			return fmt.Errorf("looking for what is kept: %w", err)
		}
		kept += len(out.Contents)
		if n := len(out.Contents); n > 0 {
			lines = append(lines, fmt.Sprintf("%s changes of custody records in the failures bucket, under %s", howMany(n, sdk.ToBool(out.IsTruncated)), folder))
		}
	}
	aws.LineOf(ctx).Level(aws.KeptForReplay, float64(kept))
	for _, url := range h.DeadLetters {
		out, err := h.Queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url,
			AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages}})
		if err != nil {
			return fmt.Errorf("looking for dead letters: %w", err)
		}
		if n := out.Attributes[string(types.QueueAttributeNameApproximateNumberOfMessages)]; n != "0" && n != "" {
			lines = append(lines, fmt.Sprintf("%s messages in the queue %s", n, url[strings.LastIndex(url, "/")+1:]))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	const mark = "escalate/kept"
	if first, err := h.Limits.Once(ctx, mark, keptAgain); !first {
		return err
	}
	slog.WarnContext(ctx, "kept for replay", "what", lines)
	telling, cancel := context.WithTimeout(ctx, notifyWithin)
	defer cancel()
	err := h.Staff.Notify(telling, fmt.Sprintf("%s: something could not be handled", h.Agency),
		"What follows could not be handled, and is kept. Behind each may be somebody who was not told of something.\n\n- "+
			strings.Join(lines, "\n- ")+"\n\nPlease have somebody find out why, and replay it: voicectl replay --help.\n"+
			"This notice comes again every six hours while anything is kept.\n")
	if err != nil {
		return errors.Join(err, h.Limits.Forget(context.WithoutCancel(ctx), mark))
	}
	return nil
}

func howMany(n int, more bool) string {
	if more {
		return "more than " + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
