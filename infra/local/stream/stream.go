// Package stream is the local runner's Lambda event source mapping for DynamoDB Streams.
//
// It reads the stream by its real API, makes batches that keep each key's order, and treats a failed
// batch as Lambda does: partial responses by lowest sequence number, bisection, bounded retries with
// growing pauses, record age, failure destination. The checkpoint is on disk after every batch: a kill
// at any moment repeats records, and never skips one.
//
// Limits: no tumbling windows; the retry count of a batch starts again after a restart; a shard's lanes
// share one checkpoint, so a lane that is ahead repeats what it did beyond it.
package stream

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"voice.example/infra/local/durable"
)

// Where a mapping starts that has no checkpoint.
const (
	TrimHorizon = "TRIM_HORIZON"
	Latest      = "LATEST"
)

// Invoker runs one Lambda function and waits for its answer.
type Invoker interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

// Streams is the part of the DynamoDB Streams API that a mapping reads. *dynamodbstreams.Client does.
type Streams interface {
	ListStreams(context.Context, *dynamodbstreams.ListStreamsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.ListStreamsOutput, error)
	DescribeStream(context.Context, *dynamodbstreams.DescribeStreamInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error)
	GetShardIterator(context.Context, *dynamodbstreams.GetShardIteratorInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error)
	GetRecords(context.Context, *dynamodbstreams.GetRecordsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error)
}

// Config describes one mapping from a table's stream to a function.
type Config struct {
	Name    string // of the mapping, unique in the state file: the function's and the table's name
	Streams Streams
	DB      *durable.DB
	Invoker Invoker

	TableName    string // its newest stream is read, unless StreamARN says which
	StreamARN    string
	PartitionKey string // the table's partition key; "" = as the stream describes it
	FunctionARN  string // told to the failure destination
	Region       string // "" = us-east-1

	StartingPosition           string        // TRIM_HORIZON (also "") or LATEST
	BatchSize                  int           // 0 = 100, at most 10,000
	MaximumBatchingWindow      time.Duration // how long to wait for a full batch
	ParallelizationFactor      int           // 0 = 1, at most 10: batches of a shard at the same time
	BisectBatchOnFunctionError bool
	MaximumRetryAttempts       *int          // nil or -1: until the record's age ends it
	MaximumRecordAge           time.Duration // <= 0: 24 h, the stream's own retention
	ReportBatchItemFailures    bool
	Filters                    []json.RawMessage // patterns, any of which lets a record through; none = all

	// OnFailure takes what was given up; nil: it is logged and dropped. An error is tried again.
	OnFailure func(context.Context, Failure) error
	// NotReached says of an error from Invoke that the function never got the batch (a throttle), which
	// does not count as an attempt. nil: every error counts.
	NotReached func(error) bool

	PollInterval time.Duration // pause between reads of an idle shard; 0 = 50 ms
	FirstBackoff time.Duration // pause before the first retry, doubled up to 30 s; 0 = 200 ms
	Now          func() time.Time
	Log          *slog.Logger // nil = silent
}
