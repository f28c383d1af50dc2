package upload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// lease is how long a claim lasts when ctx has no deadline.
const lease = time.Minute

// item is an upload in the uploads table.
type item struct {
	ID string `dynamodbav:"upload_id"`
	// Shelf is the same for all: the key of the index latest.
	Shelf      string    `dynamodbav:"shelf"`
	Kind       Kind      `dynamodbav:"kind"`
	Of         string    `dynamodbav:"of,omitempty"` // the upload that it belongs to
	Bucket     string    `dynamodbav:"bucket"`
	Key        string    `dynamodbav:"key"`
	Version    string    `dynamodbav:"version_id"`
	Versioned  bool      `dynamodbav:"versioned"`
	Mode       Mode      `dynamodbav:"mode"`
	Feed       string    `dynamodbav:"feed"`
	DryRun     bool      `dynamodbav:"dry_run"`
	State      State     `dynamodbav:"state"`
	ReceivedAt time.Time `dynamodbav:"received_at"`
	FinishedAt time.Time `dynamodbav:"finished_at,omitempty"`
	UploadedBy string    `dynamodbav:"uploaded_by,omitempty"`
	// UploadedByName is what whoever sent it is called, if it was somebody of the staff.
	UploadedByName string `dynamodbav:"uploaded_by_name,omitempty"`
	// Resting says that there is nothing to do until people decide, if ever.
	Resting    bool  `dynamodbav:"resting"`
	LeaseUntil int64 `dynamodbav:"lease_until"` // Unix milliseconds
	Attempts   int   `dynamodbav:"attempts"`
	Slow       int   `dynamodbav:"slow"` // attempts in a row that ended within one and the same unit of work
	// Mapped says that the upload's units of work are done by the state machine and not by this attempt.
	Mapped bool `dynamodbav:"mapped,omitempty"`

	Size     int64 `dynamodbav:"size"` // of the object, in bytes
	Progress `dynamodbav:"progress"`
	// NextChange is the checkpoint within the part of the plan that is being applied, and Partial what became of its
	// changes before that.
	NextChange int      `dynamodbav:"next_change"`
	Partial    *applied `dynamodbav:"partial,omitempty"`

	Counts   Counts   `dynamodbav:"counts"`  // what became of rows so far
	Planned  Tally    `dynamodbav:"planned"` // what the plan would do
	Warnings int      `dynamodbav:"warnings"`
	Unlisted int      `dynamodbav:"unlisted"` // rejects that are counted, but are too many for the report
	Ignored  []string `dynamodbav:"ignored,omitempty"`
	// AsOf is the latest moment that a row of the file speaks of.
	AsOf time.Time `dynamodbav:"as_of,omitempty"`
	// HeldOf is how many people the feeds hold whom the plan takes people from, when it was made. Unread is rows of the
	// roster, for the people whom it lacks, that were not understood or not written.
	HeldOf      map[string]int `dynamodbav:"held_of"`
	Unread      int            `dynamodbav:"unread"`
	Recent      Recent         `dynamodbav:"recent"` // what other uploads did in the day before
	PlanHash    string         `dynamodbav:"plan_hash,omitempty"`
	MissingHash string         `dynamodbav:"missing_hash,omitempty"` // of the plan for the people whom the roster lacks
	Brake       *Brake         `dynamodbav:"brake,omitempty"`
	Decisions   []Decision     `dynamodbav:"decisions"`
	Applies     int            `dynamodbav:"applies"`     // attempts that began to write the plan
	Revision    int            `dynamodbav:"revision"`    // counts decisions, and what else was done while it rested
	Retractions int            `dynamodbav:"retractions"` // that were asked for
	MissingID   string         `dynamodbav:"missing_upload,omitempty"`
	RetractID   string         `dynamodbav:"retraction_upload,omitempty"`
	Problem     string         `dynamodbav:"problem,omitempty"`
	Fix         string         `dynamodbav:"fix,omitempty"`
	RRU         float64        `dynamodbav:"rru"`
	WRU         float64        `dynamodbav:"wru"`

	metered aws.Consumed // what of the meter is in RRU and WRU already
	memory  *memory      // what a small upload keeps between its steps
}

func (u *item) object() Object {
	return Object{Bucket: u.Bucket, Key: u.Key, Version: u.Version, Versioned: u.Versioned, ReceivedAt: u.ReceivedAt}
}

// small reports whether the upload is done in one go, with everything between its steps in memory.
func (u *item) small() bool { return u.Ranges <= 1 && u.Parts <= 1 && !u.Mapped }

// exact reports whether people approved this very plan, so that a record which has changed since is a conflict.
func (u *item) exact() bool { return len(u.Decisions) > 0 || u.Kind != File }

