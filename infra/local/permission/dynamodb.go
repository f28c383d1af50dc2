package permission

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// request is as much of a call to DynamoDB as says what it is about.
type request struct {
	TableName, IndexName, StreamArn, ShardIterator string
	TransactItems                                  []map[string]json.RawMessage
	RequestItems                                   map[string]json.RawMessage
	Statement                                      string
	Statements, TransactStatements                 []struct{ Statement string }
}

// dynamodbNeeds: a transaction takes what each of its items would by itself, a batch an action of its own for each table, and
// a statement of PartiQL the action of its kind.
func dynamodbNeeds(operation string, body []byte) ([]Need, error) {
	var in request
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, fmt.Errorf("%w: it is not JSON", ErrUnknownCall)
	}
	switch operation {
	case "TransactWriteItems", "TransactGetItems":
		return ofItems(in.TransactItems)
	case "BatchGetItem", "BatchWriteItem":
		var needs []Need
		for name := range in.RequestItems {
			needs = append(needs, Need{Action: "dynamodb:" + operation, Resource: tableARN(name)})
		}
		return needs, nil
	case "ExecuteStatement":
		return ofStatements(in.Statement)
	case "BatchExecuteStatement", "ExecuteTransaction":
		var texts []string
		for _, s := range slices.Concat(in.Statements, in.TransactStatements) {
			texts = append(texts, s.Statement)
		}
		return ofStatements(texts...)
	}
	need := Need{Action: "dynamodb:" + operation, Resource: tableARN(in.TableName)}
	switch {
	case in.IndexName != "":
		need.Resource += "/index/" + in.IndexName
	case in.StreamArn != "":
		need.Resource = in.StreamArn
	case in.TableName == "":
		need.Resource = "*"
	}
	return []Need{need}, nil
}

func tableARN(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return arn("dynamodb", "table/"+name)
}

func ofItems(items []map[string]json.RawMessage) ([]Need, error) {
	actions := map[string]string{"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "Get": "GetItem", "ConditionCheck": "ConditionCheckItem"}
	var needs []Need
	for _, item := range items {
		for kind, one := range item {
			var in struct{ TableName string }
			if err := json.Unmarshal(one, &in); err != nil || actions[kind] == "" {
				return nil, fmt.Errorf("%w: a transaction's item is a %q", ErrUnknownCall, kind)
			}
			needs = append(needs, Need{Action: "dynamodb:" + actions[kind], Resource: tableARN(in.TableName)})
		}
	}
	return needs, nil
}

// partiQL finds the kind of a statement, its table and the index that it may name.
var partiQL = regexp.MustCompile(`(?is)^\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM|SELECT\s.*?\sFROM)\s+"?([A-Za-z0-9_.-]+)"?(?:\."?([A-Za-z0-9_.-]+)"?)?`)

func ofStatements(texts ...string) ([]Need, error) {
	actions := map[string]string{"I": "PartiQLInsert", "U": "PartiQLUpdate", "D": "PartiQLDelete", "S": "PartiQLSelect"}
	var needs []Need
	for _, text := range texts {
		m := partiQL.FindStringSubmatch(text)
		if m == nil {
			return nil, fmt.Errorf("%w: a statement of another form", ErrUnknownCall)
		}
		need := Need{Action: "dynamodb:" + actions[strings.ToUpper(m[1][:1])], Resource: tableARN(m[2])}
		if m[3] != "" {
			need.Resource += "/index/" + m[3]
		}
		needs = append(needs, need)
	}
	return needs, nil
}
