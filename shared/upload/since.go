package upload

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// receivedSince returns as much of uploads in a state, received since a moment, as the brake needs of them.
func (p *Pipeline) receivedSince(ctx context.Context, state State, since time.Time) ([]item, error) {
	name := expression.Name
	expr, err := expression.NewBuilder().
		WithKeyCondition(expression.Key("state").Equal(expression.Value(state)).
			And(expression.Key("received_at").GreaterThanEqual(expression.Value(since.UTC())))).
		WithProjection(expression.NamesList(name("upload_id"), name("kind"), name("dry_run"), name("planned"), name("decisions"),
			name("feed"), name("as_of"), name("resting"), name("lease_until"), name("received_at"))).
		Build()
	if err != nil {
		return nil, err
	}
	var found []item
	pages := dynamodb.NewQueryPaginator(p.DynamoDB, &dynamodb.QueryInput{TableName: &p.Table, IndexName: ptr(ByState),
		KeyConditionExpression: expr.KeyCondition(), ProjectionExpression: expr.Projection(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("upload: reading what other uploads did: %w", err)
		}
		for _, attributes := range page.Items {
			u, err := decode(attributes)
			if err != nil {
				return nil, err
			}
			found = append(found, u)
		}
	}
	return found, nil
}
