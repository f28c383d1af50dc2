// Command ingest is the floor of an upload of people who are new: a Lambda function that reads a file from S3 by the
// pipeline's own reader and writes its rows, each on condition. It keeps no plan, has no brake and writes no report.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/bench/floor/loading"
	"voice.example/shared/aws"
	"voice.example/shared/roster"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	env, bucket := aws.Environment(), s3.NewFromConfig(cfg)
	table := &loading.Table{Client: dynamodb.NewFromConfig(cfg), Name: env.Text("CUSTODY_TABLE"), UploadID: strings.Repeat("0", 32)}
	options := roster.Options{Zone: env.Zone("FEED_TIME_ZONE"), Future: env.Days("FUTURE_DAYS")}
	lambda.Start(func(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
		answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
		var said events.S3Event
		if err := json.Unmarshal([]byte(batch.Records[0].Body), &said); err != nil {
			return answer, err
		}
		object := said.Records[0].S3
		key, err := url.QueryUnescape(object.Object.Key)
		if err != nil {
			return answer, err
		}
		file, err := bucket.GetObject(ctx, &s3.GetObjectInput{Bucket: &object.Bucket.Name, Key: &key, VersionId: &object.Object.VersionID})
		if err != nil {
			return answer, err
		}
		defer file.Body.Close()
		options.Now, table.Feed = time.Now(), strings.Split(key, "/")[1]
		read, written, err := table.Load(ctx, file.Body, options, true)
		if err == nil && written != read {
			err = fmt.Errorf("%d rows of %d are written", written, read)
		}
		return answer, err
	})
}
