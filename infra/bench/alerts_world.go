package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"voice.example/infra/local/queue"
	"voice.example/infra/local/template"
	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

// The events' batches, as template.yaml has them.
const (
	streamBatch   = 100
	streamWidth   = 10 // ParallelizationFactor
	queueBatch    = 10
	urgentLanes   = 20 // MaximumConcurrency of the urgent queue
	routineLanes  = 5
	retentionDays = 365
)

// world is a rig of its own, with fresh tables, and what the bench counts in it.
type world struct {
	*rig.Rig
	host   *rig.Host
	lanes  int
	keys   *secret.Keys
	people *custody.Table
	ledger *alert.Ledger

	mu    sync.Mutex
	calls map[string]spentCalls // by function
}

// spentCalls is what the invocations of one function came to.
type spentCalls struct {
	invocations int
	calls       map[string]int
	rru, wru    float64
}

func openWorld(ctx context.Context, folder string, c rig.Config) (w *world, err error) {
	h := rig.NewHost(ctx, folder)
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	err = rig.Guard(func() error {
		w = &world{Rig: rig.New(h, c), host: h, lanes: max(1, c.Lanes), calls: map[string]spentCalls{}}
		for _, function := range c.Functions {
			if function != "alerts" && function != "deliver" {
				continue // these are not invoked side by side
			}
			for range w.lanes { // each lane in its turn: the processes are there before anything is measured
				if got := w.Rig.Invoke(function, []byte(`{"Records":[]}`), rig.Fault{}); got.Err != nil {
					return fmt.Errorf("%s does not start: %w\n%s", function, got.Err, w.Logs(function))
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := rig.Guard(func() error { w.keys = w.Rig.Keys().Fields; return nil }); err != nil {
		return nil, err
	}
	w.people = custody.NewTable(w.DB.Client, w.DB.Table("custody"))
	w.ledger = &alert.Ledger{Client: w.DB.Client, Table: w.DB.Table("alerts"), Retention: retentionDays * 24 * time.Hour, Now: w.Now}
	return w, nil
}

func (w *world) close() { w.host.Close() }

// record is somebody's, the n-th's, in the version that has come to that status. Each status is later than the one before.
func (w *world) record(n int, version int64, status custody.Status) custody.Record {
	no, at := false, w.Now().UTC().Truncate(time.Second).Add(time.Duration(version-10)*time.Minute)
	return custody.Record{ANumber: custody.ANumber(number(n)), Version: version, UploadID: uploadID, FirstName: "Ada", LastName: "Example",
		NameKey: custody.NameKeyOf("Example", "Ada", "MX"), DateOfBirth: "1980-01-01", CountryOfBirth: "MX", Protected: &no, Status: status,
		Since: at, BookedIn: at.AddDate(0, -1, 0), StintStart: at.AddDate(0, -1, 0), Facility: "Example Processing Center", FacilityCode: "EXAPC",
		FieldOffice: "EXA", AsOf: at, ReceivedAt: w.Now().UTC(), Feed: feedName}
}

// insert writes the first versions of people, in batches as an upload does.
func (w *world) insert(ctx context.Context, from, to int, status custody.Status) error {
	for start := from; start < to; start += custody.MaxInsert {
		var records []custody.Record
		for n := start; n < min(start+custody.MaxInsert, to); n++ {
			records = append(records, w.record(n, 1, status))
		}
		outcomes, err := w.people.Insert(ctx, records)
		if err != nil {
			return err
		}
		for _, err := range outcomes {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func phoneOf(n int) string { return fmt.Sprintf("+1202555%04d", n) }

// subscriber is the subscription of the phone-th phone to the n-th person, as it is when it was confirmed.
func (w *world) subscriber(ctx context.Context, n, phone int) (subscription.Subscription, error) {
	number, person := phoneOf(phone), custody.ANumber(number(n))
	id := w.keys.Hash("subscription", number, string(person))
	sealed, err := w.keys.SealField(ctx, "subscription/phone", number, id)
	return subscription.Subscription{ANumber: person, ID: id, RequestID: secret.NewID(), PhoneHash: w.keys.Hash("phone", number),
		SealedPhone: sealed, CountryOfBirth: "MX", Language: i18n.English, TokenHash: w.keys.Hash("bench", number), CreatedAt: w.Now().UTC()}, err
}

// subscribe writes subscriptions, in batches.
func (w *world) subscribe(ctx context.Context, subs []subscription.Subscription) error {
	table := w.DB.Table("subscriptions")
	for some := range slices.Chunk(subs, 25) {
		var writes []types.WriteRequest
		for _, sub := range some {
			item, err := attributevalue.MarshalMap(sub)
			if err != nil {
				return err
			}
			writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
		}
		for len(writes) > 0 {
			out, err := w.DB.Client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: writes}})
			if err != nil {
				return err
			}
			writes = out.UnprocessedItems[table]
		}
	}
	return nil
}

// subscribeEach gives each of some people one subscriber.
func (w *world) subscribeEach(ctx context.Context, from, to int) error {
	var subs []subscription.Subscription
	for n := from; n < to; n++ {
		sub, err := w.subscriber(ctx, n, n)
		if err != nil {
			return err
		}
		subs = append(subs, sub)
	}
	return w.subscribe(ctx, subs)
}

// run invokes a function, and fails when it does.
func (w *world) run(function string, event []byte) (rig.Result, error) {
	got := w.Rig.Invoke(function, event, rig.Fault{})
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.calls[function]
	if s.calls == nil {
		s.calls = map[string]int{}
	}
	s.invocations++
	for call, n := range got.Usage.Calls {
		s.calls[call] += n
	}
	s.rru, s.wru = s.rru+got.Usage.RRU, s.wru+got.Usage.WRU
	w.calls[function] = s
	if got.Err != nil {
		return got, fmt.Errorf("%s: %w\n%s", function, got.Err, w.lastLogs(function))
	}
	return got, nil
}

func (w *world) lastLogs(function string) string {
	logs := w.Logs(function)
	return logs[max(0, len(logs)-2000):]
}

// failed are the ids that a function wants to come again.
func failed(answer []byte) (map[string]bool, error) {
	var partial struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	if err := json.Unmarshal(answer, &partial); err != nil {
		return nil, fmt.Errorf("a function said %q: %w", answer, err)
	}
	ids := map[string]bool{}
	for _, f := range partial.BatchItemFailures {
		ids[f.ItemIdentifier] = true
	}
	return ids, nil
}

// tell hands changes to alerts as the stream's mapping does: by key onto so many sequences side by side, each in batches
// of a hundred, one after the other.
func (w *world) tell(ctx context.Context, changes []rig.Change) error {
	sequences := make([][]rig.Change, streamWidth)
	for i, c := range changes { // every change here is of another person
		sequences[i%streamWidth] = append(sequences[i%streamWidth], c)
	}
	group, _ := errgroup.WithContext(ctx)
	group.SetLimit(w.lanes)
	for _, sequence := range sequences {
		group.Go(func() error { return rig.Guard(func() error { return w.tellInOrder(sequence) }) })
	}
	return group.Wait()
}

// tellInOrder hands changes to alerts in batches, one after the other.
func (w *world) tellInOrder(changes []rig.Change) error {
	for some := range slices.Chunk(changes, streamBatch) {
		got, err := w.run("alerts", rig.StreamEvent(some...))
		if err != nil {
			return err
		}
		if again, err := failed(got.Answer); err != nil || len(again) > 0 {
			return fmt.Errorf("alerts wants %d of %d changes again: %v", len(again), len(some), err)
		}
	}
	return nil
}

// work has deliver work a queue off as its mapping does, width invocations side by side with up to ten jobs each. It ends
// when the queue is empty and more is closed. told hears of each text.
func (w *world) work(ctx context.Context, id string, width, batch int, more <-chan struct{}, told func(rig.Text)) error {
	q := w.Queue(id)
	group, ctx := errgroup.WithContext(ctx)
	for range width {
		group.Go(func() error {
			return rig.Guard(func() error {
				for {
					closed := false
					select {
					case <-more:
						closed = true
					case <-ctx.Done():
						return ctx.Err()
					default:
					}
					jobs, err := q.Receive(ctx, queue.Ask{Max: batch, Wait: map[bool]time.Duration{false: 50 * time.Millisecond}[closed]})
					if err != nil {
						return err
					}
					if len(jobs) == 0 {
						if closed {
							return nil
						}
						continue
					}
					if err := w.deliver(id, jobs, told); err != nil {
						return err
					}
				}
			})
		})
	}
	return group.Wait()
}

func (w *world) deliver(id string, jobs []queue.Message, told func(rig.Text)) error {
	got, err := w.run("deliver", w.QueueEvent(id, jobs...))
	if err != nil {
		return err
	}
	for _, text := range got.Texts {
		told(text)
	}
	again, err := failed(got.Answer)
	if err != nil || len(again) > 0 {
		return fmt.Errorf("deliver wants %d of %d jobs again: %v\n%s", len(again), len(jobs), err, w.lastLogs("deliver"))
	}
	w.Delete(id, jobs...)
	return nil
}

// nothingMore is for work when all that will be in the queue is in it.
func nothingMore() <-chan struct{} {
	closed := make(chan struct{})
	close(closed)
	return closed
}

// phase is what one function did between two moments.
type phase struct {
	Function    string         `json:"function"`
	Invocations int            `json:"invocations"`
	Wall        float64        `json:"wall_s"`
	CPU         float64        `json:"cpu_s"`
	PeakMiB     float64        `json:"peak_mib"` // of one process, since it began
	Calls       map[string]int `json:"calls"`
	RRU         float64        `json:"rru"`
	WRU         float64        `json:"wru"`
	LogBytes    int            `json:"log_bytes"`
}

// total is all calls together.
func (p phase) total() (n int) {
	for _, c := range p.Calls {
		n += c
	}
	return n
}

// of is how many calls there were of that kind, by how their names begin.
func (p phase) of(prefix string) (n int) {
	for call, c := range p.Calls {
		if strings.HasPrefix(call, prefix) {
			n += c
		}
	}
	return n
}

// phase measures a function while do runs.
func (w *world) phase(function string, do func() error) (phase, error) {
	before, logs, began := spentBy(function), len(w.Logs(function)), time.Now()
	w.mu.Lock()
	delete(w.calls, function)
	w.mu.Unlock()
	if err := rig.Guard(do); err != nil {
		return phase{}, err
	}
	took, after := time.Since(began), spentBy(function)
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.calls[function]
	return phase{Function: function, Invocations: s.invocations, Wall: took.Seconds(), CPU: after.CPU - before.CPU, PeakMiB: after.PeakMiB,
		Calls: maps.Clone(s.calls), RRU: s.rru, WRU: s.wru, LogBytes: len(w.Logs(function)) - logs}, nil
}

// topicARN is that of the alerts' topic.
func topicARN(root string) (string, error) {
	parsed, err := template.Load(filepath.Join(root, "template.yaml"), template.Options{APIEndpoint: "http://127.0.0.1:1", QueueEndpoint: "http://127.0.0.1:1"})
	if err != nil {
		return "", err
	}
	topics, err := parsed.Topics()
	if err != nil {
		return "", err
	}
	for _, t := range topics {
		if t.LogicalID == "AlertsTopic" {
			return t.ARN, nil
		}
	}
	return "", fmt.Errorf("template.yaml has no AlertsTopic")
}
