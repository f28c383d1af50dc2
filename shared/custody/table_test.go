package custody

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	voiceaws "voice.example/shared/aws"
	"voice.example/shared/country"
)

// person is an invented adult who may be disclosed.
func person(a ANumber) Record {
	return Record{ANumber: a, Version: 1, LastName: "Test", FirstName: "Ada", NameKey: NameKeyOf("Test", "Ada", "MX"),
		DateOfBirth: "1980-01-01", CountryOfBirth: "MX", Protected: &no, Status: InCustody, Since: noon, AsOf: noon,
		ReceivedAt: noon, Facility: "ONE", UploadID: "u"}
}

func newTable(t *testing.T) (*Table, *voiceaws.Meter) {
	db := dynamodbtest.New(t)
	meter := new(voiceaws.Meter)
	return NewTable(dynamodb.New(db.Client.Options(), meter.Attach), db.Table("custody")), meter
}

func TestApply(t *testing.T) {
	table, _ := newTable(t)
	ctx := context.Background()
	r := person("000000001")
	t.Run("WritesTheFirstVersion", func(t *testing.T) {
		if err := table.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
		got, err := table.Get(ctx, r.ANumber, true)
		if err != nil || !got.equal(r) || got.Version != 1 || !got.AsOf.Equal(noon) || !got.BookedIn.IsZero() || *got.Protected {
			t.Errorf("read back %+v, %v", got, err)
		}
	})
	t.Run("ErrConflictWhenItIsThere", func(t *testing.T) {
		if err := table.Apply(ctx, r); !errors.Is(err, ErrConflict) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("WritesTheNextVersion", func(t *testing.T) {
		r.Version, r.Status = 2, Released
		if err := table.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("ErrConflictWhenAnotherWasFirst", func(t *testing.T) {
		other := person("000000001")
		other.Version, other.Status = 2, Removed
		if err := table.Apply(ctx, other); !errors.Is(err, ErrConflict) {
			t.Errorf("got %v", err)
		}
		if got, _ := table.Get(ctx, r.ANumber, true); got.Status != Released {
			t.Errorf("status is %s", got.Status)
		}
	})
	t.Run("ErrIncomplete", func(t *testing.T) {
		for _, bad := range []Record{{}, {ANumber: "000000002", Version: 1}, {ANumber: "000000002", Status: Released}} {
			if err := table.Apply(ctx, bad); err == nil {
				t.Errorf("%+v was written", bad)
			}
		}
	})
}

func TestFind(t *testing.T) {
	table, meter := newTable(t)
	ctx := context.Background()
	minor, protected, unknown := person("000000002"), person("000000003"), person("000000004")
	minor.DateOfBirth, protected.Protected, unknown.Protected = "2015-01-01", &yes, nil
	for _, r := range []Record{person("000000001"), minor, protected, unknown} {
		if err := table.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("OK", func(t *testing.T) {
		r, err := table.Find(ctx, "000000001", "MX", noon)
		if err != nil || r.Facility != "ONE" {
			t.Errorf("got %+v, %v", r, err)
		}
	})
	cases := map[string]struct {
		a    ANumber
		born country.Code
	}{
		"Missing": {"000000009", "MX"}, "WrongCountry": {"000000001", "CU"}, "NoCountry": {"000000009", ""},
		"Minor": {"000000002", "MX"}, "Protected": {"000000003", "MX"}, "NobodySaid": {"000000004", "MX"},
	}
	for name, c := range cases {
		t.Run("ErrNotFound/"+name, func(t *testing.T) {
			before := meter.Read()
			r, err := table.Find(ctx, c.a, c.born, noon)
			if err != ErrNotFound || r != (Record{}) {
				t.Errorf("got %+v, %v", r, err)
			}
			if spent := meter.Read(); spent.Calls-before.Calls != 1 || spent.RRU-before.RRU != 0.5 {
				t.Errorf("took %d calls, %.1f RRU; want 1 call, 0.5 RRU", spent.Calls-before.Calls, spent.RRU-before.RRU)
			}
		})
	}
	t.Run("ByName", func(t *testing.T) {
		found, err := table.FindByName(ctx, NameQuery{LastName: "TEST ", FirstName: "adá", CountryOfBirth: "MX"}, noon)
		if err != nil || len(found) != 1 || found[0].ANumber != "000000001" {
			t.Errorf("got %v, %v", found, err)
		}
	})
	for name, q := range map[string]NameQuery{
		"OtherBirthday": {"Test", "Ada", "MX", "1980-01-02"}, "OtherCountry": {"Test", "Ada", "CU", ""},
		"NoName": {"", "Ada", "MX", ""}, "MinorByBirthday": {"Test", "Ada", "MX", "2015-01-01"},
	} {
		t.Run("ByName/ErrNotFound/"+name, func(t *testing.T) {
			if found, err := table.FindByName(ctx, q, noon); err != ErrNotFound || len(found) != 0 {
				t.Errorf("got %v, %v", found, err)
			}
		})
	}
}

func TestGetMany(t *testing.T) {
	table, meter := newTable(t)
	ctx := context.Background()
	var keys []ANumber
	for i := range 120 {
		a, _ := ParseANumber(strconv.Itoa(1000000 + i))
		if i%2 == 0 {
			if err := table.Apply(ctx, person(a)); err != nil {
				t.Fatal(err)
			}
		}
		keys = append(keys, a)
	}
	before := meter.Read().Calls
	got, err := table.GetMany(ctx, keys)
	if err != nil || len(got) != 60 {
		t.Fatalf("got %d records, %v; want 60", len(got), err)
	}
	if calls := meter.Read().Calls - before; calls != 2 {
		t.Errorf("120 keys took %d calls, want 2", calls)
	}
}

func TestFromImage(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		r, err := FromImage(json.RawMessage(`{"a_number":{"S":"000000001"},"version":{"N":"3"},"status":{"S":"released"},"protected":{"BOOL":false},"as_of":{"S":"2026-06-01T12:00:00Z"}}`))
		if err != nil || r.Version != 3 || r.Status != Released || *r.Protected || !r.AsOf.Equal(noon) {
			t.Errorf("got %+v, %v", r, err)
		}
	})
	t.Run("NoneIsNil", func(t *testing.T) {
		for _, image := range []string{"", "null"} {
			if r, err := FromImage(json.RawMessage(image)); r != nil || err != nil {
				t.Errorf("got %+v, %v", r, err)
			}
		}
	})
	for name, image := range map[string]string{
		"NotJSON": `{`, "NotAnItem": `{"a_number":"x"}`, "NoKey": `{"version":{"N":"1"}}`, "KeyOfOtherType": `{"a_number":{"N":"1"}}`,
		"VersionIsText": `{"a_number":{"S":"000000001"},"version":{"S":"one"}}`, "BadTime": `{"a_number":{"S":"000000001"},"as_of":{"S":"soon"}}`,
	} {
		t.Run("Err"+name, func(t *testing.T) {
			if r, err := FromImage(json.RawMessage(image)); err == nil {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestEncode(t *testing.T) {
	r := person("000000001")
	for i, field := 0, reflect.ValueOf(&r).Elem(); i < field.NumField(); i++ {
		if f := field.Field(i); f.IsZero() {
			switch f.Interface().(type) {
			case time.Time:
				f.Set(reflect.ValueOf(noon.Add(time.Duration(i) * time.Second)))
			case bool:
				f.SetBool(true)
			case *Retraction:
				f.Set(reflect.ValueOf(&Retraction{UploadID: "w", Version: 3}))
			case int64:
				f.SetInt(int64(i))
			default:
				f.SetString(fmt.Sprint("text ", i))
			}
		}
	}
	t.Run("NothingOfARecordIsLost", func(t *testing.T) {
		got, err := decode(encode(r))
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("got %+v, %v\nwant %+v", got, err, r)
		}
	})
	t.Run("WhatIsNotKnownIsLeftOut", func(t *testing.T) {
		if item := encode(Record{ANumber: "000000001", Version: 1, Status: Released}); len(item) != 3 {
			t.Errorf("got %v", item)
		}
	})
}

func TestHeld(t *testing.T) {
	table, meter := newTable(t)
	ctx := context.Background()
	apply := func(a ANumber, edit func(*Record)) {
		t.Helper()
		r := person(a)
		r.Feed = "north"
		edit(&r)
		if err := table.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	held := func(feed string) (all []string) {
		t.Helper()
		for a, err := range table.Held(ctx, feed) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(a))
		}
		if n, err := table.CountHeld(ctx, feed); err != nil || n != len(all) {
			t.Errorf("counts %d, %v; there are %d", n, err, len(all))
		}
		return all
	}
	east := strings.Repeat("east", 500)
	apply("000000003", func(*Record) {})
	apply("000000001", func(*Record) {})
	apply("000000002", func(r *Record) { r.Feed = "south" })
	apply("000000004", func(r *Record) { r.Status = Released })
	apply("000000005", func(r *Record) { r.UnlistedSince = noon })
	apply("000000006", func(r *Record) { r.Feed = "" })
	t.Run("ThoseInCustodyOfTheFeedInOrder", func(t *testing.T) {
		if got := held("north"); fmt.Sprint(got) != "[000000001 000000003]" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("AnotherFeedsAreNot", func(t *testing.T) {
		if got := held("south"); fmt.Sprint(got) != "[000000002]" {
			t.Errorf("got %v", got)
		}
		if got := held("west"); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("NotOnceTheyAreReleasedOrUnlisted", func(t *testing.T) {
		apply("000000003", func(r *Record) { r.Version, r.Status = 2, Released })
		r, err := table.Get(ctx, "000000001", true)
		if err != nil {
			t.Fatal(err)
		}
		if err := table.Apply(ctx, r.Unlist(noon, "u", noon)); err != nil {
			t.Fatal(err)
		}
		if got := held("north"); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("InsertedAsWellAndPageAfterPage", func(t *testing.T) {
		var many []Record
		for i := range 1000 { // with a key this long, more than the megabyte that a page holds
			r := person(ANumber(fmt.Sprintf("%09d", 100000+i)))
			r.Feed = east
			if many = append(many, r); len(many) == MaxInsert {
				if _, err := table.Insert(ctx, many); err != nil {
					t.Fatal(err)
				}
				many = nil
			}
		}
		before := meter.Read().Calls
		if got := held(east); len(got) != 1000 || !slices.IsSorted(got) {
			t.Errorf("got %d", len(got))
		}
		if pages := meter.Read().Calls - before; pages < 4 {
			t.Errorf("took %d calls: this is no test of pages", pages)
		}
	})
	t.Run("AnEarlyEndOfTheLoopReadsNoMore", func(t *testing.T) {
		before := meter.Read().Calls
		for _, err := range table.Held(ctx, east) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if calls := meter.Read().Calls - before; calls != 1 {
			t.Errorf("took %d calls", calls)
		}
	})
}

func TestNamed(t *testing.T) {
	table, meter := newTable(t)
	ctx := context.Background()
	for i := range MaxMatches + 20 {
		r := person(ANumber(fmt.Sprintf("%09d", i)))
		switch {
		case i == MaxMatches+10:
			r.DateOfBirth = "1990-02-03"
		case i == MaxMatches+11:
			r.DateOfBirth, r.Protected = "", nil
		}
		if err := table.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		q    NameQuery
		want int
	}{
		"AsManyAsAre":        {NameQuery{"TEST", "ada", "MX", ""}, MaxMatches},
		"BornThenOrUnknown":  {NameQuery{"TEST", "ada", "MX", "1990-02-03"}, 2},
		"NoMoreThanAreShown": {NameQuery{"TEST", "ada", "MX", "1980-01-01"}, MaxMatches},
		"Nobody":             {NameQuery{"TEST", "ada", "CU", ""}, 0},
		"NoName":             {NameQuery{"", "ada", "MX", ""}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			before := meter.Read().Calls
			found, err := table.Named(ctx, c.q)
			if err != nil || len(found) != c.want || meter.Read().Calls-before > 1 {
				t.Errorf("%d people in %d calls, %v", len(found), meter.Read().Calls-before, err)
			}
		})
	}
}
