package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"voice.example/infra/local/durable"
	local "voice.example/infra/local/dynamodb"
	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/stream"
	"voice.example/infra/local/template"
	"voice.example/shared/audit"
	"voice.example/shared/staff"
)

// invoked is the function as the stream calls it. Of its answers every third is lost, so that batches come again.
type invoked struct {
	*handler
	mu      sync.Mutex
	calls   int
	records int
}

func (i *invoked) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	var b batch
	if err := json.Unmarshal(payload, &b); err != nil {
		return nil, err
	}
	i.calls++
	i.records += len(b.Records)
	out, err := i.Handle(ctx, b)
	if err == nil && i.calls%3 == 1 {
		err = errors.New("the answer is lost")
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// TestStream has entries that several write at the same time come over the table's own stream, by the mapping of the template.
func TestStream(t *testing.T) {
	const writers, each = 4, 30
	db := dynamodbtest.New(t, "audit")
	b := &bench{t: t, handler: newBench(t).handler}
	b.Log.Client, b.Log.Name = db.Client, db.Table("audit")
	f := &invoked{handler: b.handler}
	b.feed(db, f)

	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				e := audit.Entry{Subject: "x#1", Action: audit.Viewed, What: "an inquiry"}.By(staff.Identity{Subject: "w"})
				if err := b.Log.Write(context.Background(), e, "why"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	sealed := b.await(func(r audit.Report) bool { return r.Waiting == 0 })
	if sealed.Entries != writers*each || sealed.Blocks == 0 || len(sealed.Problems) != 0 {
		t.Errorf("%+v", sealed)
	}
	t.Logf("%d entries in %d blocks", sealed.Entries, sealed.Blocks)

	// Nobody can take an entry out before it is sealed: its record is in the stream.
	page, err := b.Log.Of(context.Background(), "x#1", 1, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Client.DeleteItem(context.Background(), &dynamodb.DeleteItemInput{TableName: &b.Log.Name, Key: map[string]types.AttributeValue{
		"subject": &types.AttributeValueMemberS{Value: "x#1"}, "at": &types.AttributeValueMemberS{Value: page.Entries[0].At}}})
	if err != nil {
		t.Fatal(err)
	}
	if r := b.await(func(r audit.Report) bool { return len(r.Problems) > 0 }); r.Problems[0].Kind != audit.EntryMissing {
		t.Errorf("%+v", r)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if more := f.records; more > 2*(writers*each+1) {
		t.Errorf("%d records for %d entries: blocks come too", more, writers*each)
	}
}

// feed runs the template's mapping until the test is over.
func (b *bench) feed(db *dynamodbtest.DB, f stream.Invoker) {
	b.t.Helper()
	state, err := durable.Open(filepath.Join(b.t.TempDir(), "state"))
	if err != nil {
		b.t.Fatal(err)
	}
	source := b.source()
	options := db.Client.Options()
	mapping, err := stream.New(stream.Config{Name: "seal", DB: state, Invoker: f, TableName: db.Table("audit"), FunctionARN: "arn:aws:lambda:us-east-1:000000000000:function:seal",
		Streams:          dynamodbstreams.New(dynamodbstreams.Options{Region: options.Region, BaseEndpoint: &db.Endpoint, Credentials: options.Credentials}),
		StartingPosition: source.StartingPosition, BatchSize: source.BatchSize, MaximumBatchingWindow: source.MaximumBatchingWindow,
		BisectBatchOnFunctionError: source.BisectBatchOnFunctionError, MaximumRetryAttempts: source.MaximumRetryAttempts,
		MaximumRecordAge: source.MaximumRecordAge, ReportBatchItemFailures: source.ReportBatchItemFailures, Filters: source.Filters,
		PollInterval: 5 * time.Millisecond, FirstBackoff: 2 * time.Millisecond})
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		mapping.Run(ctx)
	}()
	b.t.Cleanup(func() {
		cancel()
		<-done
		state.Close()
	})
}

// source is the mapping of the template. It must give up what cannot be sealed some day, and say so somewhere.
func (b *bench) source() template.StreamSource {
	b.t.Helper()
	root, err := local.FindRoot(".")
	if err != nil {
		b.t.Fatal(err)
	}
	parsed, err := template.Load(filepath.Join(root, "template.yaml"), template.Options{Secret: func(string) (string, error) { return "secret", nil }})
	if err != nil {
		b.t.Fatal(err)
	}
	functions, err := parsed.Functions()
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range functions {
		if f.LogicalID == "SealFunction" && len(f.Streams) == 1 {
			s := f.Streams[0]
			if !s.ReportBatchItemFailures || aws.ToInt(s.MaximumRetryAttempts) < 1 || s.MaximumRecordAge <= 0 || s.OnFailureARN == "" {
				b.t.Errorf("%+v", s)
			}
			return s
		}
	}
	b.t.Fatal("template.yaml has no stream for seal")
	return template.StreamSource{}
}

// await verifies until the report is as wanted.
func (b *bench) await(is func(audit.Report) bool) audit.Report {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r := b.verify()
		if is(r) {
			return r
		}
		if time.Now().After(end) {
			b.t.Fatalf("%+v", r)
		}
	}
}
