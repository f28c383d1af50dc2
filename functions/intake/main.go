// Command intake is the Lambda function that takes subscriptions: it texts a one-time code, turns a confirmed request
// into a subscription, and lets whoever holds its manage token see, change and end it. It also says of a text, by the
// code that this ends in, whether we sent it: it has what that needs already, but for one index of the ledger. And it takes
// what people ask of the office, tells them how that stands, and lets them change or end it.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"voice.example/shared/aws"
	"voice.example/shared/web"
)

func main() {
	aws.Log()
	env := aws.Environment()
	cfg, err := aws.Load(context.Background())
	server, serverErr := configure(cfg, env)
	edge, edgeErr := web.NewEdge(env.Optional("ORIGIN_SECRETS"), env.Optional("SITE_URL"))
	aws.Require(err, serverErr, edgeErr, env.Err())
	lambda.Start(aws.Observe(web.AdaptBehind(edge, server)))
}
