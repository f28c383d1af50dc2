package volume

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Table is the volumes table.
type Table struct {
	Client *dynamodb.Client
	Name   string
	Now    func() time.Time
}
