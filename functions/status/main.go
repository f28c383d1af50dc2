// Command status is the Lambda function that looks a person's custody status up, and serves the pages that need no
// record: the first page, help, privacy and the style sheet. It answers whatever no other function has a route for.
package main

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/web"
)

func main() {
	aws.Log()
	env := aws.Environment()
	site := web.Site{Agency: env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Zone: env.Zone("FEED_TIME_ZONE")}
	cfg, cfgErr := aws.Load(context.Background())
	table := custody.NewTable(dynamodb.NewFromConfig(cfg), env.Text("CUSTODY_TABLE"))
	server, err := newServer(site, table, time.Now)
	aws.Start(lambda.Start, web.Adapt(server), cfgErr, env.Err(), err)
}
