package volume

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// MaxDays is how many days are read at once: three years. A year is one call: a day of 50 offices has under 2.8 KB, and a
// call answers with 1 MB.
const MaxDays = 3 * 366

// ErrRange is a range of days that ends before it begins, or that is longer than MaxDays.
var ErrRange = errors.New("volume: no such range of days")

// Day is the counters of a day.
type Day struct {
	Date   Date
	Counts Counts
}

// Days reads the counters of a series on each day of a range, both ends included. Days on which nothing was counted are
// there too. ErrRange.
func (t *Table) Days(ctx context.Context, s Series, from, to Date) ([]Day, error) {
	if from.Time().IsZero() || to.Time().IsZero() || to < from || from.DaysTo(to) >= MaxDays {
		return nil, ErrRange
	}
	days := make([]Day, from.DaysTo(to)+1)
	for i := range days {
		days[i] = Day{from.Add(i), Counts{}}
	}
	pages := dynamodb.NewQueryPaginator(t.Client, &dynamodb.QueryInput{TableName: &t.Name,
		KeyConditionExpression:   ptr("#s = :s AND #d BETWEEN :from AND :to"),
		ExpressionAttributeNames: map[string]string{"#s": "series", "#d": "day"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text(string(s)),
			":from": text(string(from)), ":to": text(string(to))}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("volume: reading days: %w", err)
		}
		for _, item := range page.Items {
			day, ok := item["day"].(*types.AttributeValueMemberS)
			if !ok {
				continue
			}
			if d, err := ParseDate(day.Value); err == nil {
				days[from.DaysTo(d)].Counts = counts(item)
			}
		}
	}
	return days, nil
}

// counts are the counters of an item.
func counts(item map[string]types.AttributeValue) Counts {
	c := Counts{}
	for name, value := range item {
		if n, ok := value.(*types.AttributeValueMemberN); ok {
			if v, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
				c[name] = v
			}
		}
	}
	return c
}
