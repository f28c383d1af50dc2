package aws

// Prices of DynamoDB's on-demand mode, Standard table class, us-east-1, in US dollars per unit.
// Source: the Amazon DynamoDB pricing page, as since 2024-11-01.
const (
	DollarsPerRRU = 0.125 / 1e6
	DollarsPerWRU = 0.625 / 1e6
)

// Cost returns what the units cost in US dollars at on-demand prices.
func (c Consumed) Cost() float64 { return c.RRU*DollarsPerRRU + c.WRU*DollarsPerWRU }

// DollarsPerTextPart is about what a part of a text costs in the United States with the carriers' fees.
// Source: the AWS End User Messaging pricing page, toll-free, as of 2025.
const DollarsPerTextPart = 0.00747
