package roster

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"voice.example/shared/custody"
)

var (
	newYork = func() *time.Location {
		zone, err := time.LoadLocation("America/New_York")
		if err != nil {
			panic(err)
		}
		return zone
	}()
	options = Options{Zone: newYork, Now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Future: 90 * 24 * time.Hour}
)

const (
	agency = "A-Number,Last Name,First Name,Date of Birth,Birth Country,Gender,Stay Book In Date Time,Book In Date Time,Detention Facility,Detention Facility Code,Book Out Date Time,Detention Release Reason,Book In AOR,Protected\n"
	own    = "a_number,last_name,first_name,date_of_birth,country_of_birth,status,since,facility,field_office,as_of,protected,release_reason\n"
)

// read reads all rows of a file.
func read(text string) ([]Row, error) {
	r, err := Open(strings.NewReader(text), options)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

// one reads a file of one row.
func one(t *testing.T, text string) Row {
	t.Helper()
	rows, err := read(text)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[0]
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestRow(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want func(o custody.Observation) bool
	}{
		"StintThatGoesOn": {agency + "A010000015,Martínez,María,1977-02-25,CUBA,Female,2026-01-28 22:04:00,2026-02-05 06:04:00,\"CCA, FLORENCE\",FSF,,,PHO,N\n",
			func(o custody.Observation) bool {
				return o.ANumber == "010000015" && o.LastName == "Martínez" && o.CountryOfBirth == "CU" && !*o.Protected &&
					o.Status == custody.InCustody && !o.InTransit && o.Facility == "CCA, FLORENCE" && o.FacilityCode == "FSF" && o.FieldOffice == "PHO" &&
					o.BookedIn.Equal(at("2026-01-29T03:04:00Z")) && o.Since.Equal(at("2026-02-05T11:04:00Z")) && o.AsOf.Equal(o.Since) && o.StintStart.Equal(o.Since)
			}},
		"StintThatEnded": {agency + "1234567,X,Y,1977-02-25,MX,,2026-05-01 00:00:00,2026-05-01 00:00:00,ONE,1,2026-05-28 16:28:00,Removed,,Y\n",
			func(o custody.Observation) bool {
				return o.Status == custody.Removed && *o.Protected && o.Since.Equal(at("2026-05-28T20:28:00Z")) && o.AsOf.Equal(o.Since) && o.ReleaseReason == "Removed"
			}},
		"Transferred": {agency + "1234567,X,Y,1977-02-25,MX,,2026-05-01 00:00:00,2026-05-01 00:00:00,ONE,1,2026-05-28 16:28:00,Transferred,,N\n",
			func(o custody.Observation) bool {
				return o.Status == custody.InCustody && o.InTransit && o.Since.Equal(at("2026-05-28T20:28:00Z"))
			}},
		"DispositionChangedIsNoMove": {agency + "1234567,X,Y,1977-02-25,MX,,2026-05-01 00:00:00,2026-05-01 00:00:00,ONE,1,2026-05-28 16:28:00,Processing Disposition Changed Locally,,N\n",
			func(o custody.Observation) bool {
				return o.Status == custody.InCustody && !o.InTransit && o.Since.Equal(at("2026-05-01T04:00:00Z")) && o.AsOf.Equal(at("2026-05-28T20:28:00Z"))
			}},
		"RefugeeOfficeMeansProtected": {agency + "1234567,X,Y,1977-02-25,MX,,2026-05-01 00:00:00,2026-05-01 00:00:00,ONE,1,2026-05-28 16:28:00,ORR-Runaway,,N\n",
			func(o custody.Observation) bool { return *o.Protected && o.Status == custody.TransferredOut }},
		"OwnNames": {own + "A001234567,X,Y,1980-12-31,Mexico,released,2026-05-28T16:28:00Z,ONE,PHO,2026-05-29T00:00:00Z,false,Paroled\n",
			func(o custody.Observation) bool {
				return o.Status == custody.Released && o.Since.Equal(at("2026-05-28T16:28:00Z")) && o.AsOf.Equal(at("2026-05-29T00:00:00Z")) && !*o.Protected
			}},
		"FewColumnsSayLittle": {"A Number;As-Of;STATUS\n1234567;5/28/2026 4:28 PM;In Custody\n",
			func(o custody.Observation) bool {
				return o.Status == custody.InCustody && o.AsOf.Equal(at("2026-05-28T20:28:00Z")) && o.Protected == nil && o.LastName == "" && o.Since.IsZero()
			}},
		"WinterTime": {"a_number\tstatus\tas_of\n1234567\treleased\t2026-01-15 12:00\n",
			func(o custody.Observation) bool { return o.AsOf.Equal(at("2026-01-15T17:00:00Z")) }},
	} {
		t.Run(name, func(t *testing.T) {
			row := one(t, c.text)
			if len(row.Rejects)+len(row.Warnings) > 0 || !c.want(row.Observation) {
				t.Errorf("got %+v", row)
			}
		})
	}
}

func TestRejects(t *testing.T) {
	stint := func(edit ...string) string { // replaces old, new pairs in a good row
		row := "1234567,X,Y,1977-02-25,MX,,2026-05-01 00:00:00,2026-05-01 00:00:00,ONE,1,2026-05-28 16:28:00,Removed,,N\n"
		return agency + strings.NewReplacer(edit...).Replace(row)
	}
	for name, c := range map[string]struct{ text, column, value string }{
		"ANumber":                 {stint("1234567", "12E4567"), "A-Number", "99x9999"},
		"NoANumber":               {stint("1234567", ""), "A-Number", ""},
		"ImpossibleDateOfBirth":   {stint("1977-02-25", "1977-02-30"), "Date of Birth", "9999-99-99"},
		"DayBeforeMonth":          {stint("1977-02-25", "25/02/1977"), "Date of Birth", "99/99/9999"},
		"UnknownCountry":          {stint("MX", "Atlantis"), "Birth Country", "Atlantis"},
		"NeitherYesNorNo":         {stint(",N\n", ",maybe\n"), "Protected", "maybe"},
		"UnknownReasonByName":     {stint("Removed", "Releasd"), "Detention Release Reason", "Releasd"},
		"NoReason":                {stint("Removed", ""), "Detention Release Reason", ""},
		"NoBookOut":               {stint("2026-05-28 16:28:00", ""), "Book Out Date Time", ""},
		"OutBeforeIn":             {stint("2026-05-28", "2026-04-28"), "Book Out Date Time", "2026-04-28 16:28:00"},
		"UnreadableTime":          {stint("2026-05-28 16:28:00", "yesterday"), "Book Out Date Time", "xxxxxxxxx"},
		"FarAhead":                {stint("2026-05-28", "2062-05-28"), "Book Out Date Time", "2062-05-28 16:28:00"},
		"NoBookIn":                {"a_number,Book In,Book Out,Release Reason\n1234567,,2026-05-28,Removed\n", "Book In", ""},
		"UnknownStatus":           {"a_number,status,as_of\n1234567,freed,2026-05-28\n", "status", "freed"},
		"StatusAndReasonDisagree": {"a_number,status,as_of,release_reason\n1234567,released,2026-05-28,Removed\n", "status", "released"},
		"NoTime":                  {"a_number,status,as_of\n1234567,released,\n", "as_of", ""},
		"TooFewCells":             {"a_number,status,as_of\n1234567,released\n", "", ""},
		"TooManyCells":            {"a_number,status,as_of\n1234567,released,2026-05-28,x\n", "", ""},
		"QuoteInTheMiddle":        {"a_number,status,as_of\n12\"34567,released,2026-05-28\n", "", ""},
		"NotUTF8":                 {stint(",X,Y,", ",P\xe9rez,Mar\u00eda,"), "Last Name", "x�xxx"},
		"HugeCell":                {stint(",X,", ","+strings.Repeat("é", 5000)+","), "Last Name", strings.Repeat("x", 60) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			row := one(t, c.text)
			if len(row.Rejects) == 0 {
				t.Fatalf("taken: %+v", row.Observation)
			}
			r := row.Rejects[0]
			if r.Column != c.column || r.Value != c.value || r.Problem == "" || r.Fix == "" || r.Line != 2 {
				t.Errorf("got %+v", r)
			}
			if row.Observation != (custody.Observation{}) {
				t.Errorf("a rejected row still says %+v", row.Observation)
			}
		})
	}
	t.Run("TellsEverythingWrongAtOnce", func(t *testing.T) {
		if row := one(t, stint("1234567", "x", "1977-02-25", "x", "MX", "x")); len(row.Rejects) != 3 {
			t.Errorf("got %+v", row.Rejects)
		}
	})
}

