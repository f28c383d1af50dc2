package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
	"voice.example/shared/roster"
)

// How the pipeline shares out its calls, see shared/upload.
const (
	floorWriters = 16
	floorReaders = 8
)

// floor does the least that a program must do which checks its rows and overwrites nobody: it reads them by the
// pipeline's own reader, and makes the bare calls. It keeps no plan, has no brake and writes no report.
func floor(ctx context.Context, j job) (load, error) {
	t, err := openTable(ctx)
	if err != nil {
		return load{}, err
	}
	file, err := os.Open(j.File)
	if err != nil {
		return load{}, err
	}
	defer file.Close()
	options := roster.Options{Zone: t.env.Zone("FEED_TIME_ZONE"), Now: time.Now(), Future: t.env.Days("FUTURE_DAYS")}
	if err := t.env.Err(); err != nil {
		return load{}, err
	}
	rows, err := roster.Open(file, options)
	if err != nil {
		return load{}, err
	}
	defer rows.Close()
	size, concurrency, call := 25, floorWriters, t.insert
	if j.Round != first {
		size, concurrency, call = 100, floorReaders, t.replaceChanged
	}
	var written atomic.Int64
	group, calling := errgroup.WithContext(ctx)
	group.SetLimit(concurrency)
	l, receivedAt := load{}, time.Now().UTC().Format(time.RFC3339Nano)
	var some []custody.Observation
	send := func(some []custody.Observation) {
		group.Go(func() error {
			n, err := call(calling, some, receivedAt)
			written.Add(int64(n))
			return err
		})
	}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(row.Rejects) > 0 {
			return load{}, fmt.Errorf("line %d: %v, %d rejects", row.Line, err, len(row.Rejects))
		}
		l.Rows++
		if some = append(some, row.Observation); len(some) == size {
			send(some)
			some = nil
		}
	}
	if len(some) > 0 {
		send(some)
	}
	if err := group.Wait(); err != nil {
		return load{}, err
	}
	l.Written = int(written.Load())
	l.Unchanged = l.Rows - l.Written
	return consumed(l, t.meter), nil
}

// floorNames are the attributes of a first version, as in a statement.
var floorNames = strings.Fields(`a_number version last_name first_name name_key date_of_birth country_of_birth protected status since
	booked_in stint_start facility facility_code field_office as_of received_at upload_id feed held_by row_hash`)

func floorValues(o custody.Observation, receivedAt string, version string) []types.AttributeValue {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	at := func(t time.Time) types.AttributeValue { return text(t.Format(time.RFC3339)) }
	return []types.AttributeValue{text(string(o.ANumber)), &types.AttributeValueMemberN{Value: version}, text(o.LastName), text(o.FirstName),
		text(custody.NameKeyOf(o.LastName, o.FirstName, o.CountryOfBirth)), text(o.DateOfBirth), text(string(o.CountryOfBirth)),
		&types.AttributeValueMemberBOOL{Value: *o.Protected}, text(string(o.Status)), at(o.Since), at(o.BookedIn), at(o.StintStart),
		text(o.Facility), text(o.FacilityCode), text(o.FieldOffice), at(o.AsOf), text(receivedAt), text(uploadID), text(feedName), text(feedName),
		text(o.Hash())}
}

// insert writes people of whom there is nothing yet.
func (t *table) insert(ctx context.Context, some []custody.Observation, receivedAt string) (int, error) {
	statement := sdk.String(`INSERT INTO "` + t.name + `" VALUE {'` + strings.Join(floorNames, "':?,'") + `':?}`)
	in := &dynamodb.BatchExecuteStatementInput{Statements: make([]types.BatchStatementRequest, len(some))}
	for i, o := range some {
		in.Statements[i] = types.BatchStatementRequest{Statement: statement, Parameters: floorValues(o, receivedAt, "1")}
	}
	out, err := t.BatchExecuteStatement(ctx, in)
	if err != nil {
		return 0, err
	}
	for _, r := range out.Responses {
		if r.Error != nil {
			return 0, fmt.Errorf("inserting: %s", r.Error.Code)
		}
	}
	return len(some), nil
}

// replaceChanged reads as much of people's records as shows who has changed, and writes those.
func (t *table) replaceChanged(ctx context.Context, some []custody.Observation, receivedAt string) (written int, err error) {
	keys := make([]map[string]types.AttributeValue, len(some))
	for i, o := range some {
		keys[i] = map[string]types.AttributeValue{"a_number": &types.AttributeValueMemberS{Value: string(o.ANumber)}}
	}
	out, err := t.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{t.name: {Keys: keys,
		ProjectionExpression: sdk.String("a_number, version, feed, held_by, row_hash, since, stint_start, as_of, received_at, unlisted_since")}}})
	if err != nil {
		return 0, err
	}
	if len(out.Responses[t.name]) != len(some) {
		return 0, fmt.Errorf("%d records of %d people", len(out.Responses[t.name]), len(some))
	}
	hashes := make(map[string]string, len(some))
	for _, item := range out.Responses[t.name] {
		hashes[item["a_number"].(*types.AttributeValueMemberS).Value] = item["row_hash"].(*types.AttributeValueMemberS).Value
	}
	for _, o := range some {
		if hashes[string(o.ANumber)] == o.Hash() {
			continue
		}
		item := map[string]types.AttributeValue{}
		for i, v := range floorValues(o, receivedAt, "2") {
			item[floorNames[i]] = v
		}
		if o.Status != custody.InCustody {
			delete(item, "held_by")
			item["release_reason"] = &types.AttributeValueMemberS{Value: o.ReleaseReason}
		}
		_, err := t.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: item, ConditionExpression: sdk.String("version = :v"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":v": &types.AttributeValueMemberN{Value: "1"}}})
		if err != nil {
			return written, err
		}
		written++
	}
	return written, nil
}
