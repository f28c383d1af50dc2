// Command replies is the Lambda function on the queue of texts that people send us: it obeys STOP and START, and answers
// HELP, STATUS, 1 and 2.
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
