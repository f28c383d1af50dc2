package dynamodbtest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

func TestNew(t *testing.T) {
	t.Run("TheTemplatesTablesAreThereAndEmpty", func(t *testing.T) {
		db := dynamodbtest.New(t)
		for _, name := range []string{"custody", "subscriptions", "alerts", "uploads", "limits"} {
			table := db.Table(name)
			out, err := db.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table})
			if err != nil || out.Count != 0 {
				t.Errorf("%s: %d items, %v", name, out.Count, err)
			}
		}
	})
}
