package main

import "voice.example/shared/aws"

// item is one line of a bill.
type item struct {
	Service string  `json:"service"`
	Dollars float64 `json:"dollars"` // in a month
	Texts   bool    `json:"-"`       // paid to carriers, in the main
}

// bill works out what an agency pays in a month.
func bill(a agency) []item {
	month := func(perDay float64) float64 { return perDay * days }
	// Of the stints that begin, some are the end of another; those that are not end in a release, a removal and so on.
	ends := a.Stints - a.Transfers
	changes := month(a.Stints + ends)
	watchers := a.Subscribers / a.Held
	urgent, routine := month(ends)*watchers, month(a.Stints)*watchers
	// The ends of stays are urgent when somebody is free. Removals are not, so this is on the high side, too.
	silent := urgent * (1 - acknowledged)
	alertTexts := routine + urgent*acknowledged + silent*3
	fresh, asked := a.Subscribers*newcomers, a.Held*inquiries/1000
	looked := a.Held * lookups
	requests := looked*(1+pages) + fresh*6 + asked*(6+clicks) + clicksAnyway
	codes, replies := fresh, fresh+urgent*acknowledged
	minutes := 24 * 60 * days
	rows := month(a.Held * rosters)

	read := looked*lookupRRU + fresh*subscribeRRU + asked*inquiryRRU + replies*replyRRU + minutes*minuteRRU + changes*changeRRU + rows*unchangedRRU
	written := fresh*subscribeWRU + asked*inquiryWRU + replies*replyWRU + minutes*minuteWRU + changes*changeWRU
	alertDollars := routine*routineDollars + urgent*acknowledged*acknowledgedDollars + silent*repeatedDollars
	gb := (a.Held*recordsPer*kBPerRecord + a.Subscribers*kBPerSubscription + (routine+urgent)*alertMonths*kBPerAlert + asked*alertMonths*kBPerInquiry) / 1e6
	invocations := requests + minutes + replies + asked*10 + month(rosters)*(1+a.Held/20000)
	logGB := invocations * logBytes / 1e9
	number := aws.DollarsPerTollFree
	// An upload of a large agency makes thousands of texts at once: 3 a second would take an hour.
	if a.Subscribers > 20000 {
		number = aws.DollarsPerShortCode
	}
	return []item{
		{"Texts: alerts, in parts", alertTexts * partsPerAlert * aws.DollarsPerTextPart, true},
		{"Texts: codes, answers, replies", (codes+replies)*aws.DollarsPerTextPart + replies*aws.DollarsPerTextIn, true},
		{"Origination number", number, true},
		{"Alerts: all of AWS beside the texts", alertDollars, false},
		{"DynamoDB: the rest, by use", (aws.Consumed{RRU: read, WRU: written}).Cost(), false},
		{"DynamoDB: kept, restorable, backed up", gb * (aws.DollarsPerTableGB + aws.DollarsPerPITRGB + aws.DollarsPerBackupGB), false},
		{"API Gateway, and data out", requests * (aws.DollarsPerAPIRequest + kBOut/1e6*aws.DollarsPerGBOut), false},
		{"Lambda", invocations * (aws.DollarsPerInvocation + requestGBSeconds*aws.DollarsPerGBSecond), false},
		{"SQS: polls of idle queues", queues * pollers * minutes * 3 * aws.DollarsPerSQSRequest, false},
		{"S3: files, plans, reports", rows*bytesPerRow*3/1e9*aws.DollarsPerS3GB + month(rosters)*20*aws.DollarsPerPut, false},
		{"CloudWatch: logs", logGB * (aws.DollarsPerLogGB + logMonths*aws.DollarsPerLogGBKept), false},
		{"CloudWatch: metrics, alarms, dashboard", metrics*aws.DollarsPerMetric + alarms*aws.DollarsPerAlarm + dashboards*aws.DollarsPerDashboard, false},
		{"Keys and secrets", keys*aws.DollarsPerKey + secrets*aws.DollarsPerSecret + requests*0.1*aws.DollarsPerKMSRequest, false},
	}
}

// edge is what CloudFront and WAF in front would add.
func edge(a agency) float64 {
	requests := a.Held*lookups*(1+pages) + clicksAnyway
	const rules = 5
	return aws.DollarsPerWebACL + rules*aws.DollarsPerWAFRule + requests*(aws.DollarsPerWAFRequest+aws.DollarsPerEdgeRequest)
}
