package roster

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"voice.example/shared/roster/rostertest"
)

// Workbooks written by another program's hand read as they are meant.
func TestWorkbook(t *testing.T) {
	write := func(t *testing.T, edit func(f *excelize.File, set func(cell string, value any))) []byte {
		t.Helper()
		f := excelize.NewFile()
		defer f.Close()
		set := func(cell string, value any) {
			if err := f.SetCellValue("Sheet1", cell, value); err != nil {
				t.Fatal(err)
			}
		}
		for i, title := range []string{"A-Number", "Last Name", "Date of Birth", "Status", "As Of", "Protected"} {
			set(fmt.Sprintf("%c1", 'A'+i), title)
		}
		edit(f, set)
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	style := func(t *testing.T, f *excelize.File, cell string, s excelize.Style) {
		t.Helper()
		id, err := f.NewStyle(&s)
		if err == nil {
			err = f.SetCellStyle("Sheet1", cell, cell, id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(t *testing.T, file []byte) []Row {
		t.Helper()
		rows, _, err := readAll(bytes.NewReader(file), options)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	for name, c := range map[string]struct {
		edit func(t *testing.T, f *excelize.File, set func(string, any))
		want string // moment of as_of, date of birth
	}{
		"Texts": {func(t *testing.T, f *excelize.File, set func(string, any)) {
			set("C2", "1980-01-31")
			set("E2", "2026-05-28 16:28:00")
		}, "2026-05-28T20:28:00Z 1980-01-31"},
		"Times": {func(t *testing.T, f *excelize.File, set func(string, any)) {
			set("C2", time.Date(1980, 1, 31, 0, 0, 0, 0, time.UTC))
			set("E2", time.Date(2026, 5, 28, 16, 28, 0, 0, time.UTC))
		}, "2026-05-28T20:28:00Z 1980-01-31"},
		"Epoch1904": {func(t *testing.T, f *excelize.File, set func(string, any)) {
			yes := true
			if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
				t.Fatal(err)
			}
			set("C2", 27789) // 1980-01-31
			style(t, f, "C2", excelize.Style{NumFmt: 14})
			set("E2", 44708.5) // 2026-05-28 12:00
			style(t, f, "E2", excelize.Style{NumFmt: 22})
		}, "2026-05-28T16:00:00Z 1980-01-31"},
		"OwnFormats": {func(t *testing.T, f *excelize.File, set func(string, any)) {
			day, moment := `[$-409]d\-mmm\-yyyy;@`, `"on" yyyy-mm-dd hh:mm:ss`
			set("C2", 29251)
			style(t, f, "C2", excelize.Style{CustomNumFmt: &day})
			set("E2", 46170.686111111111) // 16:28
			style(t, f, "E2", excelize.Style{CustomNumFmt: &moment})
		}, "2026-05-28T20:28:00Z 1980-01-31"},
	} {
		t.Run("OK/"+name, func(t *testing.T) {
			rows := read(t, write(t, func(f *excelize.File, set func(string, any)) {
				set("A2", 900000001)
				set("B2", "Martínez")
				set("D2", "released")
				set("F2", false)
				c.edit(t, f, set)
			}))
			if len(rows) != 1 || len(rows[0].Rejects) > 0 {
				t.Fatalf("got %+v", rows)
			}
			o := rows[0].Observation
			got := o.AsOf.Format(time.RFC3339) + " " + o.DateOfBirth
			if got != c.want || o.ANumber != "900000001" || o.LastName != "Martínez" || *o.Protected || rows[0].Line != 2 {
				t.Errorf("got %s, %+v", got, rows[0])
			}
		})
	}
	t.Run("LinesAreExcelsRows", func(t *testing.T) {
		rows := read(t, write(t, func(f *excelize.File, set func(string, any)) {
			set("A7", "x")
			set("A9", 1234567.0)
			set("D9", "released")
			set("E9", "2026-05-28")
		}))
		if len(rows) != 2 || rows[0].Line != 7 || rows[0].Rejects[0].Line != 7 || rows[1].Line != 9 || rows[1].Observation.ANumber != "001234567" {
			t.Errorf("got %+v", rows)
		}
	})
	t.Run("FirstVisibleSheetWithAHeader", func(t *testing.T) {
		file := write(t, func(f *excelize.File, set func(string, any)) {
			set("A2", 1234567)
			set("D2", "released")
			set("E2", "2026-05-28")
			for _, name := range []string{"Cover", "Old"} {
				if _, err := f.NewSheet(name); err != nil {
					t.Fatal(err)
				}
			}
			for cell, value := range map[string]string{"A1": "A-Number", "B1": "Status", "C1": "As Of"} {
				if err := f.SetCellValue("Old", cell, value); err != nil {
					t.Fatal(err)
				}
			}
			for _, err := range []error{f.SetCellValue("Cover", "A1", "Report"), f.MoveSheet("Cover", "Sheet1"), f.MoveSheet("Old", "Cover"), f.SetSheetVisible("Old", false)} {
				if err != nil {
					t.Fatal(err)
				}
			}
		})
		rows, warnings, err := readAll(bytes.NewReader(file), options)
		if err != nil || len(rows) != 1 || len(warnings) != 1 || !strings.Contains(warnings[0].Problem, "2 sheets, of which only number 2") {
			t.Errorf("got %+v, %+v, %v", rows, warnings, err)
		}
	})
	t.Run("ManyRowsInLittleMemory", func(t *testing.T) {
		t.Setenv("TMPDIR", t.TempDir())
		file := manyRows(t, 30_000)
		rows := 0
		grown := peak(func() {
			r, err := Open(bytes.NewReader(file), options)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if r.Layout().Splittable {
				t.Error("a workbook cannot be cut")
			}
			for {
				row, err := r.Next()
				if err != nil {
					break
				}
				if len(row.Rejects) > 0 {
					t.Fatalf("got %+v", row.Rejects)
				}
				rows++
			}
		})
		if rows != 30_000 || grown > 24<<20 {
			t.Errorf("%d rows, %d MiB", rows, grown>>20)
		}
		if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	t.Run("ErrTextsThatDoNotFitIntoMemory", func(t *testing.T) {
		o := options
		o.Texts = 300 << 10
		if _, _, err := readAll(bytes.NewReader(manyRows(t, 30_000)), o); err == nil || !strings.Contains(err.Error(), "more text than fits") {
			t.Errorf("got %v", err)
		}
	})
}

// manyRows writes a workbook as programs do that write row by row, with shared texts of its own for the A-numbers.
func manyRows(tb testing.TB, n int) []byte {
	tb.Helper()
	var sheet, texts strings.Builder
	texts.WriteString("<sst><si><t>A-Number</t></si><si><t>Status</t></si><si><t>As Of</t></si><si><t>released</t></si>")
	sheet.WriteString(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>`)
	for i := range n {
		fmt.Fprintf(&texts, "<si><t>A%09d</t></si>", 100_000_000+i*7)
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:3"><c r="A%d" t="s"><v>%d</v></c><c r="B%d" t="s"><v>3</v></c><c r="C%d" s="2"><v>46170.%d</v></c></row>`, i+2, i+2, i+4, i+2, i+2, i%1000)
	}
	return rostertest.Workbook(sheet.String()+"</sheetData></worksheet>", texts.String()+"</sst>", rostertest.Styles)
}

func BenchmarkWorkbook(b *testing.B) {
	const n = 20_000
	file := manyRows(b, n)
	b.ReportAllocs()
	for b.Loop() {
		rows, _, err := readAll(bytes.NewReader(file), options)
		if err != nil || len(rows) != n {
			b.Fatal(len(rows), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}

func TestIsDateFormat(t *testing.T) {
	for code, want := range map[string]bool{
		"General": false, "0.00E+00": false, "@": false, `#,##0 "days"`: false, "[Red]0": false, "h:mm": false, "[h]:mm:ss": false, `_("$"* #,##0.00_)`: false,
		"yyyy-mm-dd": true, "d/m": true, `[$-409]m/d/yy h:mm AM/PM;@`: true, "DD.MM.YYYY": true, `\d0`: false,
	} {
		if isDateFormat(code) != want {
			t.Errorf("%s: got %v", code, !want)
		}
	}
}
