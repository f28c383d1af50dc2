package stream

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Failure is a batch that was given up, as its failure destination learns of it.
type Failure struct {
	record  invocationRecord
	payload []byte
	mapping string
	at      time.Time
}

// invocationRecord is what every destination gets.
type invocationRecord struct {
	RequestContext struct {
		RequestID              string `json:"requestId"`
		FunctionARN            string `json:"functionArn"`
		Condition              string `json:"condition"`
		ApproximateInvokeCount int    `json:"approximateInvokeCount"`
	} `json:"requestContext"`
	ResponseContext *responseContext `json:"responseContext"`
	Version         string           `json:"version"`
	Timestamp       string           `json:"timestamp"`
	Batch           batchInfo        `json:"DDBStreamBatchInfo"`
	Payload         string           `json:"payload,omitempty"` // S3 only: the whole event
}

type responseContext struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError"`
}

// batchInfo is what a destination without the payload has to find the records again.
type batchInfo struct {
	ShardID       string `json:"shardId"`
	StartSequence string `json:"startSequenceNumber"`
	EndSequence   string `json:"endSequenceNumber"`
	FirstArrival  string `json:"approximateArrivalOfFirstRecord"`
	LastArrival   string `json:"approximateArrivalOfLastRecord"`
	BatchSize     int    `json:"batchSize"`
	StreamARN     string `json:"streamArn"`
}

const timestamp = "2006-01-02T15:04:05.000Z"

// failure describes a batch that is given up.
func (s *shard) failure(batch []*item, why string, calls int) Failure {
	first, last := batch[0], batch[len(batch)-1]
	config := s.mapping.config
	f := Failure{payload: eventOf(batch), mapping: config.Name, at: config.Now().UTC()}
	r := &f.record
	r.RequestContext.RequestID = uuid()
	r.RequestContext.FunctionARN = config.FunctionARN
	r.RequestContext.Condition = why
	r.RequestContext.ApproximateInvokeCount = calls
	if calls > 0 {
		r.ResponseContext = &responseContext{StatusCode: 200, ExecutedVersion: "$LATEST", FunctionError: "Unhandled"}
	}
	r.Version = "1.0"
	r.Timestamp = f.at.Format(timestamp)
	r.Batch = batchInfo{
		ShardID: s.id, StartSequence: first.sequence, EndSequence: last.sequence,
		FirstArrival: first.created.UTC().Format(timestamp), LastArrival: last.created.UTC().Format(timestamp),
		BatchSize: len(batch), StreamARN: inRegion(s.arn, config.Region),
	}
	return f
}

// Metadata is what a queue or a topic gets: where the records are, without them.
func (f Failure) Metadata() []byte {
	f.record.Payload = ""
	return encode(f.record)
}

// WithPayload is what a bucket gets: the metadata and the whole event.
func (f Failure) WithPayload() []byte {
	f.record.Payload = string(f.payload)
	return encode(f.record)
}

// ObjectKey is the name of the object in a bucket:
// aws/lambda/MAPPING/SHARD/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-ID.
func (f Failure) ObjectKey() string {
	return fmt.Sprintf("aws/lambda/%s/%s/%s/%s-%s", f.mapping, f.record.Batch.ShardID,
		f.at.Format("2006/01/02"), f.at.Format("2006-01-02T15.04.05"), f.record.RequestContext.RequestID)
}

// ToBucket is an OnFailure that writes the whole batch as an object.
func ToBucket(put func(ctx context.Context, key string, body []byte) error) func(context.Context, Failure) error {
	return func(ctx context.Context, f Failure) error { return put(ctx, f.ObjectKey(), f.WithPayload()) }
}

// ToQueue is an OnFailure that sends the metadata.
func ToQueue(send func(ctx context.Context, body []byte) error) func(context.Context, Failure) error {
	return func(ctx context.Context, f Failure) error { return send(ctx, f.Metadata()) }
}

// encode writes a record; its types cannot fail to be JSON.
func encode(r invocationRecord) []byte {
	text, _ := json.Marshal(r)
	return text
}

// uuid gives a random UUID.
func uuid() string {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
