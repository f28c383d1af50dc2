package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"voice.example/infra/local/pattern"
)

const (
	defaultBatch    = 100
	defaultPoll     = 50 * time.Millisecond
	defaultBackoff  = 200 * time.Millisecond
	longestBackoff  = 30 * time.Second
	streamRetention = 24 * time.Hour
	// lookAgain is how often new shards and a table's newer stream are looked for.
	lookAgain = 10 * time.Second
	// notThere is the pause while the stream does not exist or the service does not answer.
	notThere = 250 * time.Millisecond
)

// Mapping feeds one function from one stream.
type Mapping struct {
	config  Config
	filters []*pattern.Pattern
	retries int // -1 = without end
}

// New checks the configuration and fills in the defaults.
func New(c Config) (*Mapping, error) {
	if c.Name == "" || c.Streams == nil || c.DB == nil || c.Invoker == nil {
		return nil, errors.New("a stream mapping needs a name, the streams API, a state file and a function")
	}
	if c.TableName == "" && c.StreamARN == "" {
		return nil, fmt.Errorf("the mapping %s names neither a table nor a stream", c.Name)
	}
	c.BatchSize = orElse(c.BatchSize, defaultBatch)
	c.ParallelizationFactor = orElse(c.ParallelizationFactor, 1)
	c.StartingPosition = orElse(c.StartingPosition, TrimHorizon)
	c.Region = orElse(c.Region, "us-east-1")
	c.PollInterval = orElse(c.PollInterval, defaultPoll)
	c.FirstBackoff = orElse(c.FirstBackoff, defaultBackoff)
	if c.MaximumRecordAge <= 0 {
		c.MaximumRecordAge = streamRetention
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Log = c.Log.With("mapping", c.Name)
	m := &Mapping{config: c, retries: -1}
	if c.MaximumRetryAttempts != nil {
		m.retries = *c.MaximumRetryAttempts
	}
	switch {
	case c.BatchSize < 1 || c.BatchSize > 10_000:
		return nil, fmt.Errorf("the mapping %s has a batch size of %d, not 1 to 10,000", c.Name, c.BatchSize)
	case c.ParallelizationFactor < 1 || c.ParallelizationFactor > 10:
		return nil, fmt.Errorf("the mapping %s has a parallelization factor of %d, not 1 to 10", c.Name, c.ParallelizationFactor)
	case m.retries < -1 || m.retries > 10_000:
		return nil, fmt.Errorf("the mapping %s has %d retries, not -1 to 10,000", c.Name, m.retries)
	case c.StartingPosition != TrimHorizon && c.StartingPosition != Latest:
		return nil, fmt.Errorf("the mapping %s starts at %q; DynamoDB knows TRIM_HORIZON and LATEST", c.Name, c.StartingPosition)
	}
	for _, f := range c.Filters {
		p, err := pattern.Parse(f)
		if err != nil {
			return nil, fmt.Errorf("a filter of the mapping %s: %w", c.Name, err)
		}
		m.filters = append(m.filters, p)
	}
	return m, nil
}

// orElse gives v, or the default where v is the zero value.
func orElse[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Run feeds the function until ctx ends, then waits for the batches that are running: their
// invocations are not cancelled, so that their outcome is still written down. A stream or a service
// that is not there yet is waited for.
func (m *Mapping) Run(ctx context.Context) {
	for ctx.Err() == nil {
		arn, err := m.findStream(ctx)
		if err != nil {
			m.config.Log.Debug("no stream yet", "error", err)
			sleep(ctx, notThere)
			continue
		}
		if err := m.follow(ctx, arn); err != nil && ctx.Err() == nil {
			m.config.Log.Warn("start over", "error", err)
			sleep(ctx, notThere)
		}
	}
}

// findStream gives the ARN of the stream to read.
func (m *Mapping) findStream(ctx context.Context) (string, error) {
	if m.config.StreamARN != "" {
		return m.config.StreamARN, nil
	}
	out, err := m.config.Streams.ListStreams(ctx, &dynamodbstreams.ListStreamsInput{TableName: &m.config.TableName})
	if err != nil {
		return "", fmt.Errorf("list streams: %w", err)
	}
	newest := ""
	label := ""
	for _, s := range out.Streams {
		if l := aws.ToString(s.StreamLabel); newest == "" || l > label {
			newest, label = aws.ToString(s.StreamArn), l
		}
	}
	if newest == "" {
		return "", fmt.Errorf("the table %s has no stream", m.config.TableName)
	}
	return newest, nil
}

// follow reads the shards of one stream, parents before children, until ctx ends or the stream is gone.
func (m *Mapping) follow(ctx context.Context, arn string) error {
	started, err := m.startedAt(arn)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop(nil)
	finished := make(chan struct{}, 1)
	known := map[string]bool{}
	for ctx.Err() == nil {
		shards, partitionKey, err := m.shards(ctx, arn)
		if err != nil {
			return err
		}
		for _, id := range m.ready(arn, shards) {
			if known[id] {
				continue
			}
			known[id] = true
			s := newShard(m, arn, id, orElse(m.config.PartitionKey, partitionKey), started)
			running.Go(func() {
				if err := s.run(ctx); err != nil {
					stop(err)
				}
				select {
				case finished <- struct{}{}:
				default:
				}
			})
		}
		timer := time.NewTimer(lookAgain)
		select {
		case <-ctx.Done():
		case <-finished:
		case <-timer.C:
		}
		timer.Stop()
	}
	return context.Cause(ctx)
}

// shards lists a stream's shards and tells its table's partition key, "" when it does not say.
func (m *Mapping) shards(ctx context.Context, arn string) ([]types.Shard, string, error) {
	var all []types.Shard
	key := ""
	for in := (&dynamodbstreams.DescribeStreamInput{StreamArn: &arn}); ; {
		out, err := m.config.Streams.DescribeStream(ctx, in)
		if err != nil {
			return nil, "", fmt.Errorf("describe the stream: %w", err)
		}
		all = append(all, out.StreamDescription.Shards...)
		for _, k := range out.StreamDescription.KeySchema {
			if k.KeyType == types.KeyTypeHash {
				key = aws.ToString(k.AttributeName)
			}
		}
		if in.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId; in.ExclusiveStartShardId == nil {
			return all, key, nil
		}
	}
}

// ready gives the shards that may be read: those not finished whose parent is finished or gone.
func (m *Mapping) ready(arn string, shards []types.Shard) []string {
	listed := map[string]bool{}
	for _, s := range shards {
		listed[aws.ToString(s.ShardId)] = true
	}
	finished := func(id string) bool {
		c, err := m.checkpoint(arn, id)
		return err == nil && c.Closed
	}
	var ids []string
	for _, s := range shards {
		id, parent := aws.ToString(s.ShardId), aws.ToString(s.ParentShardId)
		if !finished(id) && (parent == "" || !listed[parent] || finished(parent)) {
			ids = append(ids, id)
		}
	}
	return ids
}

// wanted says whether the filters let a record through.
func (m *Mapping) wanted(record json.RawMessage) bool {
	if len(m.filters) == 0 {
		return true
	}
	for _, f := range m.filters {
		if f.MatchBody(record) {
			return true
		}
	}
	return false
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
