package queue

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

func listQueues(s *Service, _ context.Context, host string, body []byte) (any, error) {
	var in struct{ QueueNamePrefix string }
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid("the request is not JSON: %v", err)
	}
	urls := []string{}
	for _, q := range s.order {
		if strings.HasPrefix(q.config.Name, in.QueueNamePrefix) {
			urls = append(urls, q.url(host))
		}
	}
	return map[string]any{"QueueUrls": urls}, nil
}

func getQueueURL(s *Service, _ context.Context, host string, body []byte) (any, error) {
	var in struct{ QueueName string }
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid("the request is not JSON: %v", err)
	}
	q, err := s.Queue(in.QueueName)
	if err != nil {
		return nil, err
	}
	return map[string]string{"QueueUrl": q.url(host)}, nil
}

func getQueueAttributes(s *Service, _ context.Context, _ string, body []byte) (any, error) {
	var in struct {
		target
		AttributeNames []string
	}
	q, err := read(s, body, &in)
	if err != nil {
		return nil, err
	}
	counts, c := q.Counts(), q.config
	all := map[string]string{
		"QueueArn":                              c.ARN,
		"VisibilityTimeout":                     seconds(c.VisibilityTimeout),
		"DelaySeconds":                          seconds(c.Delay),
		"MessageRetentionPeriod":                seconds(c.RetentionPeriod),
		"MaximumMessageSize":                    strconv.Itoa(MaxMessageBytes),
		"ReceiveMessageWaitTimeSeconds":         "0",
		"ApproximateNumberOfMessages":           strconv.Itoa(counts.Visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(counts.InFlight),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(counts.Delayed),
	}
	if r := c.Redrive; r != nil {
		policy, err := json.Marshal(map[string]any{"deadLetterTargetArn": r.DeadLetterARN, "maxReceiveCount": r.MaxReceiveCount})
		if err != nil {
			return nil, err
		}
		all["RedrivePolicy"] = string(policy)
	}
	if !slices.Contains(in.AttributeNames, "All") {
		for name := range all {
			if !slices.Contains(in.AttributeNames, name) {
				delete(all, name)
			}
		}
	}
	return map[string]any{"Attributes": all}, nil
}

func purgeQueue(s *Service, ctx context.Context, _ string, body []byte) (any, error) {
	var in target
	q, err := read(s, body, &in)
	if err != nil {
		return nil, err
	}
	return struct{}{}, q.Purge(ctx)
}

// startMessageMoveTask moves the messages before it answers, so there is no task to follow.
func startMessageMoveTask(s *Service, ctx context.Context, _ string, body []byte) (any, error) {
	var in struct{ SourceArn, DestinationArn string }
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid("the request is not JSON: %v", err)
	}
	q := s.byARN[in.SourceArn]
	if q == nil {
		return nil, &failure{"ResourceNotFoundException", "ResourceNotFoundException", 404, "The source queue does not exist."}
	}
	if in.DestinationArn != "" && s.byARN[in.DestinationArn] == nil {
		return nil, &failure{"ResourceNotFoundException", "ResourceNotFoundException", 404, "The destination queue does not exist."}
	}
	if _, err := q.MoveAll(ctx, in.DestinationArn); err != nil {
		return nil, err
	}
	return map[string]string{"TaskHandle": newID()}, nil
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
