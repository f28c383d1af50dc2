package rig

import (
	"bytes"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"voice.example/infra/local/stream"
	"voice.example/infra/local/template"
)

// Change is one record of a table's stream.
type Change struct {
	Sequence string
	Old, New json.RawMessage // the images, as custody.FromImage reads them; nil for none
	JSON     json.RawMessage // the record as Lambda hands it to a function
}

// reader is where a stream has been read to.
type reader struct {
	arn, shard string
	last       string // the sequence number of the last record that was read; "" before the first
}

// Stream is StreamOf the custody table.
func (r *Rig) Stream() []Change {
	r.t.Helper()
	return r.StreamOf("custody")
}

// StreamOf reads the changes of a table that were made since it was last called, in order. Each was made, by what it says,
// when this rig's clock showed so.
func (r *Rig) StreamOf(table string) []Change {
	r.t.Helper()
	ctx, from := r.t.Context(), r.readers[table]
	if from == nil {
		from = r.openStream(table)
		r.readers[table] = from
	}
	var all []Change
	for {
		out, err := r.streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: r.iterator(from)})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, one := range out.Records {
			all = append(all, r.change(from, one))
			from.last = *one.Dynamodb.SequenceNumber
		}
		if out.NextShardIterator == nil {
			r.t.Fatal("the stream's shard has ended")
		}
		if len(out.Records) == 0 {
			return all
		}
	}
}

// openStream finds the beginning of the one shard that a stream has here.
func (r *Rig) openStream(name string) *reader {
	r.t.Helper()
	ctx, table := r.t.Context(), r.DB.Table(name)
	streams, err := r.streams.ListStreams(ctx, &dynamodbstreams.ListStreamsInput{TableName: &table})
	if err != nil || len(streams.Streams) != 1 {
		r.t.Fatalf("the table %s has %d streams: %v", name, len(streams.Streams), err)
	}
	arn := streams.Streams[0].StreamArn
	about, err := r.streams.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil || len(about.StreamDescription.Shards) != 1 {
		r.t.Fatalf("the stream has not one shard: %v", err)
	}
	return &reader{arn: *arn, shard: *about.StreamDescription.Shards[0].ShardId}
}

// iterator is a new one from where a stream has been read to. One that was kept, as Lambda keeps it, is refused by DynamoDB
// Local as trimmed when other tables were written before the next record.
func (r *Rig) iterator(of *reader) *string {
	r.t.Helper()
	in := &dynamodbstreams.GetShardIteratorInput{StreamArn: &of.arn, ShardId: &of.shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	if of.last != "" {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &of.last
	}
	out, err := r.streams.GetShardIterator(r.t.Context(), in)
	if err != nil {
		r.t.Fatal(err)
	}
	return out.ShardIterator
}

func (r *Rig) change(of *reader, one types.Record) Change {
	r.t.Helper()
	made := r.clock.of(aws.ToTime(one.Dynamodb.ApproximateCreationDateTime))
	one.Dynamodb.ApproximateCreationDateTime = &made
	text, err := stream.JSON(one, of.arn, template.Region)
	if err != nil {
		r.t.Fatal(err)
	}
	var images struct {
		Change struct{ OldImage, NewImage json.RawMessage } `json:"dynamodb"`
	}
	if err := json.Unmarshal(text, &images); err != nil {
		r.t.Fatal(err)
	}
	return Change{Sequence: aws.ToString(one.Dynamodb.SequenceNumber), Old: images.Change.OldImage, New: images.Change.NewImage, JSON: text}
}

// StreamEvent is what Lambda calls a function with that reads a stream.
func StreamEvent(changes ...Change) []byte {
	var records [][]byte
	for _, c := range changes {
		records = append(records, c.JSON)
	}
	return append(append([]byte(`{"Records":[`), bytes.Join(records, []byte(","))...), "]}"...)
}
