package aws

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// MaxStatements is the most statements that BatchExecuteStatement takes.
const MaxStatements = 25

// Insertion is the text of a statement that inserts an item which has these attributes, if there is none of its key. Their
// values, in the same order, are its parameters.
func Insertion(table string, names []string) string {
	var text strings.Builder
	text.WriteString(`INSERT INTO "` + table + `" VALUE {`)
	for i, name := range names {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString("'" + name + "':?")
	}
	text.WriteByte('}')
	return text.String()
}

// Insert executes insertions, 25 a call, each at the price of a single conditional write, and reports of each whether
// there was an item of its key already, which then stays as it is. What DynamoDB throttles is tried again until ctx ends.
func Insert(ctx context.Context, client *dynamodb.Client, insertions []types.BatchStatementRequest) (existed []bool, err error) {
	existed = make([]bool, len(insertions))
	for start := 0; start < len(insertions); start += MaxStatements {
		end := min(start+MaxStatements, len(insertions))
		if err := insertSome(ctx, client, insertions[start:end], existed[start:end]); err != nil {
			return nil, err
		}
	}
	return existed, nil
}

func insertSome(ctx context.Context, client *dynamodb.Client, insertions []types.BatchStatementRequest, existed []bool) error {
	left := make([]int, len(insertions)) // indices of those that are not settled
	for i := range left {
		left[i] = i
	}
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		in := &dynamodb.BatchExecuteStatementInput{}
		for _, i := range left {
			in.Statements = append(in.Statements, insertions[i])
		}
		out, err := client.BatchExecuteStatement(ctx, in)
		if err != nil {
			return err
		}
		if len(out.Responses) != len(left) {
			return fmt.Errorf("%d answers to %d statements", len(out.Responses), len(left))
		}
		var again []int
		for n, response := range out.Responses {
			retry, exists, err := insertError(response.Error)
			if err != nil {
				return err
			}
			if retry {
				again = append(again, left[n])
			}
			existed[left[n]] = exists
		}
		if left = again; len(left) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// insertError says what the answer to one statement means: try again, or that there was an item, or a fault.
func insertError(e *types.BatchStatementError) (retry, exists bool, err error) {
	if e == nil {
		return false, false, nil
	}
	switch e.Code {
	case types.BatchStatementErrorCodeEnumDuplicateItem, types.BatchStatementErrorCodeEnumConditionalCheckFailed:
		return false, true, nil
	case types.BatchStatementErrorCodeEnumThrottlingError, types.BatchStatementErrorCodeEnumProvisionedThroughputExceeded,
		types.BatchStatementErrorCodeEnumRequestLimitExceeded, types.BatchStatementErrorCodeEnumTransactionConflict,
		types.BatchStatementErrorCodeEnumInternalServerError:
		return true, false, nil
	}
	return false, false, fmt.Errorf("a statement was refused: %s", e.Code) // its message may repeat the item
}
