package directory

import (
	"fmt"
	"strings"
	"testing"

	"voice.example/shared/numbering"
)

func TestReadPeople(t *testing.T) {
	offices := []Office{{Code: "PHO"}, {Code: "ELP"}}
	for name, test := range map[string]struct{ file, want string }{
		"OK": {"email,name,role,office,languages,phone,absent_from,absent_until\nrosa@voice.example,Rosa Delgado-Finch,officer,PHO,en|es,(602) 555-0150,2026-06-01,2026-06-02\n",
			"rosa@voice.example Rosa Delgado-Finch officer PHO [en es] +16025550150 {2026-06-01 2026-06-02}"},
		"Least":        {"email,name,role,office\nrosa@voice.example,Rosa,officer,PHO\n", "rosa@voice.example Rosa officer PHO [en]  { }"},
		"Case":         {"E-Mail,Name,ROLE,Office\nRosa@Voice.example,Rosa,Officer,pho\n", "rosa@voice.example Rosa officer PHO [en]  { }"},
		"National":     {"email,name,role,office\nrosa@voice.example,Rosa,operator,National\n", "rosa@voice.example Rosa operator national [en]  { }"},
		"Languages":    {"email,name,role,office,languages\nrosa@voice.example,Rosa,officer,PHO,es-MX es zh-CN|HT\n", "rosa@voice.example Rosa officer PHO [es zh-Hans ht]  { }"},
		"Until":        {"email,name,role,office,absent_until\nrosa@voice.example,Rosa,supervisor,PHO,2026-06-02\n", "rosa@voice.example Rosa supervisor PHO [en]  { 2026-06-02}"},
		"ComposedName": {"email,name,role,office\nrosa@voice.example,Jose\u0301,specialist,PHO\n", "rosa@voice.example José specialist PHO [en]  { }"},
	} {
		t.Run(name, func(t *testing.T) {
			people, s := readPeople([]byte(test.file), offices, numbering.ParseToCall)
			if s.rejected > 0 || len(people) != 1 {
				t.Fatalf("%+v, %s", people, said(s.rejects))
			}
			p := people[0]
			if got := fmt.Sprint(p.Email, " ", p.Name, " ", p.Role, " ", p.Office, " ", p.Languages, " ", p.Phone, " ", p.Filed); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	const header = "email,name,role,office,languages,phone,absent_from,absent_until\n"
	for name, test := range map[string]struct{ row, want string }{
		"ErrEmail":       {"rosa,Rosa,officer,PHO,,,,", "2,email,xxxx,not an e-mail address"},
		"ErrEmailName":   {"Rosa <rosa@voice.example>,Rosa,officer,PHO,,,,", "2,email,xxxx <xxxx@xxxxx.xxxxxxx>,not an e-mail address"},
		"ErrEmailQuoted": {`"""rosa""@voice.example",Rosa,officer,PHO,,,,`, "not an e-mail address"},
		"ErrEmailSign":   {"=rosa@voice.example,Rosa,officer,PHO,,,,", "2,email,'=xxxx@xxxxx.xxxxxxx,not an e-mail address"},
		"ErrEmailLong":   {strings.Repeat("r", 250) + "@voice.example,Rosa,officer,PHO,,,,", "not an e-mail address"},
		"ErrEmailAccent": {"rösa@voice.example,Rosa,officer,PHO,,,,", "not an e-mail address"},
		"ErrTwice":       {"rosa@voice.example,Rosa,officer,PHO,,,,\nROSA@voice.example,Rosa,officer,ELP,,,,", "3,email,xxxx@xxxxx.xxxxxxx,line 2 has this address too"},
		"ErrFormula":     {"rosa@voice.example,+Rosa,officer,PHO,,,,", "2,name,'+xxxx,the name begins like a formula"},
		"ErrRole":        {"rosa@voice.example,Rosa,data-officer,PHO,,,,", "2,role,data-officer,not a role"},
		"ErrOffice":      {"rosa@voice.example,Rosa,officer,NYC,,,,", "2,office,NYC,no office of the directory has this code"},
		"ErrNoOffice":    {"rosa@voice.example,Rosa,officer,,,,,", "2,office,,the cell is empty"},
		"ErrLanguage":    {"rosa@voice.example,Rosa,officer,PHO,en|Spanish,,,", "2,languages,Spanish,not the code of a language of the service"},
		"ErrPhone":       {"rosa@voice.example,Rosa,officer,PHO,,555-0150,,", "2,phone,999-9999,not a phone number"},
		"ErrExtension":   {"rosa@voice.example,Rosa,officer,PHO,,(602) 555-0150 x12,,", "2,phone,(999) 999-9999 x99,not a phone number"},
		"ErrDay":         {"rosa@voice.example,Rosa,officer,PHO,,,6/1/2026,", "2,absent_from,6/1/2026,not a day"},
		"ErrNoDay":       {"rosa@voice.example,Rosa,officer,PHO,,,,2026-02-30", "2,absent_until,2026-02-30,not a day"},
		"ErrReverse":     {"rosa@voice.example,Rosa,officer,PHO,,,2026-06-02,2026-06-01", "2,absent_until,2026-06-01,the absence ends before it begins"},
		"ErrControl":     {"rosa@voice.example,Ro\x00sa,officer,PHO,,,,", "2,name,xx?xx,the cell has characters that cannot be seen"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, s := readPeople([]byte(header+test.row+"\n"), offices, numbering.ParseToCall); s.rejected != 1 || !strings.Contains(said(s.rejects), test.want) {
				t.Errorf("%s", said(s.rejects))
			}
		})
	}
	t.Run("NoRejectNamesAnybody", func(t *testing.T) {
		_, s := readPeople([]byte("Rosa Delgado,rosa@voice.example,602-555-0150\n"), offices, numbering.ParseToCall)
		for _, word := range []string{"Rosa", "rosa", "0150"} {
			if strings.Contains(said(s.rejects), word) {
				t.Errorf("%s", said(s.rejects))
			}
		}
	})
}

// FuzzFiles looks for bytes that panic, and for a file that is neither taken nor rejected.
func FuzzFiles(f *testing.F) {
	f.Add([]byte(twoOffices))
	f.Add([]byte(somePeople))
	f.Add([]byte("code,name\n\"\n,="))
	f.Fuzz(func(t *testing.T, file []byte) {
		now := &Directory{Offices: []Office{{Code: "PHO", Counties: []string{"04013"}}}, People: []Person{{Email: "a@voice.example", Office: "PHO"}}}
		now.index()
		for _, kind := range []Kind{OfficesFile, PeopleFile} {
			p, err := plan(kind, file, now, today, numbering.ParseToCall)
			if err != nil || (p.Hash == "") != (p.Rejected > 0) || p.Rejected == 0 && p.Rows == 0 || p.Rejected == 0 && p.Rows != len(p.Added)+len(p.Changed)+p.Unchanged {
				t.Fatalf("%s: %v, %+v", kind, err, p)
			}
		}
	})
}
