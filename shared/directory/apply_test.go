package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"voice.example/shared/staff"
)

func TestApply(t *testing.T) {
	ctx := context.Background()
	order := func(hash string) Order { return Order{PlanHash: hash, By: "s-1", ByName: "Sofia Lindqvist"} }

	t.Run("OK", func(t *testing.T) {
		table, _ := newTable(t)
		p := planned(t, table, OfficesFile, twoOffices)
		e, err := table.Apply(ctx, OfficesFile, []byte(twoOffices), order(p.Hash))
		if err != nil || e.Version != 1 || e.Added != 3 || e.Rows != 3 || !e.At.Equal(noon) || e.By != "s-1" || e.ByName != "Sofia Lindqvist" || e.FileHash != p.FileHash {
			t.Fatalf("%+v, %v", e, err)
		}
		d := read(t, table)
		if len(d.Offices) != 3 || fmt.Sprint(d.Editions[OfficesFile]) != fmt.Sprint(e) {
			t.Errorf("%+v", d)
		}
		t.Run("AgainIsTheSame", func(t *testing.T) {
			again, err := table.Apply(ctx, OfficesFile, []byte(twoOffices), order(p.Hash))
			if err != nil || fmt.Sprint(again) != fmt.Sprint(e) {
				t.Errorf("%+v, %v", again, err)
			}
		})
		t.Run("ThenChangedAndRemoved", func(t *testing.T) {
			load(t, table, OfficesFile, "code,name,county_fips\nPHO,Phoenix Office,04013\nNYC,New York,36061\n")
			d := read(t, table)
			if len(d.Offices) != 2 || d.Offices[1].Name != "Phoenix Office" || d.Offices[1].Phone != "" || len(d.byState) != 2 || d.Editions[OfficesFile].Version != 2 {
				t.Errorf("%+v", d)
			}
			if _, err := d.OfficeOf("48113"); !errors.Is(err, ErrNowhere) {
				t.Error(err)
			}
		})
	})
	t.Run("WhoGoesTakesTheirAbsenceAlong", func(t *testing.T) {
		table, _ := newTable(t)
		load(t, table, OfficesFile, twoOffices)
		load(t, table, PeopleFile, somePeople)
		if err := table.SetAbsence(ctx, "rosa@voice.example", Absence{From: "2026-06-01"}); err != nil {
			t.Fatal(err)
		}
		load(t, table, PeopleFile, strings.ReplaceAll(somePeople, "rosa@", "rosie@"))
		load(t, table, PeopleFile, somePeople)
		if p, err := read(t, table).Person("rosa@voice.example"); err != nil || p.Away(today) {
			t.Errorf("%+v, %v", p, err)
		}
	})
	t.Run("ErrRejects", func(t *testing.T) {
		table, _ := newTable(t)
		if _, err := table.Apply(ctx, OfficesFile, []byte("code,name\nx,\n"), order("")); !errors.Is(err, ErrRejects) {
			t.Error(err)
		}
	})
	t.Run("ErrOtherEdition", func(t *testing.T) {
		table, _ := newTable(t)
		load(t, table, OfficesFile, twoOffices)
		more := twoOffices + "HOU,Houston,,48201\n"
		p := planned(t, table, OfficesFile, more)
		for name, before := range map[string]func() string{
			"AnotherFile":        func() string { return more + "NYC,New York,,36061\n" },
			"NoPlan":             func() string { return twoOffices },
			"PeopleLoadedSince":  func() string { load(t, table, PeopleFile, somePeople); return more },
			"OfficesLoadedSince": func() string { load(t, table, OfficesFile, twoOffices); return more },
		} {
			t.Run(name, func(t *testing.T) {
				if _, err := table.Apply(ctx, OfficesFile, []byte(before()), order(p.Hash)); !errors.Is(err, ErrOtherEdition) {
					t.Error(err)
				}
			})
		}
	})
	t.Run("ErrBrake", func(t *testing.T) {
		table, _ := newTable(t)
		load(t, table, OfficesFile, twoOffices)
		few := "code,name\nPHO,Phoenix Field Office\n"
		o := order(planned(t, table, OfficesFile, few).Hash)
		if _, err := table.Apply(ctx, OfficesFile, []byte(few), o); !errors.Is(err, ErrBrake) || len(read(t, table).Offices) != 3 {
			t.Error(err)
		}
		o.Anyway = true
		if e, err := table.Apply(ctx, OfficesFile, []byte(few), o); err != nil || e.Removed != 2 || len(read(t, table).Offices) != 1 {
			t.Errorf("%+v, %v", e, err)
		}
	})
	t.Run("OneOfTwoAtOnce", func(t *testing.T) {
		table, _ := newTable(t)
		p := planned(t, table, OfficesFile, twoOffices)
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			group.Go(func() {
				file := twoOffices
				hash := p.Hash
				if i%2 == 1 {
					file += "HOU,Houston,,48201\n"
					other, err := table.Plan(ctx, OfficesFile, []byte(file))
					if err != nil {
						errs[i] = err
						return
					}
					hash = other.Hash
				}
				_, errs[i] = table.Apply(ctx, OfficesFile, []byte(file), order(hash))
			})
		}
		group.Wait()
		for _, err := range errs {
			if err != nil && !errors.Is(err, ErrOtherEdition) {
				t.Error(err)
			}
		}
		if d := read(t, table); d.Editions[OfficesFile].Version == 0 || len(d.Offices) != d.Editions[OfficesFile].Rows {
			t.Errorf("%+v", d.Editions)
		}
	})
}

