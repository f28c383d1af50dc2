package subscription

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
)

const (
	counters = 16 // queries under way at once
	// scanFrom is for how many people reading the index of all subscriptions is tried, before asking for each person: a page
	// of it is one call, where asking is one for each.
	scanFrom = 25
	// peoplePerPage is for how many people a page of a scan is worth its price: a page of a megabyte costs 128 units,
	// eventually consistent, and a query of one person half a unit.
	peoplePerPage = 256
)

// Counts returns how many subscriptions there are to each of these people, eventually consistent: an estimate for plans.
// Who has none is not in the answer. It costs half a unit a person, and 128 units more at the worst; it costs far
// less for many people of whom few have subscribers, as in a first load.
func (s *Store) Counts(ctx context.Context, people []custody.ANumber) (map[custody.ANumber]int, error) {
	if len(people) >= scanFrom {
		counts, whole, err := s.countAll(ctx, people)
		if err != nil || whole {
			return counts, err
		}
	}
	each := make([]int, len(people))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(counters)
	for i, a := range people {
		group.Go(func() (err error) {
			each[i], err = s.count(ctx, a)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	counts := map[custody.ANumber]int{}
	for i, n := range each {
		if n > 0 {
			counts[people[i]] = n
		}
	}
	return counts, nil
}

// countAll counts by reading the keys of all subscriptions, unless there are so many that asking for each person is
// cheaper: then its second result is false.
func (s *Store) countAll(ctx context.Context, people []custody.ANumber) (map[custody.ANumber]int, bool, error) {
	wanted := make(map[string]bool, len(people))
	for _, a := range people {
		wanted[string(a)] = true
	}
	counts := map[custody.ANumber]int{}
	index, only := "by_phone", "a_number"
	pages := dynamodb.NewScanPaginator(s.Client, &dynamodb.ScanInput{TableName: &s.Table, IndexName: &index, ProjectionExpression: &only})
	for budget := len(people)/peoplePerPage + 1; pages.HasMorePages(); budget-- {
		if budget == 0 {
			return nil, false, nil
		}
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, false, fmt.Errorf("subscription: counting all subscribers: %w", err)
		}
		for _, item := range page.Items {
			if a, ok := item["a_number"].(*types.AttributeValueMemberS); ok && wanted[a.Value] {
				counts[custody.ANumber(a.Value)]++
			}
		}
	}
	return counts, true, nil
}

func (s *Store) count(ctx context.Context, a custody.ANumber) (int, error) {
	in, err := s.query(a)
	if err != nil {
		return 0, err
	}
	in.Select = types.SelectCount
	count := 0
	for pages := dynamodb.NewQueryPaginator(s.Client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, fmt.Errorf("subscription: counting subscribers: %w", err)
		}
		count += int(page.Count)
	}
	return count, nil
}
