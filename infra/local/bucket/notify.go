package bucket

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"
)

// notice is an event that waits to be sent, and to whom.
type notice struct {
	Bucket       string          `json:"bucket"`
	Notification string          `json:"notification"`
	Body         json.RawMessage `json:"body"`
}

// id names a notification of a bucket, across restarts.
func (n Notification) id(place int) string {
	if n.ID != "" {
		return n.ID
	}
	return "notification-" + strconv.Itoa(place)
}

// wants says whether a notification is about an event on a key.
func (n Notification) wants(event, key string) bool {
	if !strings.HasPrefix(key, n.Prefix) || !strings.HasSuffix(key, n.Suffix) {
		return false
	}
	for _, wanted := range n.Events {
		wanted = strings.TrimPrefix(wanted, "s3:")
		if prefix, all := strings.CutSuffix(wanted, "*"); wanted == event || all && strings.HasPrefix(event, prefix) {
			return true
		}
	}
	return false
}

// addEvents puts down, as part of tx, an event for everyone who wants it.
func (s *Store) addEvents(tx *bbolt.Tx, bucket, event string, v version) error {
	for _, b := range s.config.Buckets {
		if b.Name != bucket {
			continue
		}
		for i, n := range b.Notifications {
			if !n.wants(event, v.Key) {
				continue
			}
			body, err := s.event(bucket, event, n.id(i), v)
			if err != nil {
				return err
			}
			if err := s.events.Add(tx, s.config.Now(), notice{bucket, n.id(i), body}); err != nil {
				return err
			}
		}
	}
	return nil
}

// sendEvent hands a waiting event to its notification. One whose notification is no longer configured is
// dropped.
func (s *Store) sendEvent(ctx context.Context, payload json.RawMessage) error {
	var waiting notice
	if err := json.Unmarshal(payload, &waiting); err != nil {
		return fmt.Errorf("decode an event: %w", err)
	}
	for _, b := range s.config.Buckets {
		if b.Name != waiting.Bucket {
			continue
		}
		for i, n := range b.Notifications {
			if n.id(i) == waiting.Notification && n.Send != nil {
				return n.Send(ctx, waiting.Body)
			}
		}
	}
	s.config.Log.Warn("an event has nowhere to go any more", "bucket", waiting.Bucket, "notification", waiting.Notification)
	return nil
}

// event writes the event message of one new object version.
func (s *Store) event(bucket, name, notification string, v version) ([]byte, error) {
	object := map[string]any{
		"key":  strings.ReplaceAll(url.QueryEscape(v.Key), "%2F", "/"),
		"size": v.Size, "eTag": v.ETag,
		"sequencer": fmt.Sprintf("%018X", v.Number),
	}
	if v.ID != "" {
		object["versionId"] = v.ID
	}
	return json.Marshal(map[string]any{"Records": []any{map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": s.config.Region,
		"eventTime": v.Modified.Format("2006-01-02T15:04:05.000Z"), "eventName": name,
		"userIdentity":      map[string]any{"principalId": "AWS:LOCAL"},
		"requestParameters": map[string]any{"sourceIPAddress": "127.0.0.1"},
		"responseElements":  map[string]any{"x-amz-request-id": fmt.Sprintf("%016X", v.Number), "x-amz-id-2": "local"},
		"s3": map[string]any{
			"s3SchemaVersion": "1.0", "configurationId": notification,
			"bucket": map[string]any{
				"name": bucket, "arn": "arn:aws:s3:::" + bucket,
				"ownerIdentity": map[string]any{"principalId": "LOCAL"},
			},
			"object": object,
		},
	}}})
}