// watched is the table by a client that asks before each call, of which it says whether it writes.
func watched(table *Table, before func(write bool) error) *Table {
	other := *table
	other.Client = dynamodb.New(table.Client.Options(), func(o *dynamodb.Options) {
		o.APIOptions = append(slices.Clone(o.APIOptions), func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Watch", func(ctx context.Context, in middleware.InitializeInput,
				next middleware.InitializeHandler) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
				_, write := in.Parameters.(*dynamodb.TransactWriteItemsInput)
				if err := before(write); err != nil {
					return out, metadata, err
				}
				return next.HandleInitialize(ctx, in)
			}), middleware.Before)
		})
	})
	return &other
}

// manyOffices is a file of more offices than one transaction may write.
func manyOffices(prefix string, n int) string {
	file := "code,name,county_fips\nPHO,Phoenix,04013\n"
	for i := range n {
		file += fmt.Sprintf("%s%d,Office %d,\n", prefix, i, i)
	}
	return file
}

// A process may die after any of the calls that load a large file. Whenever it does, no county is at an office that there is not,
// and the same file sent again does what is left.
func TestApplyDies(t *testing.T) {
	ctx := context.Background()
	table, _ := newTable(t)
	load(t, table, OfficesFile, "code,name,county_fips\nOLD,Old,04013\n")
	load(t, table, OfficesFile, manyOffices("A", 250)+"OLD,Old,04019\n")
	file := []byte(strings.Replace(manyOffices("B", 250), "PHO,Phoenix,04013", "NEW,New,04013|04019", 1))
	failed := errors.New("died")
	for calls := 0; ; calls++ {
		if calls == 0 {
			load(t, table, OfficesFile, manyOffices("A", 250)+"OLD,Old,04019\n")
		}
		done := 0
		dying := watched(table, func(write bool) error {
			if write {
				if done++; done > calls {
					return failed
				}
			}
			return nil
		})
		p := planned(t, table, OfficesFile, string(file))
		_, err := dying.Apply(ctx, OfficesFile, file, Order{PlanHash: p.Hash, Anyway: true})
		if err != nil && !errors.Is(err, failed) {
			t.Fatal(err)
		}
		d := read(t, table)
		for _, fips := range []string{"04013", "04019"} {
			code, err := table.OfficeOf(ctx, fips)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Office(code); err != nil {
				t.Errorf("after %d calls: %s is at %s: %v", calls, fips, code, err)
			}
		}
		if err == nil {
			if calls < 5 || d.Editions[OfficesFile].Unfinished || len(d.Offices) != 251 {
				t.Errorf("%d calls, %+v, %d offices", calls, d.Editions[OfficesFile], len(d.Offices))
			}
			return
		}
		if calls > 0 {
			if !d.Editions[OfficesFile].Unfinished {
				t.Errorf("after %d calls: %+v", calls, d.Editions[OfficesFile])
			}
			again := planned(t, table, OfficesFile, string(file))
			if !strings.Contains(said(again.Warnings), "not loaded to its end") {
				t.Errorf("after %d calls: %s", calls, said(again.Warnings))
			}
			// The plan of before is for the directory as it was.
			if _, err := table.Apply(ctx, OfficesFile, file, Order{PlanHash: p.Hash, Anyway: true}); !errors.Is(err, ErrOtherEdition) {
				t.Errorf("after %d calls: %v", calls, err)
			}
			load(t, table, OfficesFile, string(file))
			if d := read(t, table); len(d.Offices) != 251 || d.Editions[OfficesFile].Unfinished {
				t.Errorf("after %d calls: %d offices", calls, len(d.Offices))
			}
			load(t, table, OfficesFile, manyOffices("A", 250)+"OLD,Old,04019\n")
		}
	}
}

