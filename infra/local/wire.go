package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"voice.example/infra/local/bucket"
	"voice.example/infra/local/machine"
	"voice.example/infra/local/oidc"
	"voice.example/infra/local/queue"
	"voice.example/infra/local/template"
	"voice.example/infra/local/topic"
)

// What the template says, in the words of the packages that do it.

func (s *stack) openQueues() (*queue.Service, error) {
	queues, err := s.template.Queues()
	if err != nil {
		return nil, err
	}
	var configs []queue.Config
	for _, q := range queues {
		config := queue.Config{
			Name: q.Name, ARN: q.ARN,
			VisibilityTimeout: q.VisibilityTimeout, Delay: q.Delay, RetentionPeriod: q.Retention,
		}
		if q.DeadLetterARN != "" {
			config.Redrive = &queue.RedrivePolicy{DeadLetterARN: q.DeadLetterARN, MaxReceiveCount: q.MaxReceiveCount}
		}
		configs = append(configs, config)
	}
	return queue.Open(s.db, time.Now, template.Region, configs...)
}

func (s *stack) openTopics() (*topic.Service, error) {
	topics, err := s.template.Topics()
	if err != nil {
		return nil, err
	}
	config := topic.Config{Queues: s.queues, Phone: s.network, Region: template.Region, Now: time.Now, Log: s.console.log()}
	for _, t := range topics {
		var subscriptions []topic.Subscription
		for _, sub := range t.Subscriptions {
			subscriptions = append(subscriptions, topic.Subscription{
				QueueARN: sub.QueueARN, Address: sub.Address, RawMessageDelivery: sub.RawMessageDelivery,
				FilterPolicy: sub.FilterPolicy, FilterPolicyScope: sub.FilterPolicyScope,
			})
		}
		config.Topics = append(config.Topics, topic.Topic{Name: t.Name, ARN: t.ARN, Subscriptions: subscriptions})
	}
	return topic.New(config)
}

// openMachines makes the state machines, which call functions in their own role.
func (s *stack) openMachines() (*machine.Service, error) {
	machines, err := s.template.Machines()
	if err != nil {
		return nil, err
	}
	config := machine.Config{DB: s.db, Now: time.Now, Log: s.console.log()}
	for _, m := range machines {
		role, held := s.policies.Role(m.RoleARN)
		if held {
			if err := s.policies.StepFunctions(role, m, s.record); err != nil {
				return nil, err
			}
		}
		config.Machines = append(config.Machines, machine.Machine{ARN: m.ARN, Definition: m.Definition,
			Invoke: func(ctx context.Context, functionARN string, input []byte) ([]byte, error) {
				if held && !s.gate.MayInvoke(role, functionARN) {
					return nil, errMayNotInvoke
				}
				pool := s.byARN[functionARN]
				if pool == nil {
					return nil, fmt.Errorf("%s calls %s, which is no function of this template", m.LogicalID, functionARN)
				}
				return pool.From("machine").Invoke(ctx, input)
			}})
	}
	return machine.Open(config)
}

// errMayNotInvoke says that a state machine's role does not allow what its definition does.
var errMayNotInvoke = errors.New("the role may not call the function")

// openSignIn makes the provider that stands for the template's user pool.
func (s *stack) openSignIn() (http.Handler, error) {
	pool, err := s.template.SignIn()
	if err != nil {
		return nil, err
	}
	key, err := oidc.OpenKey(s.state.path("sign-in-key.pem"))
	if err != nil {
		return nil, err
	}
	config := oidc.Config{Issuer: s.signIn.url(), Key: key, Now: time.Now}
	for _, c := range pool.Clients {
		config.Clients = append(config.Clients, oidc.Client{ID: c.ID, Callbacks: c.Callbacks, SignedOut: c.SignedOut, Lifetime: c.Lifetime})
	}
	return oidc.New(config)
}

func (s *stack) openBuckets() (*bucket.Store, error) {
	buckets, err := s.template.Buckets()
	if err != nil {
		return nil, err
	}
	config := bucket.Config{DB: s.db, Folder: s.state.path("objects"), Region: template.Region, Now: time.Now, Log: s.console.log(), MayPut: s.gate.MayPut}
	for _, b := range buckets {
		var notifications []bucket.Notification
		for i, n := range b.Notifications {
			send, err := s.sender(n.QueueARN)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", b.LogicalID, err)
			}
			notifications = append(notifications, bucket.Notification{
				ID: fmt.Sprintf("%s-%d", b.LogicalID, i+1), Events: []string{n.Event}, Prefix: n.Prefix, Suffix: n.Suffix, Send: send,
			})
		}
		config.Buckets = append(config.Buckets, bucket.Bucket{Name: b.Name, Versioned: b.Versioned, Notifications: notifications})
	}
	return bucket.Open(config)
}

// sender puts message bodies into a queue.
func (s *stack) sender(queueARN string) (func(context.Context, []byte) error, error) {
	name := queueARN[strings.LastIndex(queueARN, ":")+1:]
	q, err := s.queues.Queue(name)
	if err != nil {
		return nil, fmt.Errorf("queue %s: %w", name, err)
	}
	return func(ctx context.Context, body []byte) error {
		_, err := q.Send(ctx, queue.Outgoing{Body: string(body)})
		return err
	}, nil
}
