package directory

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"voice.example/shared/i18n"
	"voice.example/shared/staff"
)

const today = "2026-06-01"

func TestChoose(t *testing.T) {
	en, es := []i18n.Language{i18n.English}, []i18n.Language{i18n.English, i18n.Spanish}
	for name, test := range map[string]struct {
		people []Person
		want   string
	}{
		"Nobody":        {nil, ""},
		"AllAway":       {[]Person{{Email: "a", Own: Absence{From: today}}, {Email: "b", Filed: Absence{Until: today}}}, ""},
		"Language":      {[]Person{{Email: "a", Languages: en}, {Email: "b", Languages: es, Open: 9}}, "b"},
		"NotTheirsEven": {[]Person{{Email: "a", Languages: en}}, "a"},
		"Load":          {[]Person{{Email: "a", Languages: es, Open: 2}, {Email: "b", Languages: es, Open: 1, AssignedAt: "2026-06-01"}}, "b"},
		"Longest":       {[]Person{{Email: "a", AssignedAt: "2026-05-02"}, {Email: "b", AssignedAt: "2026-05-01"}}, "b"},
		"Never":         {[]Person{{Email: "a", AssignedAt: "2026-05-02"}, {Email: "b"}}, "b"},
		"ID":            {[]Person{{Email: "b"}, {Email: "a"}}, "a"},
		"AwaySpeaker":   {[]Person{{Email: "a", Languages: es, Own: Absence{Until: today}}, {Email: "b", Languages: en}}, "b"},
		"BackToday":     {[]Person{{Email: "a", Languages: es, Own: Absence{Until: "2026-05-31"}}, {Email: "b", Languages: en}}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := Choose(test.people, i18n.Spanish, today)
			if got.Email != test.want || ok != (test.want != "") {
				t.Errorf("%+v, %v", got, ok)
			}
		})
	}
}

func drawPeople(t *rapid.T) []Person {
	n := rapid.IntRange(0, 8).Draw(t, "people")
	var people []Person
	for i := range n {
		p := Person{Email: fmt.Sprintf("p%d@voice.example", i), Open: rapid.IntRange(0, 3).Draw(t, "open"),
			AssignedAt: rapid.SampledFrom([]string{"", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"}).Draw(t, "assigned")}
		p.Languages = rapid.SliceOfN(rapid.SampledFrom(i18n.Languages()), 0, 3).Draw(t, "languages")
		p.Own.From = rapid.SampledFrom([]string{"", "", "", "2026-05-31", "2026-06-02"}).Draw(t, "from")
		p.Filed.Until = rapid.SampledFrom([]string{"", "", "", "2026-05-31", "2026-06-02"}).Draw(t, "until")
		people = append(people, p)
	}
	return people
}

// Whoever is chosen is there, nobody who is there is a better choice by the first rule in which they differ, and the order of the
// list does not matter.
func TestChooseHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPeople(t)
		before := fmt.Sprint(people)
		l := rapid.SampledFrom(i18n.Languages()).Draw(t, "language")
		got, ok := Choose(people, l, today)
		if fmt.Sprint(people) != before {
			t.Fatal("the list was changed")
		}
		if there := slices.ContainsFunc(people, func(p Person) bool { return !p.Away(today) }); there != ok {
			t.Fatalf("somebody is there: %v, and chosen: %v", there, ok)
		}
		if !ok {
			return
		}
		if got.Away(today) {
			t.Fatalf("%+v is away", got)
		}
		for _, p := range people {
			if p.Away(today) || p.Email == got.Email {
				continue
			}
			better := p.Email < got.Email
			switch {
			case p.Speaks(l) != got.Speaks(l):
				better = p.Speaks(l)
			case p.Open != got.Open:
				better = p.Open < got.Open
			case p.AssignedAt != got.AssignedAt:
				better = p.AssignedAt < got.AssignedAt
			}
			if better {
				t.Fatalf("%+v rather than %+v", got, p)
			}
		}
		if again, _ := Choose(rapid.Permutation(people).Draw(t, "order"), l, today); again.Email != got.Email {
			t.Fatalf("%s, in another order %s", got.Email, again.Email)
		}
	})
}

