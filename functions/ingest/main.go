// Command ingest is the Lambda function on the queue of uploads: it validates a file that staff put into the bucket, plans
// what it would change, applies the plan to the custody table and reports.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"voice.example/shared/aws"
)

func main() {
	aws.Log()
	env := aws.Environment()
	cfg, err := aws.Load(context.Background())
	h, handlerErr := newHandler(cfg, env)
	aws.Require(err, handlerErr, env.Err())
	lambda.Start(h.Handle)
}
