package directory

import (
	"context"
	"errors"
	"testing"
)

func TestAbsenceCovers(t *testing.T) {
	for name, test := range map[string]struct {
		a    Absence
		want bool
	}{
		"None":             {Absence{}, false},
		"FirstDay":         {Absence{today, "2026-06-09"}, true},
		"LastDay":          {Absence{"2026-05-20", today}, true},
		"Before":           {Absence{"2026-06-02", ""}, false},
		"After":            {Absence{"", "2026-05-31"}, false},
		"UntilFurtherWord": {Absence{"2026-05-31", ""}, true},
		"AlreadyAway":      {Absence{"", "2026-06-02"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if test.a.Covers(today) != test.want {
				t.Errorf("%+v", test.a)
			}
		})
	}
}

func TestSetAbsence(t *testing.T) {
	ctx := context.Background()
	table, _ := newTable(t)
	load(t, table, OfficesFile, twoOffices)
	load(t, table, PeopleFile, somePeople)
	own := func(email string) Absence {
		t.Helper()
		p, err := read(t, table).Person(email)
		if err != nil {
			t.Fatal(err)
		}
		return p.Own
	}
	t.Run("OK", func(t *testing.T) {
		a := Absence{"2026-06-01", "2026-06-05"}
		if err := table.SetAbsence(ctx, "Rosa@voice.example", a); err != nil || own("rosa@voice.example") != a {
			t.Errorf("%v, %+v", err, own("rosa@voice.example"))
		}
	})
	t.Run("FileSaysNothingAboutIt", func(t *testing.T) {
		load(t, table, PeopleFile, somePeople+"new@voice.example,New Person,officer,DAL,,,,\n")
		if own("rosa@voice.example") == (Absence{}) {
			t.Error("gone with a file")
		}
	})
	t.Run("None", func(t *testing.T) {
		if err := table.SetAbsence(ctx, "rosa@voice.example", Absence{}); err != nil || own("rosa@voice.example") != (Absence{}) {
			t.Errorf("%v, %+v", err, own("rosa@voice.example"))
		}
	})
	t.Run("DoesNotEndTheFiles", func(t *testing.T) {
		if err := table.SetAbsence(ctx, "hugo@voice.example", Absence{}); err != nil {
			t.Fatal(err)
		}
		if p, _ := read(t, table).Person("hugo@voice.example"); !p.Away(today) {
			t.Errorf("%+v", p)
		}
	})
	for name, test := range map[string]struct {
		email string
		a     Absence
		want  error
	}{
		"ErrDate":     {"rosa@voice.example", Absence{"6/1/2026", ""}, ErrDate},
		"ErrNoDay":    {"rosa@voice.example", Absence{"2026-02-30", ""}, ErrDate},
		"ErrYear":     {"rosa@voice.example", Absence{"2126-06-01", ""}, ErrDate},
		"ErrReverse":  {"rosa@voice.example", Absence{"2026-06-05", "2026-06-04"}, ErrReverse},
		"ErrPast":     {"rosa@voice.example", Absence{"", "2026-05-31"}, ErrPast},
		"ErrNoPerson": {"nobody@voice.example", Absence{"2026-06-01", ""}, ErrNoPerson},
		"ErrNobody":   {"nobody@voice.example", Absence{}, ErrNoPerson},
	} {
		t.Run(name, func(t *testing.T) {
			if err := table.SetAbsence(ctx, test.email, test.a); !errors.Is(err, test.want) {
				t.Errorf("%v", err)
			}
		})
	}
}
