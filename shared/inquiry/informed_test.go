package inquiry

import (
	"context"
	"errors"
	"testing"

	"voice.example/shared/staff"
)

func TestInformed(t *testing.T) {
	table, _ := newTable(t)
	i := open(t, table, "a", Inquiry{Reason: Other})
	record := func(n, staffs int) {
		t.Helper()
		if err := errors.Join(table.Informed(ctx, i.Reference, n), table.StaffInformed(ctx, i.Reference, staffs)); err != nil {
			t.Fatal(err)
		}
	}
	told := func(n, staffs, version int) {
		t.Helper()
		if got := get(t, table, i.Reference); got.Told != n || got.StaffTold != staffs || got.Version != version {
			t.Errorf("got %d, %d, version %d", got.Told, got.StaffTold, got.Version)
		}
	}
	t.Run("TheVersionStays", func(t *testing.T) {
		record(2, 1)
		told(2, 1, 1)
	})
	t.Run("NobodyForgetsWhatTheyWereTold", func(t *testing.T) {
		record(1, 1)
		told(2, 1, 1)
	})
	t.Run("AChangeKeepsIt", func(t *testing.T) {
		if _, err := table.Note(ctx, i.Reference, theo, "a note"); err != nil {
			t.Fatal(err)
		}
		told(2, 1, 2)
	})
	t.Run("SoDoesAChangeThatIsWrittenAtTheSameTime", func(t *testing.T) {
		for n, inform := range []func(context.Context, string, int) error{table.Informed, table.StaffInformed} {
			tried := 0
			_, err := table.amend(ctx, i.Reference, 0, func(i *Inquiry) error {
				if tried++; tried == 1 {
					if err := inform(ctx, i.Reference, 3); err != nil {
						t.Error(err)
					}
				}
				table.note(i, WasNoted, theo)
				return nil
			})
			if err != nil || tried != 2 {
				t.Errorf("%d tries, %v", tried, err)
			}
			told(3, 1+2*n, 3+n)
		}
	})
	t.Run("WhatIsForgottenStaysForgotten", func(t *testing.T) {
		if err := table.Forget(ctx, i.Reference); err != nil {
			t.Fatal(err)
		}
		record(9, 9)
		if _, err := table.Get(ctx, i.Reference); !errors.Is(err, ErrNotFound) {
			t.Errorf("%v", err)
		}
		if _, isNew, err := table.Open(ctx, "a", Inquiry{Reason: Other}, staff.Identity{}); err != nil || !isNew {
			t.Errorf("%t, %v", isNew, err)
		}
	})
}
