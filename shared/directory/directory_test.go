package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/county"
	"voice.example/shared/numbering"
	"voice.example/shared/staff"
)

var noon = time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)

// newTable is an empty directory, and its clock.
func newTable(t *testing.T) (*Table, *time.Time) {
	t.Helper()
	db := dynamodbtest.New(t, "directory")
	now := noon
	return &Table{Client: db.Client, Name: db.Table("directory"), Now: func() time.Time { return now }, ReadPhone: numbering.ParseToCall}, &now
}

// load has a file do what its plan says.
func load(t *testing.T, table *Table, kind Kind, file string) Edition {
	t.Helper()
	p, err := table.Plan(context.Background(), kind, []byte(file))
	if err != nil || p.Rejected > 0 {
		t.Fatalf("%v: %+v", err, p.Rejects)
	}
	e, err := table.Apply(context.Background(), kind, []byte(file), Order{PlanHash: p.Hash, Anyway: true, By: "s-1", ByName: "Sofia Lindqvist"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func read(t *testing.T, table *Table) *Directory {
	t.Helper()
	d, err := table.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const twoOffices = "code,name,phone,county_fips\n" +
	"PHO,Phoenix Field Office,(602) 555-0143,04013|04019\n" +
	"ELP,El Paso Field Office,,48141|35013\n" +
	"DAL,Dallas Field Office,1-833-555-0144,48113\n"

const somePeople = "email,name,role,office,languages,phone,absent_from,absent_until\n" +
	"rosa@voice.example,Rosa Delgado-Finch,officer,PHO,en|es,602-555-0150,,\n" +
	"Hugo@voice.example,Hugo Brandão,Officer,pho,es pt,,2026-06-01,2026-06-03\n" +
	"ines@voice.example,Ines Okafor,specialist,ELP,,,,\n" +
	"theo@voice.example,Theo Marsh,operator,national,en,,,\n"

// officesFile is the agency's file where it lies beside the repository; elsewhere one of the same shape is made up: an office for
// each state but for three that have several, and the planning regions of Connecticut.
func officesFile(t testing.TB) []byte {
	t.Helper()
	root, err := dynamodb.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(root, "..", "shared", "data", "field_offices.csv"))
	if err == nil {
		return body
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return madeUpOffices()
}

func madeUpOffices() []byte {
	counties := map[string][]string{}
	for i, c := range county.All() {
		if c.Former || c.State == "GU" || c.State == "AS" || c.State == "MP" || c.State == "VI" {
			continue
		}
		code := c.State
		if c.State == "TX" || c.State == "CA" || c.State == "NY" {
			code += fmt.Sprint(i % 3)
		}
		counties[code] = append(counties[code], c.FIPS)
	}
	file := "code,name,phone,county_fips\n"
	for code, list := range counties {
		file += code + "," + code + " Field Office,," + strings.Join(list, "|") + "\n"
	}
	return []byte(file)
}

func TestOfficeOf(t *testing.T) {
	ctx := context.Background()
	table, _ := newTable(t)
	load(t, table, OfficesFile, twoOffices)
	d := read(t, table)
	for name, test := range map[string]struct{ fips, want string }{
		"County":           {"04013", "PHO"},
		"OnlyOfItsState":   {"04001", "PHO"},
		"StateOfTwo":       {"48141", "ELP"},
		"ErrNowhereOfTwo":  {"48201", ""},
		"OtherState":       {"35001", "ELP"},
		"ErrNowhereNoSuch": {"36061", ""},
		"ErrNowhereEmpty":  {"", ""},
		"ErrNowhereShort":  {"04", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := d.OfficeOf(test.fips)
			if got != test.want || (test.want == "") != errors.Is(err, ErrNowhere) {
				t.Errorf("%q, %v", got, err)
			}
			if test.want == "" {
				test.want = National
			}
			if got, err := table.OfficeOf(ctx, test.fips); err != nil || got != test.want {
				t.Errorf("of the table: %q, %v", got, err)
			}
		})
	}
	t.Run("NoSuchCounty", func(t *testing.T) {
		if got, err := table.OfficeOf(ctx, "04999"); err != nil || got != National {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("Retired", func(t *testing.T) {
		table, _ := newTable(t)
		load(t, table, OfficesFile, "code,name,county_fips\nSPM,St Paul,46113\nSLC,Salt Lake City,46099\n")
		for _, fips := range []string{"46113", "46102"} {
			if got, err := table.OfficeOf(ctx, fips); err != nil || got != "SPM" {
				t.Errorf("%s: %q, %v", fips, got, err)
			}
			if got, err := read(t, table).OfficeOf(fips); err != nil || got != "SPM" {
				t.Errorf("%s: %q, %v", fips, got, err)
			}
		}
	})
	t.Run("FormerCountyOfConnecticut", func(t *testing.T) {
		table, _ := newTable(t)
		load(t, table, OfficesFile, "code,name,county_fips\nBOS,Boston,09110|09190\n")
		if got, err := table.OfficeOf(ctx, "09001"); err != nil || got != "BOS" {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("EmptyDirectory", func(t *testing.T) {
		table, _ := newTable(t)
		if got, err := table.OfficeOf(ctx, "04013"); err != nil || got != National {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// Whatever ZIP code a caller of the 50 states gives, an office is found for it.
func TestEveryZIPHasAnOffice(t *testing.T) {
	table, _ := newTable(t)
	load(t, table, OfficesFile, string(officesFile(t)))
	d := read(t, table)
	states := map[string]int{}
	for n := range 100_000 {
		zip := fmt.Sprintf("%05d", n)
		c, err := county.OfZIP(zip)
		if err != nil || c.FIPS >= "60000" { // territories
			continue
		}
		code, err := d.OfficeOf(c.FIPS)
		if err != nil {
			t.Errorf("%s in %s: %v", zip, c, err)
			continue
		}
		if _, err := d.Office(code); err != nil {
			t.Errorf("%s in %s is for %s: %v", zip, c, code, err)
		}
		states[c.State]++
	}
	if len(states) != 51 {
		t.Errorf("%d states", len(states))
	}
}

func TestLookups(t *testing.T) {
	table, _ := newTable(t)
	load(t, table, OfficesFile, twoOffices)
	load(t, table, PeopleFile, somePeople)
	d := read(t, table)
	t.Run("Office", func(t *testing.T) {
		o, err := d.Office("PHO")
		if err != nil || o.Name != "Phoenix Field Office" || o.Phone != "+16025550143" || !slices.Equal(o.Counties, []string{"04013", "04019"}) {
			t.Errorf("%+v, %v", o, err)
		}
	})
	t.Run("ErrNoOffice", func(t *testing.T) {
		if o, err := d.Office("NYC"); !errors.Is(err, ErrNoOffice) {
			t.Errorf("%+v, %v", o, err)
		}
	})
	t.Run("Person", func(t *testing.T) {
		p, err := d.Person("HUGO@voice.example")
		if err != nil || p.Name != "Hugo Brandão" || p.Role != staff.Officer || p.Office != "PHO" ||
			!p.Speaks("pt") || p.Speaks("en") || !p.Away("2026-06-03") || p.Away("2026-06-04") {
			t.Errorf("%+v, %v", p, err)
		}
		if again, err := table.Person(context.Background(), "Hugo@voice.example"); err != nil || again.Name != p.Name || again.Office != "PHO" || again.Filed != p.Filed {
			t.Errorf("%+v, %v", again, err)
		}
	})
	t.Run("ErrNoPerson", func(t *testing.T) {
		if p, err := d.Person("nobody@voice.example"); !errors.Is(err, ErrNoPerson) {
			t.Errorf("%+v, %v", p, err)
		}
		if p, err := table.Person(context.Background(), "nobody@voice.example"); !errors.Is(err, ErrNoPerson) {
			t.Errorf("%+v, %v", p, err)
		}
	})
	t.Run("Candidates", func(t *testing.T) {
		if c := d.Candidates("PHO", staff.Officer); len(c) != 2 || c[0].Email != "hugo@voice.example" {
			t.Errorf("%+v", c)
		}
		if c := d.Candidates("PHO", staff.Specialist); len(c) != 0 {
			t.Errorf("%+v", c)
		}
		if c := d.Candidates(National, staff.Operator); len(c) != 1 {
			t.Errorf("%+v", c)
		}
	})
}
