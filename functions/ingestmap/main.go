// Command ingestmap is the Lambda function behind the state machine for large uploads: it does one step, or one unit of a
// step, of what ingest does for smaller ones.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"voice.example/shared/aws"
	"voice.example/shared/upload"
)

func main() {
	aws.Log()
	env := aws.Environment()
	cfg, err := aws.Load(context.Background())
	h := &handler{Uploads: upload.New(cfg, env)}
	aws.Require(err, env.Err())
	lambda.Start(aws.Observe(h.Handle))
}
