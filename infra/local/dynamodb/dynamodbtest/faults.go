package dynamodbtest

import (
	"context"
	"errors"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// Fault is what goes wrong with a call.
type Fault int

const (
	NoFault  Fault = iota
	Refused        // the call has no effect, and an error is its answer
	Lost           // the call has its effect, and an error is its answer
	Conflict       // a transaction is cancelled, since others write the same items; any other call is refused
	Faults         // how many there are
)

// ErrFault is the answer of a call that is Refused or Lost.
var ErrFault = errors.New("dynamodbtest: a fault")

// Faulty is a client whose every call goes wrong as decide says. The SDK does not try such a call again.
func (db *DB) Faulty(decide func() Fault) *sdk.Client {
	return sdk.New(db.Client.Options(), func(o *sdk.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Faults", func(ctx context.Context, in middleware.InitializeInput,
				next middleware.InitializeHandler) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
				fault := decide()
				if transaction, ok := in.Parameters.(*sdk.TransactWriteItemsInput); ok && fault == Conflict {
					return out, metadata, conflict(len(transaction.TransactItems))
				}
				if fault == NoFault || fault == Lost {
					out, metadata, err = next.HandleInitialize(ctx, in)
				}
				if fault != NoFault {
					err = ErrFault
				}
				return out, metadata, err
			}), middleware.Before)
		})
	})
}

// conflict is how a transaction is cancelled of which the last item is being written by another.
func conflict(items int) error {
	cancelled := &types.TransactionCanceledException{}
	for i := range items {
		code := "None"
		if i == items-1 {
			code = "TransactionConflict"
		}
		cancelled.CancellationReasons = append(cancelled.CancellationReasons, types.CancellationReason{Code: &code})
	}
	return cancelled
}
