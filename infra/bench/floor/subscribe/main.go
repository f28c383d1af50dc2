// Command subscribe is the floor of asking for a subscription: a Lambda function that makes the calls which cannot be left
// out (six limits counted, the request kept, the opt-outs asked, a text, and that it went), one after the other. It checks
// nothing, and neither hashes nor encrypts: what it writes is as long as what the service writes.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

type function struct {
	db              *dynamodb.Client
	sns             *sns.Client
	limits, optOuts string
	count           int
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	f := &function{db: dynamodb.NewFromConfig(cfg), sns: sns.NewFromConfig(cfg), limits: os.Getenv("LIMITS_TABLE"), optOuts: os.Getenv("OPT_OUTS_TABLE")}
	lambda.Start(f.handle)
}

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func (f *function) handle(ctx context.Context, e events.APIGatewayV2HTTPRequest) (r events.APIGatewayV2HTTPResponse, err error) {
	var q struct{ Phone string }
	if err := json.Unmarshal([]byte(e.Body), &q); err != nil {
		return r, err
	}
	f.count++
	now := time.Now()
	hash := strings.Repeat("h", 32-len(q.Phone)) + strings.TrimPrefix(q.Phone, "+") // as long as a hash
	hour := strconv.FormatInt(now.Truncate(time.Hour).Unix(), 10)
	for _, key := range []string{"codes/from/" + hash, "codes/phone/" + hash, "codes/phone/" + hash + "/day", "codes/block/" + hash, "codes/all", "codes/all/day"} {
		_, err := f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &f.limits, Key: item{"key": text("uses#" + key + "#" + hour)},
			UpdateExpression: aws.String("ADD uses :one SET expires_at = :end"), ConditionExpression: aws.String("attribute_not_exists(uses) OR uses < :most"),
			ExpressionAttributeValues: item{":one": number(1), ":most": number(1_000_000), ":end": number(now.Add(2 * time.Hour).Unix())}})
		if err != nil {
			return r, err
		}
	}
	id := strconv.Itoa(os.Getpid()) + "." + strconv.Itoa(f.count)
	id = strings.Repeat("i", 32-len(id)) + id
	key := item{"key": text("request#" + id)}
	_, err = f.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &f.limits, ConditionExpression: aws.String("attribute_not_exists(code_hash)"),
		Item: item{"key": key["key"], "code_hash": text(hash), "until": text(now.Format(time.RFC3339Nano)), "tries": number(0),
			"sent": &types.AttributeValueMemberBOOL{}, "expires_at": number(now.Unix()), "application": text(strings.Repeat("s", 130)), "sending": number(now.UnixMilli())}})
	if err != nil {
		return r, err
	}
	if _, err = f.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &f.optOuts, Key: item{"phone_hash": text(hash)}, ConsistentRead: aws.Bool(true)}); err != nil {
		return r, err
	}
	if _, err = f.sns.Publish(ctx, &sns.PublishInput{PhoneNumber: &q.Phone,
		Message: aws.String("VOICE: your code is 123456. It works for 10 minutes. Do not share it. If you did not ask for it, ignore this text. Reply STOP to end.")}); err != nil {
		return r, err
	}
	_, err = f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &f.limits, Key: key, UpdateExpression: aws.String("SET sent = :sent, sending = :none"),
		ConditionExpression: aws.String("attribute_exists(code_hash)"), ExpressionAttributeValues: item{":sent": &types.AttributeValueMemberBOOL{Value: true}, ":none": number(0)}})
	r.StatusCode, r.Body = http.StatusAccepted, `{"subscription_id":"`+id+`"}`
	return r, err
}