// A day's inquiries go to everybody who is there in turn: nobody is ever two ahead of another.
func TestChooseIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "people")
		var people []Person
		for i := range n {
			people = append(people, Person{Email: fmt.Sprint(i)})
		}
		for i := range rapid.IntRange(0, 30).Draw(t, "inquiries") {
			got, _ := Choose(people, i18n.English, today)
			at := slices.IndexFunc(people, func(p Person) bool { return p.Email == got.Email })
			people[at].Open++
			people[at].AssignedAt = noon.Add(time.Duration(i) * time.Minute).Format(moment)
		}
		open := func(p Person) int { return p.Open }
		least := slices.MinFunc(people, func(a, b Person) int { return open(a) - open(b) })
		most := slices.MaxFunc(people, func(a, b Person) int { return open(a) - open(b) })
		if most.Open-least.Open > 1 {
			t.Fatalf("%+v", people)
		}
	})
}

func TestLoadItem(t *testing.T) {
	ctx := context.Background()
	table, now := newTable(t)
	load(t, table, OfficesFile, twoOffices)
	load(t, table, PeopleFile, somePeople)
	change := func(person string, by int) {
		t.Helper()
		_, err := table.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{table.LoadItem(person, by)}})
		if err != nil {
			t.Fatal(err)
		}
	}
	of := func(person string) Person {
		t.Helper()
		p, err := read(t, table).Person(person)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	change("rosa@voice.example", 1)
	*now = now.Add(time.Minute)
	change("Rosa@voice.example", 1)
	if p := of("rosa@voice.example"); p.Open != 2 || p.AssignedAt != "2026-06-01T16:01:00.000000000Z" {
		t.Errorf("%+v", p)
	}
	*now = now.Add(time.Minute)
	change("rosa@voice.example", -1)
	if p := of("rosa@voice.example"); p.Open != 1 || p.AssignedAt != "2026-06-01T16:01:00.000000000Z" {
		t.Errorf("one that goes is none that comes: %+v", p)
	}
	t.Run("NeverBelowNone", func(t *testing.T) {
		change("ines@voice.example", -1)
		if p := of("ines@voice.example"); p.Open != 0 {
			t.Errorf("%+v", p)
		}
	})
	t.Run("StaysWhenAFileIsLoaded", func(t *testing.T) {
		load(t, table, PeopleFile, somePeople+"new@voice.example,New Person,officer,DAL,,,,\n")
		if p := of("rosa@voice.example"); p.Open != 1 {
			t.Errorf("%+v", p)
		}
	})
}

func TestTableChoose(t *testing.T) {
	ctx := context.Background()
	table, now := newTable(t)
	load(t, table, OfficesFile, twoOffices)
	load(t, table, PeopleFile, somePeople)
	for name, test := range map[string]struct {
		office string
		role   staff.Role
		day    int
		want   string
	}{
		"OtherIsAway":  {"PHO", staff.Officer, 3, "rosa@voice.example"},
		"OtherIsBack":  {"PHO", staff.Officer, 4, "hugo@voice.example"},
		"OfTheCountry": {National, staff.Operator, 1, "theo@voice.example"},
		"Nobody":       {"DAL", staff.Officer, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			*now = time.Date(2026, 6, test.day, 16, 0, 0, 0, time.UTC)
			if got, err := table.Choose(ctx, test.office, test.role, i18n.Portuguese); err != nil || got != test.want {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	t.Run("DaysOfTheZone", func(t *testing.T) {
		west := *table
		west.Zone = time.FixedZone("west", -7*3600)
		*now = time.Date(2026, 6, 4, 5, 0, 0, 0, time.UTC) // the evening of the 3rd
		if got, err := west.Choose(ctx, "PHO", staff.Officer, i18n.Portuguese); err != nil || got != "rosa@voice.example" {
			t.Errorf("%q, %v", got, err)
		}
	})
}
