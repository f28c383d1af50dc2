package inquiry

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Forget deletes an inquiry, as its holder asks. ErrHeld: it is under legal hold and stays. One that there is not is forgotten.
func (t *Table) Forget(ctx context.Context, reference string) error {
	for tried := 1; ; tried++ {
		i, err := t.Get(ctx, reference)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if i.LegalHold {
			return ErrHeld
		}
		condition := "#v = :v"
		writes := []types.TransactWriteItem{{Delete: &types.Delete{TableName: &t.Name, Key: key(reference), ConditionExpression: &condition,
			ExpressionAttributeNames:  map[string]string{"#v": "version"},
			ExpressionAttributeValues: map[string]types.AttributeValue{":v": &types.AttributeValueMemberN{Value: strconv.Itoa(i.Version)}}}}}
		if i.State == Assigned && t.Directory != nil {
			writes = append(writes, t.Directory.LoadItem(i.Assignee, -1))
		}
		_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
		if err == nil || !cancelled(err) {
			if err != nil {
				err = fmt.Errorf("inquiry: deleting: %w", err)
			}
			return err
		}
		if tried == again {
			return ErrChanged
		}
	}
}
