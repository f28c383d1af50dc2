package audit

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/secret"
)

// Log is the audit table.
type Log struct {
	Client    *dynamodb.Client
	Name      string
	Keys      *secret.Keys
	Retention time.Duration // how long an entry is kept
	Now       func() time.Time
}
