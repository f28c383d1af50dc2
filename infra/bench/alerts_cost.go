package main

import "voice.example/shared/aws"

// Prices in us-east-1 in US dollars, without free tiers and discounts for volume, as of November 2025.
// Sources: the pricing pages of AWS Lambda (arm64), Amazon SNS (standard topics), Amazon SQS (standard queues) and Amazon
// CloudWatch (logs that Lambda writes, first tier). Those of DynamoDB are in shared/aws.
const (
	dollarsPerInvocation = 0.20 / 1e6
	dollarsPerGBSecond   = 0.0000133334
	dollarsPerPublish    = 0.50 / 1e6 // of up to 64 KB, however many messages; handing on to SQS is free
	dollarsPerSQSRequest = 0.40 / 1e6
	dollarsPerLogByte    = 0.50 / (1 << 30)
)

// What is not measured here but assumed.
const (
	// callSeconds is how long a call to DynamoDB or SNS takes within a region, and textSeconds one that sends a text.
	callSeconds = 0.010
	textSeconds = 0.100
	// memoryOfCPU is the memory in MiB with which a function has one processor. Source: AWS Lambda developer guide.
	memoryOfCPU = 1769
	// platformLogBytes is what Lambda itself writes into the log for an invocation: its start, its end and its report.
	platformLogBytes = 600
	// requestsPerJob: a job that comes alone is sent, received and deleted. What SNS sends is counted too.
	requestsPerJob = 3
)

// The kinds of alerts.
const (
	kindRoutine      = "routine"
	kindAcknowledged = "urgent, acknowledged"
	kindRepeated     = "urgent, repeated twice, then an officer"
	kindTogether     = "urgent, of one event with many subscribers"
)

// memory is what template.yaml gives the functions, in MiB.
func memory(function string) float64 {
	if function == "alerts" {
		return 512
	}
	return 256
}

// counted is what alerts of one kind asked of AWS.
type counted struct {
	Kind   string  `json:"kind"`
	Alerts int     `json:"alerts"`
	Jobs   int     `json:"jobs"` // that went through a queue, replies too
	Phases []phase `json:"phases"`

	receipts int // texts that have theirs
	batch    int // jobs of one invocation; 0 is one
}

// cost is what a million alerts cost, carriers aside.
type cost struct {
	Kind     string  `json:"kind"`
	RRU      float64 `json:"rru"` // of one alert, as are the other counts
	WRU      float64 `json:"wru"`
	Publish  float64 `json:"publishes"`
	SQS      float64 `json:"sqs_requests"`
	Invoked  float64 `json:"invocations"`
	GBs      float64 `json:"gb_s"`
	LogBytes float64 `json:"log_bytes"`
	Texts    float64 `json:"texts"`
	// DynamoDB and the others are dollars for a million.
	DynamoDB float64 `json:"dynamodb_usd"`
	Messages float64 `json:"messages_usd"` // SNS and SQS
	Lambda   float64 `json:"lambda_usd"`
	Logs     float64 `json:"logs_usd"`
	All      float64 `json:"usd"`
}

// seconds is how long Lambda would bill the invocations of a phase: their CPU at the function's share of a processor, and
// their calls one after the other, but for jobs of one batch, which go side by side.
func (p phase) seconds(abreast int) float64 {
	texts := p.of("sms")
	calls := float64(p.total()-texts)*callSeconds + float64(texts)*textSeconds
	return p.CPU*memoryOfCPU/memory(p.Function) + calls/float64(max(1, abreast))
}

// cost works out what a million cost.
func (c counted) cost() cost {
	const million = 1e6
	out := cost{Kind: c.Kind}
	for _, p := range c.Phases {
		abreast := 1
		if p.Function == "deliver" {
			abreast = c.batch
		}
		out.RRU, out.WRU = out.RRU+p.RRU, out.WRU+p.WRU
		out.Publish += float64(p.of("sns"))
		out.Texts += float64(p.of("sms")) // those that answer a reply, too
		out.Invoked += float64(p.Invocations)
		out.GBs += p.seconds(abreast) * memory(p.Function) / 1024
		out.LogBytes += float64(p.LogBytes + platformLogBytes*p.Invocations)
	}
	out.SQS = float64(requestsPerJob * c.Jobs)
	if c.batch > 1 { // sent one by one, received and deleted together
		out.SQS = float64(c.Jobs) + 2*float64(c.Jobs)/float64(c.batch)
	}
	for _, figure := range []*float64{&out.RRU, &out.WRU, &out.Publish, &out.SQS, &out.Invoked, &out.GBs, &out.LogBytes, &out.Texts} {
		*figure /= float64(c.Alerts)
	}
	out.DynamoDB = million * aws.Consumed{RRU: out.RRU, WRU: out.WRU}.Cost()
	out.Messages = million * (out.Publish*dollarsPerPublish + out.SQS*dollarsPerSQSRequest)
	out.Lambda = million * (out.Invoked*dollarsPerInvocation + out.GBs*dollarsPerGBSecond)
	out.Logs = million * out.LogBytes * dollarsPerLogByte
	out.All = out.DynamoDB + out.Messages + out.Lambda + out.Logs
	return out
}
