// Command inform is the Lambda function on the inquiries table's stream: it texts whoever asked how their request stands, and
// mails staff what they have been given.
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
