// Command deliver is the Lambda function on the text queues: it claims an alert in the ledger and sends its text.
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
	lambda.Start(aws.Observe(h.Handle))
}
