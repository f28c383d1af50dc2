package permission

import (
	"errors"
	"fmt"
	"strings"

	"voice.example/infra/local/template"
)

// ErrMissing says that Lambda could not do for a function what the template has it do.
var ErrMissing = errors.New("permission: a role lacks what Lambda needs to run its function")

// Lambda notes what Lambda itself does in the role of a function: writing its log, reading the queues and streams that feed
// it, and taking what failed to where it is kept. What the role does not allow is an error that names it.
//
// Source: the AWS Lambda developer guide, on execution roles of event source mappings and on destinations.
func (p *Policies) Lambda(role template.Role, f template.Function, record *Record) error {
	for _, need := range lambdaNeeds(f) {
		d := p.Decide(role.LogicalID, need)
		if !d.Allowed {
			return fmt.Errorf("%w: %s: add %s on %s to %s", ErrMissing, f.LogicalID, need.Action, need.Resource, role.LogicalID)
		}
		record.used(d.By)
	}
	return nil
}

func lambdaNeeds(f template.Function) []Need {
	var needs []Need
	add := func(resource string, actions ...string) {
		for _, a := range actions {
			needs = append(needs, Need{Action: a, Resource: resource})
		}
	}
	group := f.LogGroup
	if group == "" {
		group = "/aws/lambda/" + f.Name
	}
	add(arn("logs", "log-group:"+group+":log-stream:local"), "logs:CreateLogStream", "logs:PutLogEvents")
	for _, q := range f.Queues {
		add(q.QueueARN, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
	}
	failures := f.Failures
	for _, s := range f.Streams {
		add(tableARN(s.Table.Name)+"/stream/local", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams")
		failures = append(failures, s.OnFailureARN)
	}
	for _, to := range failures {
		switch {
		case to == "":
		case strings.HasPrefix(to, "arn:aws:s3:::"):
			add(to+"/aws/lambda/local", "s3:PutObject")
			add(to, "s3:ListBucket")
		case strings.HasPrefix(to, "arn:aws:sns:"):
			add(to, "sns:Publish")
		case strings.HasPrefix(to, "arn:aws:lambda:"):
			add(to, "lambda:InvokeFunction")
		default:
			add(to, "sqs:SendMessage")
		}
	}
	return needs
}