// meter adds to the upload what was consumed since the last time.
func (u *item) meter(m *aws.Meter) {
	now := m.Read()
	u.RRU += now.RRU - u.metered.RRU
	u.WRU += now.WRU - u.metered.WRU
	u.metered = now
}

// claim takes an upload until ctx's deadline; first is the object that it is made from if it is new. An upload that is
// resting is returned without being claimed. Errors: ErrBusy, ErrNotFound.
func (p *Pipeline) claim(ctx context.Context, id string, first *Object) (item, error) {
	until, ok := ctx.Deadline()
	if !ok {
		until = p.Now().Add(lease)
	}
	name, value := expression.Name, func(v any) expression.ValueBuilder { return expression.Value(v) }
	update := expression.Set(name("lease_until"), value(until.UnixMilli())).Add(name("attempts"), value(1))
	free := expression.Not(name("resting").Equal(value(true))).And(name("lease_until").LessThan(value(p.Now().UnixMilli())))
	if first != nil {
		k, ok := ParseKey(first.Key)
		if !ok {
			return item{}, fmt.Errorf("upload: an object that is no upload was announced")
		}
		for attribute, v := range map[string]any{"shelf": shelf, "state": Received, "kind": File, "bucket": first.Bucket, "key": first.Key,
			"version_id": first.Version, "versioned": first.Versioned, "mode": k.Mode, "feed": k.Feed, "dry_run": k.DryRun,
			"received_at": first.ReceivedAt.UTC(), "uploaded_by": first.By} {
			update = update.Set(name(attribute), name(attribute).IfNotExists(value(v)))
		}
		free = name("upload_id").AttributeNotExists().Or(free)
	}
	expr, err := expression.NewBuilder().WithUpdate(update).WithCondition(free).Build()
	if err != nil {
		return item{}, err
	}
	out, err := p.DynamoDB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &p.Table, Key: key(id), ReturnValues: types.ReturnValueAllNew,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		u, err := p.get(ctx, id)
		if err != nil || u.Resting {
			return u, err
		}
		return u, ErrBusy
	}
	if err != nil {
		return item{}, fmt.Errorf("upload: claiming: %w", err)
	}
	return decode(out.Attributes)
}

func (p *Pipeline) get(ctx context.Context, id string) (item, error) {
	return read(ctx, p.DynamoDB, p.Table, id)
}

// read reads an upload, strongly consistent. None is ErrNotFound.
func read(ctx context.Context, client *dynamodb.Client, table, id string) (item, error) {
	out, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key(id), ConsistentRead: ptr(true)})
	if err != nil {
		return item{}, fmt.Errorf("upload: reading: %w", err)
	}
	if len(out.Item) == 0 {
		return item{}, ErrNotFound
	}
	return decode(out.Item)
}

// save writes how far the upload is, if the claim is still ours. It fails with ErrBusy if it is not.
func (p *Pipeline) save(ctx context.Context, u *item) error {
	u.meter(p.Meter)
	return p.put(ctx, u, expression.Name("attempts").Equal(expression.Value(u.Attempts)))
}

// create writes an upload that another one gave rise to. One that is there already is left as it is.
func (p *Pipeline) create(ctx context.Context, u *item) error {
	err := p.put(ctx, u, expression.Name("upload_id").AttributeNotExists())
	if errors.Is(err, ErrBusy) {
		return nil
	}
	return err
}

func (p *Pipeline) put(ctx context.Context, u *item, condition expression.ConditionBuilder) error {
	return put(ctx, p.DynamoDB, p.Table, u, condition)
}

// put writes an upload on a condition, or returns ErrBusy.
func put(ctx context.Context, client *dynamodb.Client, table string, u *item, condition expression.ConditionBuilder) error {
	expr, err := expression.NewBuilder().WithCondition(condition).Build()
	if err != nil {
		return err
	}
	u.Shelf = shelf
	attributes, err := attributevalue.MarshalMap(u)
	if err != nil {
		return fmt.Errorf("upload: encoding an upload: %w", err)
	}
	_, err = client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: attributes, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if aws.ConditionFailed(err) {
		return ErrBusy
	}
	if err != nil {
		return fmt.Errorf("upload: saving: %w", err)
	}
	return nil
}

func decode(attributes map[string]types.AttributeValue) (item, error) {
	var u item
	if err := attributevalue.UnmarshalMap(attributes, &u); err != nil {
		return item{}, errors.New("upload: an item is no upload") // and not what is in it
	}
	return u, nil
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"upload_id": &types.AttributeValueMemberS{Value: id}}
}
