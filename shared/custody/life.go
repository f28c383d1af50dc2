package custody

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// life sets when a record's life is over: a while after custody ended. Whoever is in custody, and whom a court may ask about,
// is kept.
func (t *Table) life(r Record) Record {
	r.ExpiresAt = 0
	if t.Retention > 0 && r.Status != InCustody && !r.LegalHold {
		r.ExpiresAt = r.AsOf.Add(t.Retention).Unix()
	}
	return r
}

// Over reports whether a record's life is over.
func (r Record) Over(now time.Time) bool { return r.ExpiresAt != 0 && r.ExpiresAt <= now.Unix() }

// Hold keeps a person's record beyond its life, or ends that. It counts as a version, so that an upload which was planned
// before it compares anew, and is no event. ErrNotFound: there is no record; ErrConflict: it changed at the same moment.
func (t *Table) Hold(ctx context.Context, a ANumber, held bool) error {
	r, err := t.Get(ctx, a, true)
	if err != nil {
		return err
	}
	if r.LegalHold == held {
		return nil
	}
	before := r.Version
	r.LegalHold, r.Version = held, r.Version+1
	r = t.life(r)
	update := expression.Set(expression.Name("version"), expression.Value(r.Version))
	if held {
		update = update.Set(expression.Name("legal_hold"), expression.Value(true)).Remove(expression.Name("expires_at"))
	} else {
		update = update.Remove(expression.Name("legal_hold"))
		if r.ExpiresAt != 0 {
			update = update.Set(expression.Name("expires_at"), expression.Value(r.ExpiresAt))
		}
	}
	expr, err := expression.NewBuilder().WithUpdate(update).WithCondition(expression.Name("version").Equal(expression.Value(before))).Build()
	if err != nil {
		return err
	}
	_, err = t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &t.name, Key: key(a), UpdateExpression: expr.Update(),
		ConditionExpression: expr.Condition(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	return writeError(err)
}
