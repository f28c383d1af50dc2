package aws

// All prices are of us-east-1, in US dollars, without free tiers and discounts for volume.

// Prices of DynamoDB's on-demand mode, Standard table class, us-east-1, in US dollars per unit.
// Source: the Amazon DynamoDB pricing page, as since 2024-11-01.
const (
	DollarsPerRRU = 0.125 / 1e6
	DollarsPerWRU = 0.625 / 1e6
)

// Cost returns what the units cost in US dollars at on-demand prices.
func (c Consumed) Cost() float64 { return c.RRU*DollarsPerRRU + c.WRU*DollarsPerWRU }

// DollarsPerTextPart is about what a part of a text costs in the United States with the carriers' fees, and DollarsPerTextIn
// what one costs that somebody sends to us.
// Source: the AWS End User Messaging pricing page (https://aws.amazon.com/end-user-messaging/pricing/), toll-free, as of 2025.
const (
	DollarsPerTextPart = 0.00747
	DollarsPerTextIn   = 0.0075
)

// What else is paid by use, as of November 2025. Sources: the pricing pages of AWS Lambda (arm64), Amazon API Gateway (HTTP
// APIs), Amazon SNS (standard topics), Amazon SQS (standard queues), Amazon SES, Amazon S3 (Standard), Amazon CloudWatch (logs
// that Lambda writes), AWS KMS, AWS WAF and Amazon CloudFront, and data transfer out to the internet on the page of Amazon EC2
// (https://aws.amazon.com/SERVICE/pricing/).
const (
	DollarsPerInvocation  = 0.20 / 1e6
	DollarsPerGBSecond    = 0.0000133334
	DollarsPerAPIRequest  = 1.00 / 1e6
	DollarsPerPublish     = 0.50 / 1e6 // of up to 64 KB, however many messages; handing on to SQS is free
	DollarsPerSQSRequest  = 0.40 / 1e6
	DollarsPerMail        = 0.10 / 1e3
	DollarsPerPut         = 0.005 / 1e3 // to S3
	DollarsPerLogGB       = 0.50
	DollarsPerGBOut       = 0.09
	DollarsPerKMSRequest  = 0.03 / 1e4
	DollarsPerWAFRequest  = 0.60 / 1e6
	DollarsPerEdgeRequest = 0.010 / 1e4
)

// What is paid by the month, from the same pages and those of Amazon DynamoDB (storage, point-in-time recovery), AWS Backup
// (DynamoDB, warm) and AWS Secrets Manager. A metric is paid for each hour in which it is reported.
const (
	DollarsPerTableGB   = 0.25
	DollarsPerPITRGB    = 0.20
	DollarsPerBackupGB  = 0.10
	DollarsPerS3GB      = 0.023
	DollarsPerLogGBKept = 0.03
	DollarsPerMetric    = 0.30
	DollarsPerAlarm     = 0.10 // for each metric that it looks at
	DollarsPerDashboard = 3.00
	DollarsPerKey       = 1.00
	DollarsPerSecret    = 0.40
	DollarsPerWebACL    = 5.00
	DollarsPerWAFRule   = 1.00
	// An origination number: toll-free sends 3 parts a second, a short code 100 and more.
	DollarsPerTollFree  = 2.00
	DollarsPerShortCode = 995.00
)
