package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Why an absence is none.
var (
	ErrDate    = errors.New("directory: a day is written as 2026-06-01")
	ErrReverse = errors.New("directory: an absence ends before it begins")
	ErrPast    = errors.New("directory: the absence is over already")
)

// Absence is days on which somebody is away, the first and the last one included. Without a first day they are away already,
// without a last one until further notice; the zero Absence is none.
type Absence struct {
	From  string `json:"from,omitempty"` // 2026-06-01
	Until string `json:"until,omitempty"`
}

// Covers reports whether a day is one of them.
func (a Absence) Covers(day string) bool {
	return a != Absence{} && (a.From == "" || a.From <= day) && (a.Until == "" || day <= a.Until)
}

// check reads two days. Errors: ErrDate, ErrReverse.
func check(a Absence) (Absence, error) {
	a.From, a.Until = strings.TrimSpace(a.From), strings.TrimSpace(a.Until)
	for _, day := range []string{a.From, a.Until} {
		if day == "" {
			continue
		}
		if at, err := time.Parse(time.DateOnly, day); err != nil || at.Year() < 2000 || at.Year() > 2099 {
			return Absence{}, ErrDate
		}
	}
	if a.From != "" && a.Until != "" && a.Until < a.From {
		return Absence{}, ErrReverse
	}
	return a, nil
}

// SetAbsence notes when a person is away by their own word; the zero Absence ends that. What the file says stays. Errors:
// ErrDate, ErrReverse, ErrPast, and ErrNoPerson for somebody who is not in the directory.
func (t *Table) SetAbsence(ctx context.Context, email string, a Absence) error {
	a, err := check(a)
	if err != nil {
		return err
	}
	if a.Until != "" && a.Until < t.Today() {
		return ErrPast
	}
	email = strings.ToLower(email)
	write := types.TransactWriteItem{Delete: &types.Delete{TableName: &t.Name, Key: key(entryAbsence, email)}}
	if a != (Absence{}) {
		item := key(entryAbsence, email)
		item["from"], item["until"] = text(a.From), text(a.Until)
		write = types.TransactWriteItem{Put: &types.Put{TableName: &t.Name, Item: item}}
	}
	_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{ConditionCheck: &types.ConditionCheck{TableName: &t.Name, Key: key(entryPerson, email),
			ConditionExpression: sdk.String("attribute_exists(id)")}},
		write,
	}})
	if cancelledFor(err, "ConditionalCheckFailed") {
		return ErrNoPerson
	}
	if err != nil {
		return fmt.Errorf("directory: noting an absence: %w", err)
	}
	return nil
}

// cancelledFor reports whether a transaction was cancelled for one of some reasons.
func cancelledFor(err error, codes ...string) bool {
	var cancelled *types.TransactionCanceledException
	return errors.As(err, &cancelled) && slices.ContainsFunc(cancelled.CancellationReasons, func(r types.CancellationReason) bool {
		return slices.Contains(codes, sdk.ToString(r.Code))
	})
}