// Whoever begins to load a large file while another is being loaded ends that one.
func TestApplyIsOvertaken(t *testing.T) {
	ctx := context.Background()
	table, _ := newTable(t)
	file := []byte(manyOffices("A", 250))
	p := planned(t, table, OfficesFile, string(file))
	calls := 0
	slow := watched(table, func(write bool) error {
		if write {
			if calls++; calls == 3 {
				load(t, table, OfficesFile, twoOffices)
			}
		}
		return nil
	})
	if _, err := slow.Apply(ctx, OfficesFile, file, Order{PlanHash: p.Hash}); !errors.Is(err, ErrOtherEdition) {
		t.Error(err)
	}
	if d := read(t, table); len(d.Offices) != 3 {
		t.Errorf("%d offices", len(d.Offices))
	}
}

// An office goes while somebody is being put into it: one of the two files is not loaded.
func TestApplyAgainstTheOtherKind(t *testing.T) {
	ctx := context.Background()
	table, _ := newTable(t)
	load(t, table, OfficesFile, twoOffices)
	load(t, table, PeopleFile, somePeople)
	file := []byte(strings.Replace(twoOffices, "DAL,Dallas Field Office,1-833-555-0144,48113\n", "", 1))
	p := planned(t, table, OfficesFile, string(file))
	begun := false
	slow := watched(table, func(write bool) error {
		if write && !begun {
			begun = true
			load(t, table, PeopleFile, somePeople+"new@voice.example,New Person,officer,DAL,,,,\n")
		}
		return nil
	})
	if _, err := slow.Apply(ctx, OfficesFile, file, Order{PlanHash: p.Hash}); !errors.Is(err, ErrOtherEdition) {
		t.Error(err)
	}
	if _, err := read(t, table).Office("DAL"); err != nil {
		t.Error(err)
	}
}

// The agency's own offices and sixty people are read in one call.
func TestReadIsOneCall(t *testing.T) {
	table, _ := newTable(t)
	load(t, table, OfficesFile, string(officesFile(t)))
	codes := read(t, table).Offices
	file := "email,name,role,office,languages\n"
	for i := range 60 {
		file += fmt.Sprintf("person-%d@voice.example,Invented Person %d,%s,%s,en|es\n", i, i, staff.Officer, codes[i%len(codes)].Code)
	}
	load(t, table, PeopleFile, file)
	scans := 0
	counted := watched(table, func(bool) error { scans++; return nil })
	if d := read(t, counted); len(d.People) != 60 || scans != 1 {
		t.Errorf("%d people, %d calls", len(d.People), scans)
	}
}
