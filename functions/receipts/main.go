// Command receipts is the Lambda function on the logs of what became of texts, SNS's and those of End User Messaging: it
// records in the ledger what carriers say of each text.
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
