package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Why a file was not loaded. Nothing of it was.
var (
	ErrRejects      = errors.New("directory: the file has rejects")
	ErrOtherEdition = errors.New("directory: the plan is for another file, or the directory has changed since")
	ErrBrake        = errors.New("directory: the file would remove more than half of the directory")
)

// maxWrites is the most writes that a transaction of DynamoDB takes.
const maxWrites = 100

// Order is to do what a plan says.
type Order struct {
	PlanHash string
	Anyway   bool   // though the plan has Brake
	By       string // a member of staff's subject, and their name
	ByName   string
}

// Apply does what the plan of a file says, if that is still what Plan would say, and returns the edition that it made. Asked
// again for the plan of the last edition it does nothing and returns that.
//
// Up to 98 writes are one transaction: all of it happens or nothing. More of them happen in this order: offices and people
// that are new or changed, then which counties each office is for, then removals. So no county ever points to
// an office that there is not, and each step holds only while nobody else has begun to load a file. Whoever dies on the way leaves an
// edition that says Unfinished; loading the file again does the rest.
//
// Errors: ErrKind, ErrRejects, ErrBrake, ErrOtherEdition.
func (t *Table) Apply(ctx context.Context, kind Kind, file []byte, o Order) (Edition, error) {
	p, err := t.Plan(ctx, kind, file)
	switch {
	case err != nil:
		return Edition{}, err
	case p.Rejected > 0:
		return Edition{}, ErrRejects
	case p.Hash != o.PlanHash:
		if last := p.now.Editions[kind]; last.PlanHash == o.PlanHash && last.FileHash == p.FileHash && !last.Unfinished {
			return last, nil
		}
		return Edition{}, ErrOtherEdition
	case p.Brake && !o.Anyway:
		return Edition{}, ErrBrake
	}
	e := Edition{Version: p.now.Editions[kind].Version + 1, At: t.Now().UTC(), By: o.By, ByName: o.ByName, FileHash: p.FileHash, PlanHash: p.Hash,
		Rows: p.Rows, Added: len(p.Added), Changed: len(p.Changed), Removed: len(p.Removed)}
	writes, err := t.writes(&p)
	if err != nil {
		return Edition{}, err
	}
	return e, t.load(ctx, &p, e, writes)
}

// load makes an edition with its writes.
func (t *Table) load(ctx context.Context, p *Plan, e Edition, writes []types.TransactWriteItem) error {
	other := OfficesFile
	if p.Kind == OfficesFile {
		other = PeopleFile
	}
	// A file of people is for the offices that it was checked against, and the other way round.
	check := t.checkVersion(other, p.now.Editions[other].Version)
	if len(writes)+2 <= maxWrites {
		put, err := t.putEdition(p.Kind, e, e.Version-1)
		if err != nil {
			return err
		}
		return t.transact(ctx, append(writes, check, put))
	}
	begun := e
	begun.Unfinished = true
	put, err := t.putEdition(p.Kind, begun, e.Version-1)
	if err != nil {
		return err
	}
	if err := t.transact(ctx, []types.TransactWriteItem{check, put}); err != nil {
		return err
	}
	for some := range slices.Chunk(writes, maxWrites-2) {
		if err := t.transact(ctx, append(slices.Clone(some), check, t.checkVersion(p.Kind, e.Version))); err != nil {
			return err
		}
	}
	if put, err = t.putEdition(p.Kind, e, e.Version); err != nil {
		return err
	}
	return t.transact(ctx, []types.TransactWriteItem{put})
}

func (t *Table) transact(ctx context.Context, writes []types.TransactWriteItem) error {
	_, err := t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
	if cancelledFor(err, "ConditionalCheckFailed", "TransactionConflict") {
		return ErrOtherEdition
	}
	if err != nil {
		return fmt.Errorf("directory: loading a file: %w", err)
	}
	return nil
}

// putEdition writes an edition where the last one has a version; 0 is none.
func (t *Table) putEdition(kind Kind, e Edition, last int) (types.TransactWriteItem, error) {
	i, err := attributevalue.MarshalMap(item{Entry: entryEdition, ID: string(kind), Edition: &e})
	if err != nil {
		return types.TransactWriteItem{}, fmt.Errorf("directory: encoding an edition: %w", err)
	}
	put := &types.Put{TableName: &t.Name, Item: i}
	put.ConditionExpression, put.ExpressionAttributeNames, put.ExpressionAttributeValues = isVersion(last)
	return types.TransactWriteItem{Put: put}, nil
}

func (t *Table) checkVersion(kind Kind, version int) types.TransactWriteItem {
	check := &types.ConditionCheck{TableName: &t.Name, Key: key(entryEdition, string(kind))}
	check.ConditionExpression, check.ExpressionAttributeNames, check.ExpressionAttributeValues = isVersion(version)
	return types.TransactWriteItem{ConditionCheck: check}
}

// isVersion is the condition that an edition has a version; 0 is that there is none.
func isVersion(version int) (*string, map[string]string, map[string]types.AttributeValue) {
	if version == 0 {
		return sdk.String("attribute_not_exists(#e)"), map[string]string{"#e": "edition"}, nil
	}
	return sdk.String("#e.#v = :v"), map[string]string{"#e": "edition", "#v": "version"},
		map[string]types.AttributeValue{":v": &types.AttributeValueMemberN{Value: fmt.Sprint(version)}}
}

// writes are what a plan changes, in the order in which they may happen one by one.
func (t *Table) writes(p *Plan) ([]types.TransactWriteItem, error) {
	var items []item
	var gone []map[string]types.AttributeValue
	touched := map[string]bool{}
	for _, c := range slices.Concat(p.Added, p.Changed) {
		touched[c.ID] = true
	}
	for _, o := range p.offices {
		if touched[o.Code] {
			items = append(items, item{Entry: entryOffice, ID: o.Code, Name: o.Name, Phone: o.Phone})
		}
	}
	for _, person := range p.people {
		if touched[person.Email] {
			items = append(items, item{Entry: entryPerson, ID: person.Email, Name: person.Name, Role: person.Role, Office: person.Office,
				Languages: person.Languages, Phone: person.Phone, AbsentFrom: person.Filed.From, AbsentUntil: person.Filed.Until})
		}
	}
	if p.Kind == OfficesFile {
		next := &Directory{Offices: p.offices}
		next.index()
		for _, state := range slices.Sorted(maps.Keys(next.byState)) {
			if !maps.Equal(next.byState[state], p.now.byState[state]) {
				items = append(items, item{Entry: entryCounty, ID: state, Offices: next.byState[state]})
			}
		}
		for _, state := range slices.Sorted(maps.Keys(p.now.byState)) {
			if next.byState[state] == nil {
				gone = append(gone, key(entryCounty, state))
			}
		}
	}
	for _, c := range p.Removed {
		if p.Kind == OfficesFile {
			gone = append(gone, key(entryOffice, c.ID))
		} else {
			gone = append(gone, key(entryPerson, c.ID), key(entryAbsence, c.ID))
		}
	}
	var writes []types.TransactWriteItem
	for _, i := range items {
		encoded, err := attributevalue.MarshalMap(i)
		if err != nil {
			return nil, fmt.Errorf("directory: encoding an item: %w", err)
		}
		writes = append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &t.Name, Item: encoded}})
	}
	for _, k := range gone {
		writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{TableName: &t.Name, Key: k}})
	}
	return writes, nil
}
