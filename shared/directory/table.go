package directory

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/phone"
)

// Table is the directory table.
type Table struct {
	Client *dynamodb.Client
	Name   string
	Now    func() time.Time
	Zone   *time.Location // whose days absences are of; nil is UTC
	// ReadPhone reads the phones of a file of offices, as numbering.ParseToCall does. Only Plan and Apply need it.
	ReadPhone func(string) (phone.Number, error)
}

// The entries of the table.
const (
	entryOffice  = "office"
	entryCounty  = "county"
	entryPerson  = "person"
	entryAbsence = "absence"
	entryLoad    = "load"
	entryEdition = "edition"
)

// Today is the day that absences are compared with, as 2026-06-01.
func (t *Table) Today() string {
	now := t.Now().UTC()
	if t.Zone != nil {
		now = now.In(t.Zone)
	}
	return now.Format(time.DateOnly)
}

func key(entry, id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"entry": text(entry), "id": text(id)}
}

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }
