// Command ingest is the Lambda function on the queue of uploads: it validates a file that staff put into the bucket, plans
// what it would change, and applies the plan to the custody table or, if it would do too much, holds it.
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
	h := newHandler(cfg, env)
	aws.Require(err, env.Err())
	lambda.Start(aws.Observe(h.Handle))
}
