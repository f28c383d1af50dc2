package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voice.example/infra/local/gateway"
	"voice.example/infra/local/lambda"
	"voice.example/infra/local/queue"
	"voice.example/infra/local/stream"
	"voice.example/infra/local/template"
)

// maxAPIHeader is what API Gateway takes of request line and headers together, in bytes.
const maxAPIHeader = 10 << 10

// startSources starts what calls functions: the API, streams, queues, schedules and phones.
func (s *stack) startSources(context.Context) error {
	functions, err := s.template.Functions()
	if err != nil {
		return err
	}
	var routes []gateway.Route
	for _, f := range functions {
		pool := s.pools[f.LogicalID]
		for _, r := range f.Routes {
			routes = append(routes, gateway.Route{Method: r.Method, Path: r.Path, Timeout: r.Timeout, Throttle: gateway.Throttle(r.Throttle), Function: pool.From(r.Key())})
		}
		for _, source := range f.Queues {
			if err := s.feedFromQueue(f, source, pool); err != nil {
				return err
			}
		}
		for _, source := range f.Streams {
			if err := s.feedFromStream(f, source, pool); err != nil {
				return err
			}
		}
		for _, schedule := range f.Schedules {
			s.sources.run(func(ctx context.Context) { repeat(ctx, schedule, f, pool.From("schedule "+schedule.Event)) })
		}
	}
	handler, err := gateway.New(routes, time.Now)
	if err != nil {
		return err
	}
	s.sources.run(s.network.Run)
	s.sources.run(s.machines.Run)
	s.api.serve(handler, maxAPIHeader, s.failed)
	return nil
}

func (s *stack) feedFromQueue(f template.Function, source template.QueueSource, pool *lambda.Pool) error {
	name := source.QueueARN[strings.LastIndex(source.QueueARN, ":")+1:]
	q, err := s.queues.Queue(name)
	if err != nil {
		return fmt.Errorf("%s, event %s: %w", f.LogicalID, source.Event, err)
	}
	mapping, err := queue.NewSource(queue.SourceConfig{
		Queue: q, Invoker: pool.From("queue " + strings.TrimPrefix(name, template.StackName+"-")),
		BatchSize: source.BatchSize, MaximumBatchingWindow: source.MaximumBatchingWindow,
		MaximumConcurrency: source.MaximumConcurrency, ReportBatchItemFailures: source.ReportBatchItemFailures,
		Log: s.console.log(),
	})
	if err != nil {
		return fmt.Errorf("%s, event %s: %w", f.LogicalID, source.Event, err)
	}
	s.sources.run(mapping.Run)
	return nil
}

func (s *stack) feedFromStream(f template.Function, source template.StreamSource, pool *lambda.Pool) error {
	onFailure, err := s.failureDestination(source.OnFailureARN)
	if err != nil {
		return fmt.Errorf("%s, event %s: %w", f.LogicalID, source.Event, err)
	}
	mapping, err := stream.New(stream.Config{
		Name:    f.LogicalID + "/" + source.Event,
		Streams: s.streams(), DB: s.db,
		Invoker:   pool.From("stream of " + source.Table.ShortName()),
		TableName: source.Table.Name, PartitionKey: source.Table.Keys[0].Attribute,
		FunctionARN: f.ARN, Region: template.Region,
		StartingPosition: source.StartingPosition, BatchSize: source.BatchSize,
		MaximumBatchingWindow: source.MaximumBatchingWindow, ParallelizationFactor: source.ParallelizationFactor,
		BisectBatchOnFunctionError: source.BisectBatchOnFunctionError,
		MaximumRetryAttempts:       source.MaximumRetryAttempts, MaximumRecordAge: source.MaximumRecordAge,
		ReportBatchItemFailures: source.ReportBatchItemFailures, Filters: source.Filters,
		OnFailure: onFailure,
		NotReached: func(err error) bool {
			return errors.Is(err, lambda.ErrThrottled) || errors.Is(err, lambda.ErrStopped)
		},
		Now: time.Now, Log: s.console.log(),
	})
	if err != nil {
		return fmt.Errorf("%s, event %s: %w", f.LogicalID, source.Event, err)
	}
	s.sources.run(mapping.Run)
	return nil
}

// failureDestination is where stream records go that were given up: a bucket gets them whole, a queue
// is told where they were.
func (s *stack) failureDestination(arn string) (func(context.Context, stream.Failure) error, error) {
	if arn == "" {
		return nil, nil
	}
	buckets, err := s.template.Buckets()
	if err != nil {
		return nil, err
	}
	for _, b := range buckets {
		if b.ARN == arn {
			return stream.ToBucket(func(ctx context.Context, key string, body []byte) error {
				return s.buckets.Put(ctx, b.Name, key, "application/json", body)
			}), nil
		}
	}
	if strings.HasPrefix(arn, "arn:aws:sqs:") {
		send, err := s.sender(arn)
		if err != nil {
			return nil, err
		}
		return stream.ToQueue(send), nil
	}
	return nil, fmt.Errorf("the failure destination %s is neither a bucket nor a queue of this template", arn)
}
