// Command status is the Lambda function that looks a person's custody status up, and serves the pages that need no
// record: the first page, help, privacy and the style sheet. It answers whatever no other function has a route for.
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
