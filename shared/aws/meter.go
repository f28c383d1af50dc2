package aws

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// Meter adds up the capacity that DynamoDB says its answers consumed. The zero value is ready; it may be used
// from several goroutines. A call whose answer never came is not counted, though AWS may bill it; neither is a
// write that failed its condition, for which the service reports no figure (AWS bills it as a write).
type Meter struct {
	mu       sync.Mutex
	rru, wru float64
	calls    int
}

// Consumed is what a Meter has seen: read and write request units, and the calls they came from.
type Consumed struct {
	RRU, WRU float64
	Calls    int
}

// Read returns what was consumed so far.
func (m *Meter) Read() Consumed {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Consumed{RRU: m.rru, WRU: m.wru, Calls: m.calls}
}

// Attach makes a DynamoDB client report to the meter: dynamodb.NewFromConfig(cfg, meter.Attach).
func (m *Meter) Attach(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("ConsumedCapacityMeter", m.observe), middleware.Before)
	})
}

// meterInvocations makes the clients of a configuration report to the meter of the invocation that each call is made for
// (see Line). What goes on beside invocations, such as looking at the feeds ahead of time, is not counted.
func meterInvocations(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("InvocationMeter", func(ctx context.Context, in middleware.InitializeInput,
		next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		l := LineOf(ctx)
		if l == nil {
			return next.HandleInitialize(ctx, in)
		}
		return l.meter.observe(ctx, in, next)
	}), middleware.Before)
}

func (m *Meter) observe(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	middleware.InitializeOutput, middleware.Metadata, error) {
	askForCapacity(in.Parameters)
	out, metadata, err := next.HandleInitialize(ctx, in)
	if err == nil {
		m.add(out.Result)
	}
	return out, metadata, err
}

// askForCapacity sets ReturnConsumedCapacity on the calls that VOICE makes.
func askForCapacity(input any) {
	const total = types.ReturnConsumedCapacityTotal
	switch in := input.(type) {
	case *dynamodb.GetItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.BatchGetItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.QueryInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.PutItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.UpdateItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.DeleteItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.TransactWriteItemsInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.BatchExecuteStatementInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.ScanInput:
		in.ReturnConsumedCapacity = total
	}
}

func (m *Meter) add(output any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	read := func(c *types.ConsumedCapacity) { m.rru += units(c) }
	write := func(c *types.ConsumedCapacity) { m.wru += units(c) }
	switch out := output.(type) {
	case *dynamodb.GetItemOutput:
		read(out.ConsumedCapacity)
	case *dynamodb.BatchGetItemOutput:
		for i := range out.ConsumedCapacity {
			read(&out.ConsumedCapacity[i])
		}
	case *dynamodb.QueryOutput:
		read(out.ConsumedCapacity)
	case *dynamodb.PutItemOutput:
		write(out.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		write(out.ConsumedCapacity)
	case *dynamodb.DeleteItemOutput:
		write(out.ConsumedCapacity)
	case *dynamodb.ScanOutput:
		read(out.ConsumedCapacity)
	case *dynamodb.BatchExecuteStatementOutput: // VOICE only writes by statements
		for i := range out.ConsumedCapacity {
			write(&out.ConsumedCapacity[i])
		}
	case *dynamodb.TransactWriteItemsOutput:
		for i := range out.ConsumedCapacity {
			write(&out.ConsumedCapacity[i])
		}
	}
}

func units(c *types.ConsumedCapacity) float64 {
	if c == nil || c.CapacityUnits == nil {
		return 0
	}
	return *c.CapacityUnits
}
