package volume

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

func TestStanding(t *testing.T) {
	ctx := context.Background()
	t.Run("OK", func(t *testing.T) {
		table, _, meter := newTable(t)
		if now, err := table.Standing(ctx); err != nil || len(now.Inquiries) != 0 || !now.Service.At.IsZero() {
			t.Fatalf("got %+v, %v", now, err)
		}
		a := Adds{}
		a.Add(Standing(), "open", 3)
		a.Add(Standing(), Overdue, 1)
		table.mustCount(t, Change{"a", a})
		s := Service{At: noon, Held: 2, Silent: []Silent{{"county-jail", noon.Add(-time.Hour)}}}
		for range 2 {
			if err := table.Note(ctx, s); err != nil {
				t.Fatal(err)
			}
		}
		before := meter.Read().Calls
		now, err := table.Standing(ctx)
		if err != nil || !maps.Equal(now.Inquiries, Counts{"open": 3, Overdue: 1}) || !now.Service.At.Equal(noon) || now.Service.Held != 2 ||
			len(now.Service.Silent) != 1 || now.Service.Silent[0].Feed != "county-jail" || meter.Read().Calls != before+1 {
			t.Errorf("got %+v, %v", now, err)
		}
		if days, err := table.Days(ctx, standing, "2000-01-01", "2000-01-02"); err != nil || len(Total(days)) != 0 {
			t.Errorf("got %v, %v", days, err)
		}
	})
	t.Run("ErrOfTheTable", func(t *testing.T) {
		table, db, _ := newTable(t)
		table.Client = db.Faulty(func() dynamodbtest.Fault { return dynamodbtest.Refused })
		if _, err := table.Standing(ctx); !errors.Is(err, dynamodbtest.ErrFault) {
			t.Errorf("got %v", err)
		}
		if err := table.Note(ctx, Service{}); !errors.Is(err, dynamodbtest.ErrFault) {
			t.Errorf("got %v", err)
		}
	})
}
