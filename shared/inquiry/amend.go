package inquiry

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// Why a change was refused.
var (
	ErrChanged  = errors.New("inquiry: it has changed since it was read")
	ErrTaken    = errors.New("inquiry: somebody else has it")
	ErrResolved = errors.New("inquiry: it is resolved")
	ErrNotYours = errors.New("inquiry: it is not this person's to change")
	ErrFull     = errors.New("inquiry: as much has happened to it as it can hold")
	ErrHeld     = errors.New("inquiry: it is under legal hold")
)

// Seen is the version of an inquiry that somebody saw when they decided on a change; 0 where it does not matter.
type Seen int

// again is how often a change is tried when others change the same inquiry, or the load of the same person, at that time.
const again = 5

// amend reads an inquiry, changes it, and writes it if nobody has changed it meanwhile. A change of another version than the
// one that was seen is ErrChanged.
func (t *Table) amend(ctx context.Context, reference string, seen Seen, change func(i *Inquiry) error) (Inquiry, error) {
	for tried := 1; ; tried++ {
		i, err := t.Get(ctx, reference)
		if err != nil {
			return Inquiry{}, err
		}
		if seen != 0 && int(seen) != i.Version {
			return i, ErrChanged
		}
		before := i.Assignee
		if i.State == Resolved {
			before = ""
		}
		i.Timeline = append([]Entry{}, i.Timeline...)
		if err := change(&i); err != nil {
			return i, err
		}
		if full(i) {
			return i, ErrFull
		}
		err = t.write(ctx, before, &i)
		if !errors.Is(err, ErrChanged) || tried == again {
			return i, err
		}
	}
}

// full reports whether an inquiry holds more than its item should.
func full(i Inquiry) bool {
	texts := 0
	for _, e := range i.Timeline {
		texts += len(e.SealedText)
	}
	return len(i.Timeline) > MaxEntries || texts > maxTexts
}

// write writes an inquiry over the version that it was made of, or as a new one, and with it what changes of how many open
// inquiries people have. before is who had it, if it was open. ErrChanged: there is another version.
func (t *Table) write(ctx context.Context, before string, i *Inquiry) error {
	i.Version++
	i.place()
	item, err := attributevalue.MarshalMap(i)
	if err != nil {
		return fmt.Errorf("inquiry: encoding an inquiry: %w", err)
	}
	condition, names := "attribute_not_exists(#v)", map[string]string{"#v": "version"}
	var values map[string]types.AttributeValue
	if i.Version > 1 {
		condition, names, values = i.asRead()
	}
	after := i.Assignee
	if i.State == Resolved {
		after = ""
	}
	if before == after || t.Directory == nil {
		_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: item, ConditionExpression: &condition,
			ExpressionAttributeNames: names, ExpressionAttributeValues: values})
		if aws.ConditionFailed(err) {
			return ErrChanged
		}
		if err != nil {
			return fmt.Errorf("inquiry: writing: %w", err)
		}
		return nil
	}
	writes := []types.TransactWriteItem{{Put: &types.Put{TableName: &t.Name, Item: item, ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values}}}
	for _, load := range []struct {
		person string
		by     int
	}{{before, -1}, {after, 1}} {
		if load.person != "" {
			writes = append(writes, t.Directory.LoadItem(load.person, load.by))
		}
	}
	_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
	if cancelled(err) {
		return ErrChanged
	}
	if err != nil {
		return fmt.Errorf("inquiry: writing: %w", err)
	}
	return nil
}

// asRead is the condition that an inquiry is still as it was read, but for this change: its version, and who was told of what,
// which counts no version.
func (i *Inquiry) asRead() (condition string, names map[string]string, values map[string]types.AttributeValue) {
	number := func(n int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(n)} }
	condition, names = "#v = :v", map[string]string{"#v": "version", "#t": toldAttribute, "#s": staffToldAttribute}
	values = map[string]types.AttributeValue{":v": number(i.Version - 1)}
	for letter, n := range map[string]int{"t": i.Told, "s": i.StaffTold} {
		if n == 0 {
			condition += " AND attribute_not_exists(#" + letter + ")"
			continue
		}
		condition += " AND #" + letter + " = :" + letter
		values[":"+letter] = number(n)
	}
	return condition, names, values
}

// cancelled reports whether a transaction did nothing since somebody else was faster. Doing it again may do it.
func cancelled(err error) bool {
	var refused *types.TransactionCanceledException
	if !errors.As(err, &refused) {
		return false
	}
	for _, reason := range refused.CancellationReasons {
		switch {
		case reason.Code == nil || *reason.Code == "None":
		case *reason.Code == "ConditionalCheckFailed", *reason.Code == "TransactionConflict":
		default:
			return false
		}
	}
	return true
}
