package permission_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voice.example/infra/local/permission"
)

func TestCompare(t *testing.T) {
	get := permission.Grant{Role: "WorkRole", Action: "dynamodb:GetItem", Resource: "things"}
	put := permission.Grant{Role: "WorkRole", Action: "dynamodb:PutItem", Resource: "things"}
	granted := []permission.Line{{Kind: permission.Granted, Grant: get}, {Kind: permission.Granted, Grant: put}, {Kind: permission.Granted, Grant: put}}
	used := func(grants ...permission.Grant) (lines []permission.Line) {
		lines = append(lines, granted...)
		for _, g := range grants {
			lines = append(lines, permission.Line{Kind: permission.Used, Grant: g})
		}
		return lines
	}
	putLater := permission.Exception{Role: "Work*", Action: "dynamodb:PutItem", Resource: "*", Why: "once a year"}
	for name, test := range map[string]struct {
		lines      []permission.Line
		exceptions []permission.Exception
		want       []string
	}{
		"OK":                   {used(get, put), nil, nil},
		"Explained":            {used(get), []permission.Exception{putLater}, nil},
		"UsedRarely":           {used(get, put), []permission.Exception{{Role: "WorkRole", Action: "dynamodb:PutItem", Resource: "things", Rarely: true}}, nil},
		"ErrUnused":            {used(get), nil, []string{"WorkRole dynamodb:PutItem on things is never used"}},
		"ErrExceptionIsUsed":   {used(get, put), []permission.Exception{putLater}, []string{"the exception Work* dynamodb:PutItem on * is no longer one"}},
		"ErrExceptionOfNobody": {used(get, put), []permission.Exception{{Role: "OtherRole", Action: "*", Resource: "*"}}, []string{"the exception OtherRole"}},
		"ErrRefused": {append(used(get, put), permission.Line{Kind: permission.Refused, Grant: permission.Grant{Role: "WorkRole", Action: "s3:GetObject", Resource: "f/*"}}), nil,
			[]string{"WorkRole was refused s3:GetObject on f/*"}},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := permission.Compare(test.lines, test.exceptions)
			if len(wrong) != len(test.want) {
				t.Fatalf("%q", wrong)
			}
			for i, w := range test.want {
				if !strings.HasPrefix(wrong[i], w) {
					t.Errorf("%q does not begin with %q", wrong[i], w)
				}
			}
		})
	}
	t.Run("Table", func(t *testing.T) {
		table := permission.Table(used(get), []permission.Exception{putLater})
		for _, want := range []string{"things    yes\n", "things    no: once a year\n"} {
			if !strings.Contains(table, want) {
				t.Errorf("%q is not in\n%s", want, table)
			}
		}
	})
}

func TestReadRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), permission.FileName)
	grant := permission.Grant{Role: "WorkRole", Action: "a:b", Resource: "c"}
	for range 2 { // the second goes on from the first, as after a crash
		record, err := permission.OpenRecord(path, []permission.Grant{grant})
		if err != nil {
			t.Fatal(err)
		}
		record.Close()
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString(`{"kind":"used","role":"Wor`)
	file.Close()
	if lines, err := permission.ReadRecord(path); err != nil || len(lines) != 2 || lines[1].Grant != grant {
		t.Fatalf("%+v, %v", lines, err)
	}
	if _, err := permission.ReadRecord(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error")
	}
}
