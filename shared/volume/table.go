package volume

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Table is the volumes table.
type Table struct {
	Client *dynamodb.Client
	Name   string
	Now    func() time.Time
}

// Series is what is counted: the partition key of the table.
type Series string

const (
	Inquiries Series = "inquiries"
	Alerts    Series = "alerts"

	standing Series = "standing"
	counted  Series = "counted" // markers
)

// Slot names an item of counters: a series on a day.
type Slot struct {
	Series Series
	Day    string
}

// On is the slot of a series on a date.
func On(s Series, d Date) Slot { return Slot{s, string(d)} }

// Standing is the slot of what stands now, of whatever day: inquiries that are open, assigned and overdue.
func Standing() Slot { return Slot{standing, string(Inquiries)} }

func (s Slot) key() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"series": text(string(s.Series)), "day": text(s.Day)}
}

func text(s string) *types.AttributeValueMemberS { return &types.AttributeValueMemberS{Value: s} }