func TestWarnings(t *testing.T) {
	t.Run("DatedAhead", func(t *testing.T) {
		row := one(t, "a_number,status,as_of\n1234567,released,2026-07-01\n")
		if len(row.Rejects) != 0 || len(row.Warnings) != 1 || row.Observation.Status != custody.Released {
			t.Errorf("got %+v", row)
		}
	})
	t.Run("BornInTheFuture", func(t *testing.T) {
		row := one(t, "a_number,status,as_of,dob\n1234567,released,2026-05-01,2029-03-14\n")
		if len(row.Rejects) != 0 || len(row.Warnings) != 1 || row.Warnings[0].Value != "9999-99-99" {
			t.Errorf("got %+v", row)
		}
	})
}

func TestFile(t *testing.T) {
	const rows = "a_number,status,as_of\n1234567,released,2026-05-28\n"
	utf16le := func(text string) string {
		out := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = append(out, byte(unit), byte(unit>>8))
		}
		return string(out)
	}
	for name, text := range map[string]string{
		"BOM": "\ufeff" + rows, "UTF16": utf16le(rows), "CRLF": strings.ReplaceAll(rows, "\n", "\r\n"),
		"Semicolons": strings.ReplaceAll(rows, ",", ";"), "Tabs": strings.ReplaceAll(rows, ",", "\t"),
		"BlankLines": strings.ReplaceAll(rows, "\n", "\n\n,,\n"), "NoLastNewline": strings.TrimSuffix(rows, "\n"),
		"QuotedTitles": `"A-Number","Status, custody","Custody Status","As Of"` + "\n1234567,,released,2026-05-28\n",
	} {
		t.Run("OK/"+name, func(t *testing.T) {
			if row := one(t, text); len(row.Rejects) != 0 || row.Observation.ANumber != "001234567" {
				t.Errorf("got %+v", row)
			}
		})
	}
	for name, c := range map[string]struct{ text, says string }{
		"Empty":               {"", "empty"},
		"OnlyBOM":             {"\ufeff", "empty"},
		"NoHeader":            {"1234567,released,2026-05-28\n", `the A-number, the status (or book-in, book-out and release reason), the time`},
		"NoStatus":            {"a_number,as_of\n", "the status"},
		"NoTime":              {"a_number,status\n", "the time"},
		"TwoColumnsForOne":    {"a_number,A-Number,status,as_of\n", `"a_number" and "A-Number"`},
		"Workbook":            {"PK\x03\x04rest", "workbook"},
		"Compressed":          {"\x1f\x8b\x08rest", "damaged"},
		"Binary":              {"a_number\x00", "no text file"},
		"QuoteNeverClosed":    {"a_number,status,as_of\n1234567,\"released,2026-05-28\n2234567,released,2026-05-28\n3234567,released,2026-05-28\n", "line 2 is never closed"},
		"QuoteClosedTooLate":  {"a_number,status,as_of\n1234567,\"released,2026-05-28\n2234567,\"released\",2026-05-28\n", "line 2 is never closed"},
		"QuoteOpenInTheTitle": {"\"a_number,status,as_of\n", "line 1 is never closed"},
	} {
		t.Run("Err"+name, func(t *testing.T) {
			var failed *FileError
			if _, err := read(c.text); !errors.As(err, &failed) || !strings.Contains(failed.Problem, c.says) || failed.Fix == "" {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("ErrNoHeaderTellsNobody", func(t *testing.T) {
		_, err := read("A012345678,Quixote,released\n")
		if err == nil || strings.Contains(err.Error(), "012345678") || strings.Contains(err.Error(), "Quixote") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("LinesAsAnEditorCounts", func(t *testing.T) {
		got, err := read("a_number,status,as_of,facility\n\n1234567,released,2026-05-28,\"two\nlines\"\nx,released,2026-05-28,\n")
		if err != nil || len(got) != 2 || got[0].Line != 3 || got[1].Line != 5 || got[1].Rejects[0].Line != 5 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("UnknownColumnsAreListed", func(t *testing.T) {
		r, err := Open(strings.NewReader("a_number,status,as_of,Gender,Shoe Size\n"), options)
		if err != nil || len(r.Ignored()) != 2 || r.Ignored()[1] != "Shoe Size" {
			t.Errorf("got %v", err)
		}
	})
}

// Whatever bytes come, every line with anything in it is a row or an error, and nothing panics.
func TestAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "a_number,status,as_of,dob,protected,facility\n" + rapid.StringMatching(`([0-9A"',;\n\- :x]{0,40}|1234567,released,2026-05-28,,,\n){0,20}`).Draw(t, "text")
		rows, err := read(text)
		var failed *FileError
		if err != nil && !errors.As(err, &failed) {
			t.Fatalf("got %v", err)
		}
		for _, row := range rows {
			if (len(row.Rejects) == 0) != (row.Observation.ANumber != "") {
				t.Fatalf("neither taken nor rejected: %+v", row)
			}
		}
	})
}
