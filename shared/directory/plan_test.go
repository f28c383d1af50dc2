package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"voice.example/shared/numbering"
)

// planned is the plan of a file for a directory that has twoOffices and somePeople.
func planned(t *testing.T, table *Table, kind Kind, file string) Plan {
	t.Helper()
	p, err := table.Plan(context.Background(), kind, []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlan(t *testing.T) {
	table, _ := newTable(t)
	t.Run("First", func(t *testing.T) {
		p := planned(t, table, OfficesFile, twoOffices)
		if p.Rows != 3 || len(p.Added) != 3 || len(p.Changed)+len(p.Removed)+p.Unchanged != 0 || p.Hash == "" || p.Brake || len(p.Warnings) != 0 {
			t.Errorf("%+v", p)
		}
	})
	load(t, table, OfficesFile, twoOffices)
	load(t, table, PeopleFile, somePeople)
	t.Run("SameAgain", func(t *testing.T) {
		for kind, file := range map[Kind]string{OfficesFile: twoOffices, PeopleFile: somePeople} {
			if p := planned(t, table, kind, file); len(p.Added)+len(p.Changed)+len(p.Removed) != 0 || p.Unchanged != p.Rows || p.Brake {
				t.Errorf("%+v", p)
			}
		}
	})
	t.Run("Offices", func(t *testing.T) {
		p := planned(t, table, OfficesFile, "code,name,phone,county_fips\n"+
			"PHO,Phoenix Office,(602) 555-0199,04013|04021|04023\nELP,El Paso Field Office,,35013|48141\nHOU,Houston Field Office,,48201\n")
		if fmt.Sprint(p.Added) != "[{HOU Houston Field Office []}]" || fmt.Sprint(p.Changed) != "[{PHO Phoenix Office [name phone counties +2 -1]}]" ||
			fmt.Sprint(p.Removed) != "[{DAL Dallas Field Office []}]" || p.Unchanged != 1 || p.Brake {
			t.Errorf("%+v", p)
		}
		// Of Texas, Dallas County was Dallas's, and the others nobody's. 04019 is Phoenix's by its state.
		if got := said(p.Warnings); !strings.Contains(got, `0,county_fips,48113,"Dallas County, TX would have no office any more"`) || len(p.Warnings) != 1 {
			t.Errorf("%s", got)
		}
	})
	t.Run("People", func(t *testing.T) {
		p := planned(t, table, PeopleFile, "email,name,role,office,languages,phone,absent_from,absent_until\n"+
			"rosa@voice.example,Rosa Finch,specialist,ELP,en,602-555-0151,2026-05-01,2026-05-02\nines@voice.example,Ines Okafor,specialist,ELP,en,,,\n"+
			"new@voice.example,New Person,officer,ELP,,,,\ntheo@voice.example,Theo Marsh,operator,national,,,,\n")
		if fmt.Sprint(p.Added) != "[{new@voice.example New Person []}]" || p.Unchanged != 2 || p.Brake ||
			fmt.Sprint(p.Changed) != "[{rosa@voice.example Rosa Finch [name role office languages phone absence]}]" ||
			fmt.Sprint(p.Removed) != "[{hugo@voice.example Hugo Brandão []}]" {
			t.Errorf("%+v", p)
		}
		if got := said(p.Warnings); !strings.Contains(got, "absent_until,2026-05-02,an absence is over already") ||
			!strings.Contains(got, "office,DAL,nobody would work") || !strings.Contains(got, "office,PHO,nobody would work") {
			t.Errorf("%s", got)
		}
	})
	t.Run("OpenInquiriesOfWhoGoes", func(t *testing.T) {
		now := read(t, table)
		now.People[slices.IndexFunc(now.People, func(p Person) bool { return p.Email == "rosa@voice.example" })].Open = 3
		p, err := plan(PeopleFile, []byte("email,name,role,office\nines@voice.example,Ines Okafor,specialist,ELP\n"), now, today, numbering.ParseToCall)
		if err != nil || !strings.Contains(said(p.Warnings), "0,email,xxxx@xxxxx.xxxxxxx,somebody whom the file leaves out has 3 open inquiries") {
			t.Errorf("%v, %s", err, said(p.Warnings))
		}
	})
	t.Run("ErrPeopleWorkThere", func(t *testing.T) {
		p := planned(t, table, OfficesFile, "code,name,county_fips\nPHO,Phoenix Field Office,04013\nDAL,Dallas Field Office,48113\n")
		if !strings.Contains(said(p.Rejects), "0,code,ELP,the file leaves out an office in which 1 of the directory's people work") || p.Hash != "" || len(p.Removed) != 0 {
			t.Errorf("%+v", p)
		}
	})
	t.Run("ErrRejects", func(t *testing.T) {
		p := planned(t, table, PeopleFile, somePeople+"x,X,officer,PHO,,,,\n")
		if p.Rejected != 1 || p.Hash != "" || len(p.Added)+len(p.Changed)+len(p.Removed)+p.Unchanged != 0 {
			t.Errorf("%+v", p)
		}
	})
	t.Run("Brake", func(t *testing.T) {
		for file, brake := range map[string]bool{
			"rosa@voice.example,Rosa,officer,PHO\nines@voice.example,Ines,specialist,ELP\n": false, // two of four go
			"rosa@voice.example,Rosa,officer,PHO\n":                                         true,
		} {
			if p := planned(t, table, PeopleFile, "email,name,role,office\n"+file); p.Brake != brake {
				t.Errorf("%+v", p)
			}
		}
	})
	t.Run("ManyCountiesLost", func(t *testing.T) {
		other, _ := newTable(t)
		load(t, other, OfficesFile, string(madeUpOffices()))
		p := planned(t, other, OfficesFile, twoOffices)
		if len(p.Warnings) != 21 || !strings.Contains(said(p.Warnings), "counties more would have no office any more") || !p.Brake {
			t.Errorf("%d, %s", len(p.Warnings), said(p.Warnings))
		}
	})
	t.Run("ErrKind", func(t *testing.T) {
		if _, err := table.Plan(context.Background(), "feeds", []byte(twoOffices)); !errors.Is(err, ErrKind) {
			t.Errorf("%v", err)
		}
	})
}
