package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/oidc"
	"voice.example/shared/directory"
	"voice.example/shared/numbering"
	"voice.example/shared/staff"
)

func TestFillDirectory(t *testing.T) {
	ctx := context.Background()
	db := dynamodbtest.New(t, "directory")
	table := &directory.Table{Client: db.Client, Name: db.Table("directory"), Now: time.Now, ReadPhone: numbering.ParseToCall}
	if loaded, err := fillDirectory(ctx, table); err != nil || len(loaded) != 2 {
		t.Fatalf("%+v, %v", loaded, err)
	}
	d, err := table.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("EverybodyWhoTalksToPeopleIsInIt", func(t *testing.T) {
		for _, who := range oidc.Sample() {
			p, err := d.Person(who.Email)
			if works := len(who.Groups) == 1 && slices.Contains(directory.Roles(), staff.Role(who.Groups[0])); works != (err == nil) {
				t.Errorf("%s: %v", who.Subject, err)
			} else if works && (p.Name != who.Name || string(p.Role) != who.Groups[0]) {
				t.Errorf("%s is %+v", who.Subject, p)
			}
		}
	})
	t.Run("TwoOfficersOfOneOffice", func(t *testing.T) {
		if len(d.Candidates("PHO", staff.Officer)) != 2 || len(d.Candidates("PHO", staff.Specialist)) != 2 {
			t.Errorf("%+v", d.People)
		}
	})
}
