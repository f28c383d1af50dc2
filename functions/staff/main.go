// Command staff is the Lambda function for the agency's own people: whoever has signed in, and whose role allows it,
// uploads files of custody updates, follows them, and decides on those that are held.
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
	aws.Require(err, serverErr, env.Err())
	lambda.Start(web.Adapt(server))
}
