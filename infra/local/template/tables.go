package template

import (
	"fmt"
	"strings"
)

// Table is a DynamoDB table. Capacity is always on demand here.
type Table struct {
	LogicalID string
	Name      string
	Keys      []Key
	Indexes   []Index
	// Stream is the view type, or "" when the table has no stream.
	Stream string
	// TTL is the attribute that holds the expiry in epoch seconds, or "".
	TTL string
}

// Key is one attribute of a key. Type is S, N or B; Role is HASH or RANGE.
type Key struct{ Attribute, Type, Role string }

// Index is a global secondary index.
type Index struct {
	Name       string
	Keys       []Key
	Projection string   // ALL, KEYS_ONLY or INCLUDE
	NonKeys    []string // with INCLUDE
}

// ShortName is how code speaks of the table: "custody" for CustodyTable.
func (t Table) ShortName() string { return shortName(t.LogicalID, "Table") }

// shortName is a logical id in lower case without the word for what it is.
func shortName(logicalID, word string) string {
	return strings.ToLower(strings.TrimSuffix(logicalID, word))
}

type tableProperties struct {
	AttributeDefinitions []struct{ AttributeName, AttributeType string }
	KeySchema            []keyProperties
	LocalSecondaryIndexes,
	GlobalSecondaryIndexes []struct {
		IndexName  string
		KeySchema  []keyProperties
		Projection struct {
			ProjectionType   string
			NonKeyAttributes []string
		}
	}
	StreamSpecification     struct{ StreamViewType string }
	TimeToLiveSpecification struct {
		AttributeName string
		Enabled       flag
	}
}

type keyProperties struct{ AttributeName, KeyType string }

// Tables gives every table of the template.
func (t *Template) Tables() ([]Table, error) {
	found, err := t.ofKind(kindTable)
	if err != nil {
		return nil, err
	}
	var tables []Table
	for _, r := range found {
		table, err := t.table(r)
		if err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, nil
}

func (t *Template) table(r *resource) (Table, error) {
	var p tableProperties
	if err := t.decode(r, &p); err != nil {
		return Table{}, err
	}
	if len(p.LocalSecondaryIndexes) > 0 {
		return Table{}, fmt.Errorf("line %d: %s: the local runner makes no local secondary indexes", r.line, r.id)
	}
	name, err := t.name(r)
	if err != nil {
		return Table{}, err
	}
	types := map[string]string{}
	for _, a := range p.AttributeDefinitions {
		types[a.AttributeName] = a.AttributeType
	}
	table := Table{LogicalID: r.id, Name: name, Stream: p.StreamSpecification.StreamViewType}
	if p.TimeToLiveSpecification.Enabled {
		table.TTL = p.TimeToLiveSpecification.AttributeName
	}
	if table.Keys, err = keys(p.KeySchema, types); err != nil {
		return Table{}, fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
	}
	for _, i := range p.GlobalSecondaryIndexes {
		index := Index{Name: i.IndexName, Projection: i.Projection.ProjectionType, NonKeys: i.Projection.NonKeyAttributes}
		if index.Keys, err = keys(i.KeySchema, types); err != nil {
			return Table{}, fmt.Errorf("line %d: %s, index %s: %w", r.line, r.id, i.IndexName, err)
		}
		table.Indexes = append(table.Indexes, index)
	}
	return table, nil
}

func keys(schema []keyProperties, types map[string]string) ([]Key, error) {
	if len(schema) == 0 {
		return nil, fmt.Errorf("it has no KeySchema")
	}
	var result []Key
	for _, k := range schema {
		if types[k.AttributeName] == "" {
			return nil, fmt.Errorf("key %s is not among the AttributeDefinitions", k.AttributeName)
		}
		result = append(result, Key{Attribute: k.AttributeName, Type: types[k.AttributeName], Role: k.KeyType})
	}
	return result, nil
}
