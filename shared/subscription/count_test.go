package subscription

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
)

func TestCounts(t *testing.T) {
	db, meter := dynamodbtest.New(t), new(aws.Meter)
	s := &Store{Client: dynamodb.New(db.Client.Options(), meter.Attach), Table: db.Table("subscriptions")}
	text := func(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
	number := func(i int) custody.ANumber { return custody.ANumber(fmt.Sprintf("%09d", i)) }
	want := map[custody.ANumber]int{number(1): 3, number(2): 1, number(20): 1}
	for a, n := range want {
		for i := range n {
			_, err := db.Client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &s.Table, Item: map[string]types.AttributeValue{
				"a_number": text(string(a)), "subscription_id": text(fmt.Sprint(i)), "phone_hash": text(fmt.Sprint(i))}})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	count := func(people int) (map[custody.ANumber]int, aws.Consumed) {
		numbers := make([]custody.ANumber, people)
		for i := range numbers {
			numbers[i] = number(i)
		}
		before := meter.Read()
		got, err := s.Counts(context.Background(), numbers)
		if err != nil {
			t.Fatal(err)
		}
		after := meter.Read()
		return got, aws.Consumed{RRU: after.RRU - before.RRU, Calls: after.Calls - before.Calls}
	}
	t.Run("AskedForEach", func(t *testing.T) {
		if got, used := count(scanFrom - 1); !reflect.DeepEqual(got, want) || used.Calls != scanFrom-1 {
			t.Errorf("got %v for %+v", got, used)
		}
	})
	t.Run("ReadAtOnceForMany", func(t *testing.T) {
		if got, used := count(10_000); !reflect.DeepEqual(got, want) || used.Calls != 1 || used.RRU > 10 {
			t.Errorf("got %v for %+v", got, used)
		}
	})
	t.Run("WhoIsNotAskedForIsNotCounted", func(t *testing.T) {
		if got, _ := count(2); len(got) != 1 || got[number(1)] != 3 {
			t.Errorf("got %v", got)
		}
	})
}
