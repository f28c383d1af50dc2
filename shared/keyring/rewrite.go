package keyring

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
	"voice.example/shared/secret"
)

// Rewriter seals the fields of a table anew that are not sealed with the primary key.
//
// An item is changed on the condition that each of those values still is what was read, and nothing else of it is touched. So
// whoever changes an item at the same time loses nothing; one that writes an item back as they had read it before puts an old
// value back, which the next pass finds. What is done is seen by its key: a pass that was cut short is begun again.
type Rewriter struct {
	Client *dynamodb.Client
	Table  string
	Key    []string // the attributes of the table's key
	// Fields lists what an item keeps sealed.
	Fields  func(item map[string]types.AttributeValue) ([]secret.Field, error)
	Keys    *secret.Keys
	Primary KeyID
	DryRun  bool // count only
	// Pause is called before each write, and Seen after each page with how many items it had.
	Pause func(ctx context.Context) error
	Seen  func(items int)
}

// Tally is what a pass came to.
type Tally struct {
	Items     int     `json:"items"`
	Fields    int     `json:"fields"`    // sealed values of all items
	Behind    int     `json:"behind"`    // those that were not sealed with the primary
	Rewritten int     `json:"rewritten"` // those that are now
	Overtaken int     `json:"overtaken"` // those whose item was changed meanwhile: the next pass sees to them
	Lost      int     `json:"lost"`      // those that open with no key that there is, and items that cannot be read
	Calls     int     `json:"calls"`
	RRU       float64 `json:"rru"`
	WRU       float64 `json:"wru"`
}

// Add adds another pass, or another table's.
func (t *Tally) Add(o Tally) {
	t.Items, t.Fields, t.Behind, t.Rewritten = t.Items+o.Items, t.Fields+o.Fields, t.Behind+o.Behind, t.Rewritten+o.Rewritten
	t.Overtaken, t.Lost, t.Calls, t.RRU, t.WRU = t.Overtaken+o.Overtaken, t.Lost+o.Lost, t.Calls+o.Calls, t.RRU+o.RRU, t.WRU+o.WRU
}

// Pass goes through the table once. With an error the tally says how far it came; what was rewritten stays so.
func (r *Rewriter) Pass(ctx context.Context) (Tally, error) {
	var t Tally
	consistent := true
	pages := dynamodb.NewScanPaginator(r.Client, &dynamodb.ScanInput{TableName: &r.Table, ConsistentRead: &consistent,
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return t, fmt.Errorf("keyring: reading a table: %w", err)
		}
		t.Calls, t.RRU = t.Calls+1, t.RRU+units(page.ConsumedCapacity)
		for _, item := range page.Items {
			if err := r.item(ctx, item, &t); err != nil {
				return t, err
			}
		}
		r.Seen(len(page.Items))
	}
	return t, nil
}

func (r *Rewriter) item(ctx context.Context, item map[string]types.AttributeValue, t *Tally) error {
	t.Items++
	fields, err := r.Fields(item)
	if err != nil {
		t.Lost++
		return nil
	}
	t.Fields += len(fields)
	var change update
	for _, f := range fields {
		if id, ok := KeyOf(f.Sealed); ok && id == r.Primary {
			continue
		}
		t.Behind++
		if r.DryRun {
			continue
		}
		text, err := r.Keys.OpenField(ctx, f.Purpose, f.Sealed, f.Of...)
		if errors.Is(err, secret.ErrSealed) {
			t.Lost++
			continue
		}
		if err != nil {
			return err
		}
		sealed, err := r.Keys.SealField(ctx, f.Purpose, text, f.Of...)
		if err != nil {
			return err
		}
		if change.set(f.Path, f.Sealed, sealed); change.n == most {
			if err := r.write(ctx, item, &change, t); err != nil {
				return err
			}
			change = update{}
		}
	}
	if change.n == 0 {
		return nil
	}
	return r.write(ctx, item, &change, t)
}

// most is how many values one update changes: an expression has at most 4 KB, and a value takes some 40 bytes of it.
const most = 50

func (r *Rewriter) write(ctx context.Context, item map[string]types.AttributeValue, change *update, t *Tally) error {
	if err := r.Pause(ctx); err != nil {
		return err
	}
	key := map[string]types.AttributeValue{}
	for _, name := range r.Key {
		key[name] = item[name]
	}
	expression, condition := "SET "+strings.Join(change.sets, ", "), strings.Join(change.conditions, " AND ")
	out, err := r.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &r.Table, Key: key, UpdateExpression: &expression,
		ConditionExpression: &condition, ExpressionAttributeNames: change.names, ExpressionAttributeValues: change.values,
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
	t.Calls++
	switch {
	case aws.ConditionFailed(err):
		t.Overtaken += change.n
		return nil
	case err != nil:
		return fmt.Errorf("keyring: sealing anew: %w", err)
	}
	t.Rewritten, t.WRU = t.Rewritten+change.n, t.WRU+units(out.ConsumedCapacity)
	return nil
}

// update is an update of several values, each on the condition that it is what it was.
type update struct {
	n                int
	sets, conditions []string
	names            map[string]string
	values           map[string]types.AttributeValue
}

func (u *update) set(path []any, before, after string) {
	if u.names == nil {
		u.names, u.values = map[string]string{}, map[string]types.AttributeValue{}
	}
	var text strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case int:
			text.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if text.Len() > 0 {
				text.WriteByte('.')
			}
			text.WriteString("#" + step) // the names of attributes are letters and _
			u.names["#"+step] = step
		}
	}
	was, is := ":was"+strconv.Itoa(u.n), ":is"+strconv.Itoa(u.n)
	u.values[was], u.values[is] = &types.AttributeValueMemberS{Value: before}, &types.AttributeValueMemberS{Value: after}
	u.sets, u.conditions = append(u.sets, text.String()+" = "+is), append(u.conditions, text.String()+" = "+was)
	u.n++
}

func units(c *types.ConsumedCapacity) float64 {
	if c == nil || c.CapacityUnits == nil {
		return 0
	}
	return *c.CapacityUnits
}
