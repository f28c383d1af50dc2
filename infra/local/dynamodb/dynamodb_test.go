package dynamodb_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/template"
)

func people() []template.Table {
	return []template.Table{{
		LogicalID: "PeopleTable", Name: "people", Stream: "NEW_AND_OLD_IMAGES", TTL: "expires",
		Keys: []template.Key{{Attribute: "id", Type: "S", Role: "HASH"}, {Attribute: "at", Type: "N", Role: "RANGE"}},
		Indexes: []template.Index{{Name: "by_name", Projection: "ALL",
			Keys: []template.Key{{Attribute: "name", Type: "S", Role: "HASH"}}}},
	}}
}

func TestCreateTables(t *testing.T) {
	ctx := t.Context()

	t.Run("KeysIndexesStreamAndExpiryAreTheTemplates", func(t *testing.T) {
		db := dynamodbtest.With(t, people())
		name := db.Table("people")
		out, err := db.Client.DescribeTable(ctx, &sdk.DescribeTableInput{TableName: &name})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(out.Table.KeySchema); n != 2 {
			t.Errorf("key has %d attributes, want 2", n)
		}
		if n := len(out.Table.GlobalSecondaryIndexes); n != 1 {
			t.Errorf("%d indexes, want 1", n)
		}
		if s := out.Table.StreamSpecification; s == nil || s.StreamViewType != types.StreamViewTypeNewAndOldImages {
			t.Errorf("stream = %+v", s)
		}
		ttl, err := db.Client.DescribeTimeToLive(ctx, &sdk.DescribeTimeToLiveInput{TableName: &name})
		if err != nil || aws.ToString(ttl.TimeToLiveDescription.AttributeName) != "expires" {
			t.Errorf("expiry = %+v, %v", ttl, err)
		}
	})

	t.Run("AgainChangesNothing", func(t *testing.T) {
		db := dynamodbtest.With(t, people())
		again := people()
		again[0].Name = db.Table("people")
		if err := dynamodb.CreateTables(ctx, db.Client, again); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("ErrOtherIndexThanBefore", func(t *testing.T) {
		db := dynamodbtest.With(t, people())
		again := people()
		again[0].Name = db.Table("people")
		again[0].Indexes[0].Name = "by_age"
		err := dynamodb.CreateTables(ctx, db.Client, again)
		if err == nil || !strings.Contains(err.Error(), "by_age") || !strings.Contains(err.Error(), "make clean") {
			t.Fatalf("err = %v, want one that names by_age and make clean", err)
		}
	})

	t.Run("EachTestHasItsOwnTables", func(t *testing.T) {
		first, second := dynamodbtest.With(t, people()), dynamodbtest.With(t, people())
		_, err := first.Client.PutItem(ctx, &sdk.PutItemInput{TableName: aws.String(first.Table("people")), Item: map[string]types.AttributeValue{
			"id": &types.AttributeValueMemberS{Value: "1"}, "at": &types.AttributeValueMemberN{Value: "1"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		out, err := second.Client.Scan(ctx, &sdk.ScanInput{TableName: aws.String(second.Table("people"))})
		if err != nil || out.Count != 0 {
			t.Fatalf("the second test sees %d items, %v", out.Count, err)
		}
	})
}

func TestStart(t *testing.T) {
	root, err := dynamodb.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	binary, err := dynamodb.FindBinary(root)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("WhatWasWrittenIsThereAfterARestart", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db.sqlite")
		for round := range 2 {
			server, err := dynamodb.Start(t.Context(), dynamodb.Config{Binary: binary, Path: path})
			if err != nil {
				t.Fatal(err)
			}
			if err := dynamodb.CreateTables(t.Context(), dynamodb.Client(server.Endpoint), people()); err != nil {
				t.Fatal(err)
			}
			out, err := dynamodb.Client(server.Endpoint).ListTables(t.Context(), &sdk.ListTablesInput{})
			if err != nil || len(out.TableNames) != 1 {
				t.Fatalf("round %d: tables = %v, %v", round, out.TableNames, err)
			}
			server.Stop()
			select {
			case <-server.Done():
			default:
				t.Fatal("Stop returned before the server ended")
			}
		}
	})

	t.Run("ErrPortTaken", func(t *testing.T) {
		first, err := dynamodb.Start(t.Context(), dynamodb.Config{Binary: binary})
		if err != nil {
			t.Fatal(err)
		}
		defer first.Stop()
		_, port, _ := strings.Cut(strings.TrimPrefix(first.Endpoint, "http://"), ":")
		var number int
		for _, digit := range port {
			number = number*10 + int(digit-'0')
		}
		slow := filepath.Join(t.TempDir(), "slow") // has not got as far as its port when the first one answers
		if err := os.WriteFile(slow, []byte("#!/bin/sh\nexec sleep 30\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		for name, program := range map[string]string{"dynoxide": binary, "a slow one": slow} {
			if second, err := dynamodb.Start(t.Context(), dynamodb.Config{Binary: program, Port: number}); err == nil {
				second.Stop()
				t.Errorf("%s: two servers on one port", name)
			}
		}
	})

	t.Run("ErrNoBinary", func(t *testing.T) {
		_, err := dynamodb.FindBinary(t.TempDir())
		if !errors.Is(err, dynamodb.ErrNoBinary) || !strings.Contains(err.Error(), "run make tools") {
			t.Fatalf("err = %v", err)
		}
	})

	t.Run("ErrCancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if server, err := dynamodb.Start(ctx, dynamodb.Config{Binary: binary}); err == nil {
			server.Stop()
			t.Fatal("started although cancelled")
		}
	})
}
