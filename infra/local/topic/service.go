package topic

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"voice.example/infra/local/pattern"
	"voice.example/infra/local/queue"
)

// Service is every topic of the stack. It is an http.Handler for the SNS Query protocol.
type Service struct {
	config Config
	topics map[string]*topic // by ARN
	order  []string          // ARNs as configured
}

// topic is one topic with its filters parsed.
type topic struct {
	Topic
	subscriptions []*subscription
}

type subscription struct {
	Subscription
	filter *pattern.Pattern // nil: everything
	onBody bool
}

// New checks the topics and their filter policies.
func New(c Config) (*Service, error) {
	if c.Queues == nil || c.Phone == nil {
		return nil, fmt.Errorf("the topics need queues and a phone network")
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{config: c, topics: map[string]*topic{}}
	for _, t := range c.Topics {
		if t.ARN == "" || s.topics[t.ARN] != nil {
			return nil, fmt.Errorf("the topic %s has no ARN of its own: %q", t.Name, t.ARN)
		}
		known := &topic{Topic: t}
		for i, sub := range t.Subscriptions {
			if sub.QueueARN == "" && sub.Address == "" {
				return nil, fmt.Errorf("a subscription of the topic %s names no queue and no address", t.Name)
			}
			if sub.ARN == "" {
				sub.ARN = fmt.Sprintf("%s:%012d", t.ARN, i+1)
			}
			one := &subscription{Subscription: sub}
			switch sub.FilterPolicyScope {
			case "", "MessageAttributes":
			case "MessageBody":
				one.onBody = true
			default:
				return nil, fmt.Errorf("a subscription of the topic %s has the filter scope %q", t.Name, sub.FilterPolicyScope)
			}
			if len(sub.FilterPolicy) > 0 && string(sub.FilterPolicy) != "null" {
				filter, err := pattern.Parse(sub.FilterPolicy)
				if err != nil {
					return nil, fmt.Errorf("a subscription of the topic %s: %w", t.Name, err)
				}
				one.filter = filter
			}
			known.subscriptions = append(known.subscriptions, one)
		}
		s.topics[t.ARN] = known
		s.order = append(s.order, t.ARN)
	}
	return s, nil
}

// Mux sends SQS calls to sqs and all others to sns, for one port that speaks both.
func Mux(sns, sqs http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), queue.TargetPrefix) {
			sqs.ServeHTTP(w, r)
			return
		}
		sns.ServeHTTP(w, r)
	})
}

// newID gives a random UUID.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
