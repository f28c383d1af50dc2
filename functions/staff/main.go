// Command staff is the Lambda function for the agency's own people: whoever has signed in, and whose role allows it. It serves
// the console's pages under /staff, by a browser's session, and the same as JSON under /v1/staff, by bearer token: uploads of
// custody updates, inquiries, the directory, volumes, delivery and the audit.
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
