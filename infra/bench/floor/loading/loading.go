// Package loading is the floor of an upload: the least that a program must do which checks its rows and overwrites nobody.
// It reads them by the pipeline's own reader, and makes the bare calls. It keeps no plan, has no brake and writes no report.
package loading

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	writers = 16
	readers = 8
)

// Table is a custody table.
type Table struct {
	*dynamodb.Client
	Name string
	// Feed and UploadID are what records say of where they come from.
	Feed, UploadID string
}

// Load writes the rows of a file: all of them as people who are new, or those that differ from what the table has.
func (t *Table) Load(ctx context.Context, file io.Reader, options roster.Options, allNew bool) (read, written int, err error) {
	rows, err := roster.Open(file, options)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	size, concurrency, call := 25, writers, t.insert
	if !allNew {
		size, concurrency, call = 100, readers, t.replaceChanged
	}
	var count atomic.Int64
	group, calling := errgroup.WithContext(ctx)
	group.SetLimit(concurrency)
	receivedAt := time.Now().UTC().Format(time.RFC3339Nano)
	var some []custody.Observation
	send := func(some []custody.Observation) {
		group.Go(func() error {
			n, err := call(calling, some, receivedAt)
			count.Add(int64(n))
			return err
		})
	}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(row.Rejects) > 0 {
			return 0, 0, fmt.Errorf("line %d: %v, %d rejects", row.Line, err, len(row.Rejects))
		}
		read++
		if some = append(some, row.Observation); len(some) == size {
			send(some)
			some = nil
		}
	}
	if len(some) > 0 {
		send(some)
	}
	err = group.Wait()
	return read, int(count.Load()), err
}

// names are the attributes of a first version, as in a statement.
var names = strings.Fields(`a_number version last_name first_name name_key date_of_birth country_of_birth protected status since
	booked_in stint_start facility facility_code field_office as_of received_at upload_id feed held_by row_hash`)

func (t *Table) values(o custody.Observation, receivedAt string, version string) []types.AttributeValue {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	at := func(t time.Time) types.AttributeValue { return text(t.Format(time.RFC3339)) }
	return []types.AttributeValue{text(string(o.ANumber)), &types.AttributeValueMemberN{Value: version}, text(o.LastName), text(o.FirstName),
		text(custody.NameKeyOf(o.LastName, o.FirstName, o.CountryOfBirth)), text(o.DateOfBirth), text(string(o.CountryOfBirth)),
		&types.AttributeValueMemberBOOL{Value: *o.Protected}, text(string(o.Status)), at(o.Since), at(o.BookedIn), at(o.StintStart),
		text(o.Facility), text(o.FacilityCode), text(o.FieldOffice), at(o.AsOf), text(receivedAt), text(t.UploadID), text(t.Feed), text(t.Feed),
		text(o.Hash())}
}

// insert writes people of whom there is nothing yet.
func (t *Table) insert(ctx context.Context, some []custody.Observation, receivedAt string) (int, error) {
	statement := sdk.String(`INSERT INTO "` + t.Name + `" VALUE {'` + strings.Join(names, "':?,'") + `':?}`)
	in := &dynamodb.BatchExecuteStatementInput{Statements: make([]types.BatchStatementRequest, len(some))}
	for i, o := range some {
		in.Statements[i] = types.BatchStatementRequest{Statement: statement, Parameters: t.values(o, receivedAt, "1")}
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
func (t *Table) replaceChanged(ctx context.Context, some []custody.Observation, receivedAt string) (written int, err error) {
	keys := make([]map[string]types.AttributeValue, len(some))
	for i, o := range some {
		keys[i] = map[string]types.AttributeValue{"a_number": &types.AttributeValueMemberS{Value: string(o.ANumber)}}
	}
	out, err := t.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{t.Name: {Keys: keys,
		ProjectionExpression: sdk.String("a_number, version, feed, held_by, row_hash, since, stint_start, as_of, received_at, unlisted_since")}}})
	if err != nil {
		return 0, err
	}
	if len(out.Responses[t.Name]) != len(some) {
		return 0, fmt.Errorf("%d records of %d people", len(out.Responses[t.Name]), len(some))
	}
	hashes := make(map[string]string, len(some))
	for _, item := range out.Responses[t.Name] {
		hashes[item["a_number"].(*types.AttributeValueMemberS).Value] = item["row_hash"].(*types.AttributeValueMemberS).Value
	}
	for _, o := range some {
		if hashes[string(o.ANumber)] == o.Hash() {
			continue
		}
		item := map[string]types.AttributeValue{}
		for i, v := range t.values(o, receivedAt, "2") {
			item[names[i]] = v
		}
		if o.Status != custody.InCustody {
			delete(item, "held_by")
			item["release_reason"] = &types.AttributeValueMemberS{Value: o.ReleaseReason}
		}
		_, err := t.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: item, ConditionExpression: sdk.String("version = :v"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":v": &types.AttributeValueMemberN{Value: "1"}}})
		if err != nil {
			return written, err
		}
		written++
	}
	return written, nil
}
