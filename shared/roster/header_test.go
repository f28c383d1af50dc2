package roster

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestHeader(t *testing.T) {
	const good = "1234567,released,2026-05-28\n"
	for name, c := range map[string]struct {
		text     string
		line     int
		warnings []string
	}{
		"FirstLine":           {"a_number,status,as_of\n" + good, 2, nil},
		"AfterATitle":         {"Custody report\n\nas of,28 May\na_number,status,as_of\n" + good, 5, []string{"2 lines before the header"}},
		"AfterATitleQuoted":   {"\"Custody, report\nof May\"\n\"A-Number\",Status,As Of\n" + good, 4, []string{"1 lines before"}},
		"AfterTenTitles":      {strings.Repeat("report\n", 10) + "a_number,status,as_of\n" + good, 12, []string{"10 lines"}},
		"SeparatorOfTheTitle": {"List; of May; and June\na_number,status,as_of\n" + good, 3, []string{"1 lines before"}},
		"NearlyKnownTitle":    {"a_number,status,as_of,Protcted,Shoe Size\n1234567,released,2026-05-28,N,44\n", 2, []string{`may be meant as "protected"`}},
	} {
		t.Run("OK/"+name, func(t *testing.T) {
			rows, warnings, err := readAll(strings.NewReader(c.text), options)
			if err != nil || len(rows) != 1 || len(rows[0].Rejects) > 0 || rows[0].Line != c.line || len(warnings) != len(c.warnings) {
				t.Fatalf("got %+v, %+v, %v", rows, warnings, err)
			}
			for i, says := range c.warnings {
				if !strings.Contains(warnings[i].Problem, says) {
					t.Errorf("got %+v", warnings[i])
				}
			}
		})
	}
	for name, c := range map[string]struct{ text, says string }{
		"AfterElevenTitles": {strings.Repeat("report\n", 11) + "a_number,status,as_of\n" + good, "no column for the A-number"},
		"AfterARow":         {good + "a_number,status,as_of\n" + good, "no column for the A-number"},
		"AfterANumber":      {"1234567\na_number,status,as_of\n" + good, "no column for the A-number"},
		"AfterThreeCells":   {"x,y,z\na_number,status,as_of\n" + good, "no column for the A-number"},
		"SlipOfThePen":      {"Alien Numbr,status,as_of\n" + good, `column 1 ("xxxxx xxxxx") may be meant as "Alien Number"`},
		"TwoSlips":          {"a_number,stattus,as_off\n", `column 2 ("xxxxxxx") may be meant as "status", column 3 ("xx_xxx") may be meant as "as_of"`},
		"StrayQuote":        {"a_num\"ber,status,as_of\n" + good, "line 1 is no header"},
		"TooManyColumns":    {"a_number,status,as_of" + strings.Repeat(",", 1000) + "\n", "more than 1000 columns"},
		"Endless":           {strings.Repeat("a_number,status,as_of", 10_000), "no header in the first 64 KiB"},
		"SaysWhatIsMissing": {"a_number\n", "no column for the status (or book-in, book-out and release reason), the time that the row speaks of"},
	} {
		t.Run("Err"+name, func(t *testing.T) {
			var failed *FileError
			if _, _, err := readAll(strings.NewReader(c.text), options); !errors.As(err, &failed) || !strings.Contains(failed.Problem, c.says) || failed.Fix == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"status", "sttaus", 2}, {"kitten", "sitting", 3}, {"añonúmero", "anonumero", 2}} {
		if got := distance(c.a, c.b); got != c.want || distance(c.b, c.a) != got {
			t.Errorf("%s, %s: got %d", c.a, c.b, got)
		}
	}
}

func TestLimits(t *testing.T) {
	const head = "a_number,status,as_of,facility\n"
	row := "1234567,released,2026-05-28,ONE\n"
	for name, c := range map[string]struct {
		set  func(o *Options)
		file []byte
		says string
	}{
		"RowBytes":     {func(o *Options) { o.RowBytes = 4 << 10 }, []byte(head + "1234567,released,2026-05-28," + strings.Repeat("x", 5<<10)), "line 2 is longer than 4 KiB"},
		"Columns":      {func(o *Options) { o.Columns = 3 }, []byte(head + row), "more than 3 columns"},
		"Unpacked":     {func(o *Options) { o.Unpacked = 1 << 20 }, packGzip([]byte(head + strings.Repeat(row, 1<<16))), "larger than 1 MiB"},
		"Ratio":        {func(o *Options) { o.Ratio = 20 }, packZstd([]byte(head + strings.Repeat(row, 1<<18))), "more than 20 times"},
		"Workbook":     {func(o *Options) { o.Workbook = 1 << 10 }, manyRows(t, 100), "larger than 1 KiB"},
		"WorkbookBody": {func(o *Options) { o.WorkbookBody = 64 << 10 }, manyRows(t, 10_000), "larger than 64 KiB"},
		"Parts":        {func(o *Options) { o.Parts = 3 }, manyRows(t, 1), "more than 3 parts"},
		"WorkbookRow":  {func(o *Options) { o.RowBytes = 100 }, manyRows(t, 1), "longer than 100 bytes"},
	} {
		t.Run("Err"+name, func(t *testing.T) {
			o := options
			c.set(&o)
			var failed *FileError
			if _, _, err := readAll(bytes.NewReader(c.file), o); !errors.As(err, &failed) || !strings.Contains(failed.Problem, c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("AnHonestFileOfEqualRowsIsNoBomb", func(t *testing.T) {
		r, err := Open(bytes.NewReader(packGzip(stays(30_000))), options)
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := readAllOf(r); err != nil || len(rows) != 30_000 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
	t.Run("MemoryDoesNotGrowWithTheFile", func(t *testing.T) {
		file := stays(100_000)
		if grown := peak(func() {
			r, err := Open(bytes.NewReader(file), options)
			for err == nil {
				_, err = r.Next()
			}
		}); grown > 8<<20 {
			t.Errorf("took %d MiB", grown>>20)
		}
	})
}

func TestWindows1252(t *testing.T) {
	rows, warnings, err := readAll(strings.NewReader("a_number,status,as_of,surname\n1234567,released,2026-05-28,P\xe9rez \x96 Nu\xf1ez\n"), options)
	if err != nil || len(rows) != 1 || rows[0].Observation.LastName != "Pérez – Nuñez" || len(warnings) != 1 || !strings.Contains(warnings[0].Problem, "Windows-1252") {
		t.Errorf("got %+v, %+v, %v", rows, warnings, err)
	}
	t.Run("BrokenLateIsTheRowsFault", func(t *testing.T) {
		text := "a_number,status,as_of,surname\n" + strings.Repeat("1234567,released,2026-05-28,Perez\n", 3000) + "1234567,released,2026-05-28,P\xe9rez\n"
		rows, warnings, err := readAll(strings.NewReader(text), options)
		last := rows[len(rows)-1]
		if err != nil || len(warnings) != 0 || last.Line != 3002 || len(last.Rejects) != 1 || last.Rejects[0].Problem != "the text is not UTF-8" {
			t.Errorf("got %+v, %+v, %v", last, warnings, err)
		}
	})
}

func TestNDJSON(t *testing.T) {
	const head = `{"a_number":"1234567","status":"released","as_of":"2026-05-28"}` + "\n"
	for name, c := range map[string]struct{ line, column, problem string }{
		"List":       {`{"a_number":["1234567"]}`, "", "itself a list"},
		"Object":     {`{"a_number":{}}`, "", "itself a list or an object"},
		"KeyTwice":   {`{"a_number":"1234567","A Number":"1234567"}`, "", "two keys hold the same thing, a_number"},
		"NoObject":   {`"1234567"`, "", "not one JSON object"},
		"TwoObjects": {`{} {}`, "", "not one JSON object"},
		"Empty":      {`{}`, "a_number", "not an A-number"},
		"TheirTitle": {`{"Alien Number":12}`, "Alien Number", "not an A-number"},
		"NotUTF8":    {"{\"a_number\":\"1234567\",\"surname\":\"P\xe9\\u0072ez M\u00e9x\",\"status\":\"released\",\"as_of\":\"2026-05-28\"}", "surname", "not UTF-8"},
		"Negative":   {`{"a_number":-1234567,"status":"released","as_of":"2026-05-28"}`, "a_number", "not an A-number"},
	} {
		t.Run("Err"+name, func(t *testing.T) {
			rows, _, err := readAll(strings.NewReader(head+"\n"+c.line+"\r\n"), options)
			if err != nil || len(rows) != 2 || len(rows[1].Rejects) == 0 {
				t.Fatalf("got %+v, %v", rows, err)
			}
			if r := rows[1].Rejects[0]; r.Line != 3 || r.Column != c.column || !strings.Contains(r.Problem, c.problem) {
				t.Errorf("got %+v", r)
			}
		})
	}
	t.Run("OK", func(t *testing.T) {
		rows, _, err := readAll(strings.NewReader(`{ "A-Number" : 1.234567E+06 , "Stat\u0075s":"released", "as_of":"2026-05-28", "Protected":false, "surname":"P\u00e9rez \"x\"", "facility":null, "z":1 } `), options)
		o := rows[0].Observation
		if err != nil || len(rows) != 1 || o.ANumber != "001234567" || *o.Protected || o.LastName != `Pérez "x"` || o.Facility != "" {
			t.Errorf("got %+v, %v", rows, err)
		}
	})
	t.Run("IgnoredKeysAreListed", func(t *testing.T) {
		r, err := Open(strings.NewReader(head+`{"a_number":"1","Gender":"x","Shoe Size":2}`), options)
		if err != nil || !reflect.DeepEqual(r.Ignored(), []string{"Gender", "Shoe Size"}) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCellsThatCannotBeSeen(t *testing.T) {
	const head = "a_number,status,as_of,surname,facility,cob\n"
	for cell, want := range map[string]string{
		"Mary\tAnn": "Mary Ann", " Mary\u00a0 Ann ": "Mary Ann", "\u200eMary\u200b": "Mary", "M\u202aar\u202cy": "Mary", "علی\u200cرضا": "علی\u200cرضا",
	} {
		if row := one(t, head+"1234567,released,2026-05-28,\""+cell+"\",,\n"); len(row.Rejects) > 0 || row.Observation.LastName != want {
			t.Errorf("%q: got %+v", cell, row)
		}
	}
	for cell, problem := range map[string]string{"Ma\x01ry": "cannot be seen", "\u202eyraM": "cannot be seen", "#REF!": "could not work out"} {
		if row := one(t, head+"1234567,released,2026-05-28,\""+cell+"\",,\n"); len(row.Rejects) != 1 || !strings.Contains(row.Rejects[0].Problem, problem) {
			t.Errorf("%q: got %+v", cell, row)
		}
	}
	t.Run("ALostCharacterIsAWarning", func(t *testing.T) {
		if row := one(t, head+"1234567,released,2026-05-28,M\ufffdry,,\n"); len(row.Rejects) != 0 || len(row.Warnings) != 1 {
			t.Errorf("got %+v", row)
		}
	})
}

// Where columns have shifted, a name may stand in any column. A report that shows it says who is in custody.
func TestShiftedColumnsTellNobody(t *testing.T) {
	for _, text := range []string{
		"a_number,surname,status,as_of,cob\nQuixote,1234567,released,2026-05-28,Quixote\n",
		"a_number,surname,status,as_of,cob\n1234567,Quixote,Quixote,2026-05-28,\"Quixote, Alonso\"\n",
		"a_number,surname,status,as_of,cob\n1234567,x,A001234567,2026-05-28,MX\n",
	} {
		for _, r := range one(t, text).Rejects {
			if strings.Contains(r.Value, "Quixote") || strings.Contains(r.Value, "1234567") {
				t.Errorf("names somebody: %+v", r)
			}
		}
	}
}
