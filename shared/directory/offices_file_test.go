package directory

import (
	"strings"
	"testing"

	"voice.example/shared/numbering"
	"voice.example/shared/reject"
)

// said joins rejects so that a test can look for words in them.
func said(rejects []reject.Row) string {
	var b strings.Builder
	w := reject.NewWriter(&b)
	for _, r := range rejects {
		_ = w.Write(r)
	}
	_ = w.Flush()
	return strings.TrimPrefix(b.String(), "line,column,value,problem,fix\n")
}

func TestReadOffices(t *testing.T) {
	for name, test := range map[string]struct{ file, want string }{
		"OK":         {"code,name,phone,county_fips\nPHO,Phoenix,(602) 555-0143,04013|04019\n", "PHO Phoenix +16025550143 [04013 04019]"},
		"NoPhones":   {"code,name,county_fips\nPHO,Phoenix,04013\n", "PHO Phoenix  [04013]"},
		"AnyOrder":   {"County FIPS,NAME,Code\n04013,Phoenix,PHO\n", "PHO Phoenix  [04013]"},
		"Mark":       {"\ufeffcode,name,county_fips\r\nPHO,Phoenix,04013\r\n", "PHO Phoenix  [04013]"},
		"Semicolons": {"code;name;phone;county_fips\nPHO;Phoenix;;04013\n", "PHO Phoenix  [04013]"},
		"Tabs":       {"code\tname\tcounty_fips\nPHO\tPhoenix\t04013\n", "PHO Phoenix  [04013]"},
		"Spaces":     {"code,name,county_fips\n pho , Phoenix   Office , 04019 | 04013 |\n\n , ,\n", "PHO Phoenix Office  [04013 04019]"},
		"Quoted":     {"code,name,county_fips\nPHO,\"Phoenix, the \"\"valley\"\"\",04013\n", `PHO Phoenix, the "valley"  [04013]`},
		"SameTwice":  {"code,name,county_fips\nSPM,St Paul,46113|46102|46113\n", "SPM St Paul  [46102]"},
		"NoCounties": {"code,name,county_fips\nHQ,Headquarters,\n", "HQ Headquarters  []"},
	} {
		t.Run(name, func(t *testing.T) {
			offices, s := readOffices([]byte(test.file), numbering.ParseToCall)
			if s.rejected > 0 || len(offices) != 1 {
				t.Fatalf("%+v, %s", offices, said(s.rejects))
			}
			o := offices[0]
			if got := o.Code + " " + o.Name + " " + o.Phone + " [" + strings.Join(o.Counties, " ") + "]"; got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	const header = "code,name,phone,county_fips\n"
	for name, test := range map[string]struct{ file, want string }{
		"ErrEmpty":       {"", "0,,,the file is empty"},
		"ErrBlank":       {"\r\n \n", "0,,,the file is empty"},
		"ErrHeaderOnly":  {header, "0,,,the file has a header and no rows"},
		"ErrLarge":       {header + strings.Repeat("x", MaxBytes), "0,,,the file is larger than 1 MiB"},
		"ErrRows":        {header + strings.Repeat("HQ,Headquarters,,\n", MaxRows+1), "2002,,,the file has more than 2000 rows"},
		"ErrWorkbook":    {"PK\x03\x04", "0,,,the file is a workbook"},
		"ErrUTF16":       {"\xff\xfec\x00o\x00", "0,,,the text is not UTF-8"},
		"ErrNoHeader":    {"PHO,Phoenix,,04013\n", "1,,xxx,the column is not known"},
		"ErrColumn":      {"code,name,county_fips,zip\nPHO,Phoenix,04013,85003\n", "1,,xxx,the column is not known"},
		"ErrTwoColumns":  {"code,name,Name,county_fips\nPHO,Phoenix,,04013\n", "1,name,,two columns have this title"},
		"ErrNoTitle":     {"code,name,county_fips,\nPHO,Phoenix,04013,\n", "1,,,a column has no title"},
		"ErrNoColumn":    {"code,county_fips\nPHO,04013\n", "1,name,,the file has no such column"},
		"ErrCells":       {header + "PHO,Phoenix, the valley,,04013\n", "2,,,the row has 5 cells and the header 4"},
		"ErrQuote":       {header + "PHO,\"Phoenix,,04013\n", `2,,,"a quotation mark stands where none may be`},
		"ErrNoCode":      {header + ",Phoenix,,04013\n", "2,code,,the cell is empty"},
		"ErrNoName":      {header + "PHO, ,,04013\n", "2,name,,the cell is empty"},
		"ErrCode":        {header + "P#1,Phoenix,,04013\n", "2,code,P#1,not a code"},
		"ErrNational":    {header + "National,Phoenix,,04013\n", "2,code,National,the code is the one of the whole country"},
		"ErrTwice":       {header + "PHO,Phoenix,,04013\npho,Phoenix,,04019\n", "3,code,pho,line 2 has this code too"},
		"ErrPhone":       {header + "PHO,Phoenix,257-5900,04013\n", "2,phone,257-5900,not a phone number that can be called"},
		"ErrFIPS":        {header + "PHO,Phoenix,,4013\n", "2,county_fips,4013,not the FIPS code of a county"},
		"ErrUnknownFIPS": {header + "PHO,Phoenix,,04013|04999\n", "2,county_fips,04999,not the FIPS code of a county"},
		"ErrTwoOffices":  {header + "PHO,Phoenix,,04013\nELP,El Paso,,48141|04013\n", `3,county_fips,04013,"Maricopa County, AZ is at PHO too, in line 2"`},
		"ErrRetiredToo":  {header + "SPM,St Paul,,46113\nSLC,Salt Lake,,46102\n", `3,county_fips,46102,"Oglala Lakota County, SD is at SPM too`},
		"ErrFormula":     {header + "PHO,=HYPERLINK(1),,04013\n", "2,name,'=HYPERLINK(1),the name begins like a formula"},
		"ErrLongName":    {header + "PHO," + strings.Repeat("n", 101) + ",,04013\n", "2,name," + strings.Repeat("n", 60) + "…,the name has more than 100 characters"},
		"ErrControl":     {header + "PHO,Pho\x07enix,,04013\n", "2,name,Pho?enix,the cell has characters that cannot be seen"},
		"ErrBidi":        {header + "PHO,Pho\u202eenix,,04013\n", "the cell has characters that cannot be seen"},
		"ErrLineInCell":  {header + "PHO,\"Pho\nenix\",,04013\n", "2,name,Pho?enix,the cell has characters that cannot be seen"},
		"ErrLongCell":    {header + "PHO,Phoenix,," + strings.Repeat("04013|", 3500) + "\n", "the cell has more than 20000 characters"},
		"LineAsAnEditor": {header + "\n\nPHO,Phoenix,,4\n", "4,county_fips,4,not the FIPS"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, s := readOffices([]byte(test.file), numbering.ParseToCall); s.rejected == 0 || !strings.Contains(said(s.rejects), test.want) {
				t.Errorf("%s", said(s.rejects))
			}
		})
	}
	t.Run("Warnings", func(t *testing.T) {
		_, s := readOffices([]byte(header+"BOS,Boston,,09001\nHQ,Headquarters,,\n"), numbering.ParseToCall)
		if got := said(s.warnings); s.rejected > 0 || !strings.Contains(got, `2,county_fips,09001,"Fairfield County, CT is a former county`) ||
			!strings.Contains(got, "3,county_fips,,the office is for no county") {
			t.Errorf("%s%s", said(s.rejects), got)
		}
	})
	t.Run("ManyRejectsAreCounted", func(t *testing.T) {
		_, s := readOffices([]byte(header+strings.Repeat("P#,Phoenix,,\n", 300)), numbering.ParseToCall)
		if s.rejected != 300 || len(s.rejects) != maxRejects {
			t.Errorf("%d, %d", s.rejected, len(s.rejects))
		}
	})
}

// The agency's own file loads as it is, and so does what the tests make up in its place.
func TestOfficesFiles(t *testing.T) {
	for name, file := range map[string][]byte{"TheAgencys": officesFile(t), "MadeUp": madeUpOffices()} {
		t.Run(name, func(t *testing.T) {
			offices, s := readOffices(file, numbering.ParseToCall)
			counties := 0
			for _, o := range offices {
				counties += len(o.Counties)
			}
			if s.rejected > 0 || len(s.warnings) > 0 || len(offices) < 25 || counties < 3144+78 {
				t.Errorf("%d offices, %d counties, %s%s", len(offices), counties, said(s.rejects), said(s.warnings))
			}
		})
	}
}
