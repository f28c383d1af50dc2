package stream

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

const (
	pageSize = 1000 // the most records of one GetRecords
	// fewestHeld is how many records a shard may hold unfinished at least, so that one slow lane does
	// not stop the others.
	fewestHeld = 2000
)

// shard reads one shard and hands its records to lanes, each of which works in order.
type shard struct {
	mapping      *Mapping
	arn, id      string
	partitionKey string
	started      time.Time
	lanes        []*lane
	progress     *progress
	fresh        bool // there was no checkpoint when reading began
}

func newShard(m *Mapping, arn, id, partitionKey string, started time.Time) *shard {
	s := &shard{mapping: m, arn: arn, id: id, partitionKey: partitionKey, started: started}
	s.progress = &progress{save: func(sequence string) error {
		return m.save(arn, id, checkpoint{Sequence: sequence})
	}, freed: make(chan struct{}, 1)}
	for range m.config.ParallelizationFactor {
		s.lanes = append(s.lanes, &lane{shard: s, came: make(chan struct{}, 1)})
	}
	return s
}

// run reads until the shard or ctx ends. An error means that the stream itself is not there any more.
func (s *shard) run(ctx context.Context) error {
	var working sync.WaitGroup
	defer working.Wait()
	ended := make(chan struct{})
	for _, l := range s.lanes {
		working.Go(func() { l.run(ctx, ended) })
	}
	closed, err := s.read(ctx)
	close(ended)
	working.Wait()
	if err != nil || !closed || !s.progress.empty() {
		return err
	}
	c, err := s.mapping.checkpoint(s.arn, s.id)
	if err == nil {
		c.Closed = true
		err = s.mapping.save(s.arn, s.id, c)
	}
	return err
}

// read hands on records until ctx or the shard (closed) ends.
func (s *shard) read(ctx context.Context) (closed bool, err error) {
	config := s.mapping.config
	start, err := s.mapping.checkpoint(s.arn, s.id)
	if err != nil {
		return false, fmt.Errorf("read the checkpoint: %w", err)
	}
	last := start.Sequence // of the newest record that was read
	s.fresh = last == ""
	var iterator *string
	most := max(fewestHeld, 2*config.BatchSize*len(s.lanes))
	for ctx.Err() == nil {
		if iterator == nil {
			if iterator, err = s.iterator(ctx, last); err != nil {
				if gone(err) {
					return false, err
				}
				config.Log.Debug("no iterator", "error", err)
				sleep(ctx, notThere)
				continue
			}
		}
		if !s.progress.room(ctx, most) {
			return false, nil
		}
		limit := int32(pageSize)
		out, err := config.Streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator, Limit: &limit})
		if err != nil {
			if gone(err) {
				return false, err
			}
			iterator = nil // expired, trimmed, or the service went away: go on from the last record
			var trimmed *types.TrimmedDataAccessException
			if errors.As(err, &trimmed) {
				config.Log.Error("records were trimmed before they were read", "error", err)
				last = ""
			}
			sleep(ctx, notThere)
			continue
		}
		for _, r := range out.Records {
			last = s.handOn(r)
		}
		if iterator = out.NextShardIterator; iterator == nil {
			return true, nil
		}
		if len(out.Records) < pageSize {
			sleep(ctx, config.PollInterval)
		}
	}
	return false, nil
}

// iterator starts after the record with the sequence number last, or at the beginning without one.
func (s *shard) iterator(ctx context.Context, last string) (*string, error) {
	in := &dynamodbstreams.GetShardIteratorInput{StreamArn: &s.arn, ShardId: &s.id, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	if last != "" {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &last
	}
	out, err := s.mapping.config.Streams.GetShardIterator(ctx, in)
	var trimmed *types.TrimmedDataAccessException
	if errors.As(err, &trimmed) && last != "" {
		s.mapping.config.Log.Error("records were trimmed before they were read", "error", err)
		return s.iterator(ctx, "")
	}
	if err != nil {
		return nil, err
	}
	return out.ShardIterator, nil
}

// gone says that the stream has been deleted.
func gone(err error) bool {
	var missing *types.ResourceNotFoundException
	return errors.As(err, &missing)
}

// handOn gives a record to its lane, or counts it as done when it is not wanted, and says its sequence number.
func (s *shard) handOn(r types.Record) string {
	m := s.mapping
	it, err := newItem(r, s.arn, m.config.Region)
	s.progress.add(it)
	// A stream keeps its records for a day, but an emulator may keep them for good: a mapping that has
	// not begun must not meet what AWS would have dropped.
	beforeStart := s.fresh && it.created.Before(m.config.Now().Add(-streamRetention)) ||
		m.config.StartingPosition == Latest && it.created.Before(s.started.Truncate(time.Second))
	if err != nil { // a record that cannot be written as JSON cannot come from the API
		m.config.Log.Error("a record could not be read", "sequence", it.sequence, "error", err)
	}
	if err != nil || beforeStart || !m.wanted(it.json) {
		if err := s.progress.done(it); err != nil {
			m.config.Log.Error("write the checkpoint", "error", err)
		}
		return it.sequence
	}
	s.lanes[s.laneOf(r)].give(it)
	return it.sequence
}

// laneOf chooses a lane by partition key, so that each key keeps its order. While the key's name is
// unknown and a record has several, everything takes one lane.
func (s *shard) laneOf(r types.Record) int {
	keys := r.Dynamodb.Keys
	value, ok := keys[s.partitionKey]
	if !ok {
		if len(keys) != 1 {
			return 0
		}
		for _, only := range keys {
			value = only
		}
	}
	h := fnv.New32a()
	fmt.Fprint(h, plain(value))
	return int(h.Sum32() % uint32(len(s.lanes)))
}
