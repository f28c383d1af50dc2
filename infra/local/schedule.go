package main

import (
	"context"
	"encoding/json"
	"time"

	"voice.example/infra/local/gateway"
	"voice.example/infra/local/template"
)

// repeat calls a function at the schedule's pace, at full minutes of the clock as EventBridge does. A
// failed call is not repeated; its line in the log says that it failed.
func repeat(ctx context.Context, schedule template.Schedule, f template.Function, function gateway.Invoker) {
	for {
		now := time.Now()
		due := now.Truncate(schedule.Every).Add(schedule.Every)
		timer := time.NewTimer(due.Sub(now))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		// Not with ctx: a call that runs when the runner stops is let end.
		_, _ = function.Invoke(context.WithoutCancel(ctx), scheduledEvent(schedule, f, due))
	}
}

// scheduledEvent is what EventBridge sends when the schedule has no input of its own.
func scheduledEvent(schedule template.Schedule, f template.Function, at time.Time) []byte {
	if schedule.Input != nil {
		return schedule.Input
	}
	at = at.UTC().Truncate(time.Second)
	event, _ := json.Marshal(map[string]any{ // strings never fail
		"version": "0", "id": f.LogicalID + at.Format("-20060102T150405Z"),
		"detail-type": "Scheduled Event", "source": "aws.events",
		"account": template.AccountID, "region": template.Region, "time": at.Format(time.RFC3339),
		"resources": []string{"arn:aws:events:" + template.Region + ":" + template.AccountID + ":rule/" + template.StackName + "-" + f.LogicalID + schedule.Event},
		"detail":    map[string]any{},
	})
	return event
}
