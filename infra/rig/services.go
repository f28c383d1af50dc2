package rig

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"

	"voice.example/infra/local/bucket"
	"voice.example/infra/local/durable"
	"voice.example/infra/local/kms"
	"voice.example/infra/local/permission"
	"voice.example/infra/local/phone"
	"voice.example/infra/local/queue"
	"voice.example/infra/local/template"
	"voice.example/infra/local/topic"
)

// services are what functions call, behind one address: which one is meant, the signature says.
type services struct{ dynamodb, messages, buckets, keys http.Handler }

// ServeHTTP is for http.Handler.
func (s services) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch _, service := permission.Signer(r); service {
	case "dynamodb":
		s.dynamodb.ServeHTTP(w, r)
	case "sns", "sqs":
		s.messages.ServeHTTP(w, r)
	case "kms":
		s.keys.ServeHTTP(w, r)
	default:
		s.buckets.ServeHTTP(w, r)
	}
}

// openServices makes the template's queues, topics and buckets, and the phones.
func (r *Rig) openServices() {
	t := r.t
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	db, err := durable.Open(filepath.Join(folder, "state.db"))
	must(err)
	t.Cleanup(func() { db.Close() })

	queues, err := r.template.Queues()
	must(err)
	var configs []queue.Config
	for _, q := range queues {
		config := queue.Config{Name: q.Name, ARN: q.ARN, VisibilityTimeout: q.VisibilityTimeout, Delay: q.Delay, RetentionPeriod: q.Retention}
		if q.DeadLetterARN != "" {
			config.Redrive = &queue.RedrivePolicy{DeadLetterARN: q.DeadLetterARN, MaxReceiveCount: q.MaxReceiveCount}
		}
		configs = append(configs, config)
	}
	r.queues, err = queue.Open(db, r.Now, template.Region, configs...)
	must(err)

	r.phones, err = phone.New(phone.Config{DB: db, Now: r.Now, SelfManagedOptOuts: true})
	must(err)

	topics, err := r.template.Topics()
	must(err)
	config := topic.Config{Queues: r.queues, Phone: r.phones, Region: template.Region, Now: r.Now}
	for _, one := range topics {
		made := topic.Topic{Name: one.Name, ARN: one.ARN}
		for _, sub := range one.Subscriptions {
			made.Subscriptions = append(made.Subscriptions, topic.Subscription{QueueARN: sub.QueueARN,
				RawMessageDelivery: sub.RawMessageDelivery, FilterPolicy: sub.FilterPolicy, FilterPolicyScope: sub.FilterPolicyScope})
		}
		config.Topics = append(config.Topics, made)
	}
	r.topics, err = topic.New(config)
	must(err)

	buckets, err := r.template.Buckets()
	must(err)
	var kept []bucket.Bucket
	for _, b := range buckets {
		kept = append(kept, bucket.Bucket{Name: b.Name, Versioned: b.Versioned}) // without notifications: nothing happens by itself
	}
	store, err := bucket.Open(bucket.Config{DB: db, Folder: filepath.Join(folder, "objects"), Region: template.Region, Now: r.Now, Buckets: kept})
	must(err)

	keys, err := r.template.Keys()
	must(err)
	held, err := kms.OpenIn(folder, keys...)
	must(err)

	address, err := url.Parse(r.DB.Endpoint)
	must(err)
	r.services = services{messages: topic.Mux(r.topics, r.queues), buckets: store, keys: held.Mux(http.NotFoundHandler()),
		dynamodb: &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(address) }, Transport: http.DefaultTransport}}
}

// Reply is a text from a phone, as SNS hands it to the replies queue.
func (r *Rig) Reply(from, body string) {
	r.t.Helper()
	topics, err := r.template.Topics()
	if err != nil {
		r.t.Fatal(err)
	}
	message, err := json.Marshal(phone.Reply{OriginationNumber: from, DestinationNumber: "+12025550100",
		MessageKeyword: strings.ToUpper(body), MessageBody: body, InboundMessageID: newID()})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, one := range topics {
		if one.LogicalID == "RepliesTopic" {
			if err := r.topics.Publish(r.t.Context(), one.ARN, string(message)); err != nil {
				r.t.Fatal(err)
			}
			return
		}
	}
	r.t.Fatal("template.yaml has no RepliesTopic")
}
