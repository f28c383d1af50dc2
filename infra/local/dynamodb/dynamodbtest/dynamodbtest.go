// Package dynamodbtest gives a test a real DynamoDB with the tables of template.yaml, empty and its own:
//
//	db := dynamodbtest.New(t)
//	db.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(db.Table("custody")), …})
//
// One dynoxide process in memory serves all tests of a test binary and ends with it; each call of New
// makes the tables anew under names of its own, so tests may run in parallel. They go when the test ends.
// With DYNAMODB_ENDPOINT in the environment the tests run on the DynamoDB there instead, whichever that is.
//
// What tests have to allow for, by what was seen of Amazon's DynamoDB Local 3.1.0:
//
//   - It deletes what has expired, within a second or so, and by its own clock, where a test's items have often expired by
//     the clock of the machine. New therefore leaves expiry off: the code under test never relies on it.
//   - It says that a query or a batch of reads which finds nothing takes no units, and nothing at all of what a batch of
//     statements takes. DynamoDB charges for both, and dynoxide says so. Assertions on those units ask CountsCapacity.
//   - It refuses a stream's iterator as trimmed when other tables were written between its making and the next record.
//     Tests that read streams make a new one each time.
package dynamodbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/template"
)

// DB is one test's DynamoDB.
type DB struct {
	Client   *sdk.Client
	Endpoint string
	tables   map[string]string // short name → name of this test's table
	probed   template.Table    // one of them
	t        testing.TB
}

// Table gives the name of this test's table that the template calls CustodyTable for "custody".
// A name that is not there fails the test.
func (db *DB) Table(name string) string {
	db.t.Helper()
	table, ok := db.tables[strings.ToLower(name)]
	if !ok {
		db.t.Fatalf("template.yaml has no table called %sTable", name)
	}
	return table
}

// New makes fresh tables for this test: those of the template that are named, or all, without their expiry. Without the
// dynoxide binary the test fails.
func New(t testing.TB, names ...string) *DB {
	t.Helper()
	root, err := dynamodb.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.Load(filepath.Join(root, "template.yaml"), template.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tables, err := parsed.Tables()
	if err != nil {
		t.Fatal(err)
	}
	if len(names) > 0 {
		tables = slices.DeleteFunc(tables, func(table template.Table) bool { return !slices.Contains(names, table.ShortName()) })
	}
	for i := range tables {
		tables[i].TTL = "" // the test's clock is not the engine's
	}
	return With(t, tables)
}

// With is New with tables that the test chooses, and as they are.
func With(t testing.TB, tables []template.Table) *DB {
	t.Helper()
	endpoint, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	db := &DB{Client: dynamodb.Client(endpoint), Endpoint: endpoint, tables: map[string]string{}, t: t}
	prefix := fmt.Sprintf("t%d-%d-", os.Getpid(), count.Add(1)) // other test binaries may share the DynamoDB
	own := make([]template.Table, len(tables))
	for i, table := range tables {
		table.Name = prefix + table.Name
		own[i] = table
		db.tables[table.ShortName()] = table.Name
	}
	db.probed = own[0]
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := dynamodb.CreateTables(ctx, db.Client, own); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, table := range own {
			_, _ = db.Client.DeleteTable(context.Background(), &sdk.DeleteTableInput{TableName: &table.Name})
		}
	})
	return db
}

// The server belongs to the test binary, not to one test: starting one for each would cost more than
// most tests do. These two are the package's only state.
var (
	count  atomic.Int64
	shared = sync.OnceValues(func() (endpoint string, err error) {
		if endpoint := os.Getenv("DYNAMODB_ENDPOINT"); endpoint != "" {
			return strings.TrimSuffix(endpoint, "/"), nil
		}
		root, err := dynamodb.FindRoot(".")
		if err != nil {
			return "", err
		}
		binary, err := dynamodb.FindBinary(root)
		if err != nil {
			return "", err
		}
		server, err := dynamodb.Start(context.Background(), dynamodb.Config{Binary: binary})
		if err != nil {
			return "", err
		}
		return server.Endpoint, nil
	})
)
