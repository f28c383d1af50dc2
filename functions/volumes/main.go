// Command volumes is the Lambda function on the streams of inquiries and alerts that counts them, by day.
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
