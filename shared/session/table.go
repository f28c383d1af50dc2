package session

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/secret"
)

// Table is the sessions table.
type Table struct {
	Client   *dynamodb.Client
	Name     string
	Keys     *secret.Keys
	Idle     time.Duration // without a click
	Absolute time.Duration // since the sign-in
	Now      func() time.Time
}
