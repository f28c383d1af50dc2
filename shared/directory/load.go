package directory

import (
	"strconv"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// moment is how AssignedAt is written: so that times compare as texts.
const moment = "2006-01-02T15:04:05.000000000Z07:00"

// LoadItem is the write that adds to how many open inquiries a person has: by is 1 for one that they get, which also notes
// when, and -1 for one that they have no more. It belongs into the transaction that changes the inquiry, so that the two cannot
// part. It has no condition, so it is never what cancels one; two transactions about one person at once may conflict, and
// are tried again.
func (t *Table) LoadItem(person string, by int) types.TransactWriteItem {
	update := &types.Update{TableName: &t.Name, Key: key(entryLoad, strings.ToLower(person)), UpdateExpression: sdk.String("ADD #open :by"),
		ExpressionAttributeNames:  map[string]string{"#open": "open"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":by": &types.AttributeValueMemberN{Value: strconv.Itoa(by)}}}
	if by > 0 {
		update.UpdateExpression = sdk.String("ADD #open :by SET assigned_at = :at")
		update.ExpressionAttributeValues[":at"] = text(t.Now().UTC().Format(moment))
	}
	return types.TransactWriteItem{Update: update}
}
