package template

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Bucket is an S3 bucket.
type Bucket struct {
	LogicalID, Name, ARN string
	Versioned            bool
	Notifications        []Notification
}

// Notification tells a queue of new objects whose key begins with Prefix and ends with Suffix.
type Notification struct {
	Event          string // such as s3:ObjectCreated:*
	QueueARN       string
	Prefix, Suffix string
}

type bucketProperties struct {
	VersioningConfiguration   struct{ Status string }
	NotificationConfiguration struct {
		QueueConfigurations []struct {
			Event, Queue string
			Filter       struct {
				S3Key struct {
					Rules []struct{ Name, Value string }
				}
			}
		}
		TopicConfigurations, LambdaConfigurations json.RawMessage
		EventBridgeConfiguration                  json.RawMessage
	}
}

// Buckets gives every bucket of the template.
func (t *Template) Buckets() ([]Bucket, error) {
	found, err := t.ofKind(kindBucket)
	if err != nil {
		return nil, err
	}
	var buckets []Bucket
	for _, r := range found {
		bucket, err := t.bucket(r)
		if err != nil {
			return nil, err
		}
		buckets = append(buckets, bucket)
	}
	return buckets, nil
}

func (t *Template) bucket(r *resource) (Bucket, error) {
	var p bucketProperties
	if err := t.decode(r, &p); err != nil {
		return Bucket{}, err
	}
	name, err := t.name(r)
	if err != nil {
		return Bucket{}, err
	}
	n := p.NotificationConfiguration
	if n.TopicConfigurations != nil || n.LambdaConfigurations != nil || n.EventBridgeConfiguration != nil {
		return Bucket{}, fmt.Errorf("line %d: %s: the local runner tells queues of new objects, and nobody else", r.line, r.id)
	}
	bucket := Bucket{LogicalID: r.id, Name: name, ARN: arn(r.kind, name), Versioned: p.VersioningConfiguration.Status == "Enabled"}
	for _, q := range n.QueueConfigurations {
		if _, err := t.queueByARN(q.Queue); err != nil {
			return Bucket{}, fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
		}
		notification := Notification{Event: q.Event, QueueARN: q.Queue}
		for _, rule := range q.Filter.S3Key.Rules {
			switch strings.ToLower(rule.Name) {
			case "prefix":
				notification.Prefix = rule.Value
			case "suffix":
				notification.Suffix = rule.Value
			default:
				return Bucket{}, fmt.Errorf("line %d: %s: a filter is by prefix or suffix, not %s", r.line, r.id, rule.Name)
			}
		}
		bucket.Notifications = append(bucket.Notifications, notification)
	}
	return bucket, nil
}
