// Command escalate is the Lambda function that runs every minute and sees to what nobody else does in time: to alerts
// that wait, to urgent ones that nobody has acknowledged, to feeds that have fallen silent, and to uploads that nobody goes
// on with.
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
