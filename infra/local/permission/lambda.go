package permission

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"voice.example/infra/local/template"
)

// ErrMissing says that AWS could not do for a function or a state machine what the template has it do.
var ErrMissing = errors.New("permission: a role lacks what its service needs")

// Lambda notes what Lambda itself does in the role of a function: writing its log, reading the queues and streams that feed
// it, and taking what failed to where it is kept. What the role does not allow is an error that names it.
//
// Source: the AWS Lambda developer guide, on execution roles of event source mappings and on destinations.
func (p *Policies) Lambda(role template.Role, f template.Function, record *Record) error {
	return p.service(role, f.LogicalID, lambdaNeeds(f), record)
}

func (p *Policies) service(role template.Role, whose string, needs []Need, record *Record) error {
	for _, need := range needs {
		d := p.Decide(role.LogicalID, need)
		if !d.Allowed {
			return fmt.Errorf("%w: %s: add %s on %s%s to %s", ErrMissing, whose, need.Action, need.Resource, via(need), role.LogicalID)
		}
		record.used(d.By)
		if err := p.service(role, whose, p.behind(need), record); err != nil {
			return err
		}
	}
	return nil
}

// via says through which service a key is to be used.
func via(need Need) string {
	if service := need.Context["kms:viaservice"]; service != "" {
		return " by way of " + service
	}
	return ""
}

func lambdaNeeds(f template.Function) []Need {
	var needs []Need
	add := func(resource string, actions ...string) {
		for _, a := range actions {
			needs = append(needs, Need{Action: a, Resource: resource})
		}
	}
	if f.Key != "" { // by which its environment is encrypted
		needs = append(needs, viaService("lambda", f.Key, "kms:Decrypt")...)
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

// StepFunctions notes what Step Functions itself does in the role of a state machine, beside calling functions: a distributed
// map starts executions of its own machine, looks at them and stops them, and a log is set up by calls that know no
// resources.
//
// Source: the AWS Step Functions developer guide, "IAM policies for using Distributed Map states" and "Logging to CloudWatch
// Logs"; a map's executions are called NAME/LABEL:ID.
func (p *Policies) StepFunctions(role template.Role, m template.Machine, record *Record) error {
	var needs []Need
	if bytes.Contains(m.Definition, []byte(`"DISTRIBUTED"`)) {
		needs = append(needs, Need{Action: "states:StartExecution", Resource: m.ARN})
		own := strings.Replace(m.ARN, ":stateMachine:", ":execution:", 1)
		for _, action := range []string{"states:DescribeExecution", "states:StopExecution"} {
			needs = append(needs, Need{Action: action, Resource: own + ":local"}, Need{Action: action, Resource: own + "/Label:local"})
		}
	}
	if m.Logs {
		for _, action := range []string{"CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries",
			"PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"} {
			needs = append(needs, Need{Action: "logs:" + action, Resource: "*"})
		}
	}
	return p.service(role, m.LogicalID, needs, record)
}
