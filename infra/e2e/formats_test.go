package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

// testFormats sends the same ten people in every form that offices have, each form under other numbers, and compares
// what became of them.
func testFormats(t *testing.T, o office) {
	s := o.stack
	forms := []struct {
		name  string
		write func(*testing.T, [][]string) []byte
	}{
		{"UTF8", sheet},
		{"UTF16", func(t *testing.T, lines [][]string) []byte {
			b := []byte{0xff, 0xfe}
			for _, unit := range utf16.Encode([]rune(string(sheet(t, lines)))) {
				b = append(b, byte(unit), byte(unit>>8))
			}
			return b
		}},
		{"Windows1252WithSemicolons", func(t *testing.T, lines [][]string) []byte {
			b, err := charmap.Windows1252.NewEncoder().Bytes(bytes.ReplaceAll(sheet(t, lines), []byte(","), []byte(";")))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
		{"Gzip", func(t *testing.T, lines [][]string) []byte {
			return squeezed(t, sheet(t, lines), func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil })
		}},
		{"Zstd", func(t *testing.T, lines [][]string) []byte {
			return squeezed(t, sheet(t, lines), func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) })
		}},
		{"Workbook", workbook},
		{"NDJSON", func(t *testing.T, lines [][]string) []byte {
			var b bytes.Buffer
			for _, line := range lines[1:] {
				object := map[string]string{}
				for i, title := range lines[0] {
					object[title] = line[i]
				}
				if err := json.NewEncoder(&b).Encode(object); err != nil {
					t.Fatal(err)
				}
			}
			return b.Bytes()
		}},
	}
	names, people := make([]string, len(forms)), make([][]person, len(forms))
	for i, f := range forms {
		// All under names that say nothing of what is in them.
		names[i], people[i] = inFeed("uploads", newFeed("form")), s.tenPeople()
		s.put(t, names[i], f.write(t, stays(people[i])))
	}
	var want []string
	for i, f := range forms {
		m := s.awaitReport(t, names[i], nil)
		t.Run(f.name, func(t *testing.T) {
			if m.State != "done" || m.counts() != (counts{Rows: 10, Applied: 10}) {
				t.Fatalf("%+v", m)
			}
			if r := s.lookUp(t, people[i][0].aNumber, people[i][0].country); r.status != 200 {
				t.Errorf("the first of them is not found: %d", r.status)
			}
			var have []string
			records := s.custodyOf(t, people[i])
			for _, p := range people[i] {
				have = append(have, said(t, records[p.aNumber]))
			}
			if want == nil {
				want = have
			}
			for j := range have {
				if have[j] != want[j] {
					t.Errorf("person %d is\n%s\nand in the first form\n%s", j, have[j], want[j])
				}
			}
		})
	}
}

// tenPeople are ten people under new numbers, always of the same names.
func (s *stack) tenPeople() []person {
	people := make([]person, 10)
	for i := range people {
		people[i] = s.person()
		people[i].last = []string{"Muñoz Peña", "O'Brien-Sørensen", "Größe", "Çelik", "Quispe"}[i%5]
		people[i].first = []string{"Zoë", "José María"}[i%2]
		people[i].country = []string{"HONDURAS", "MEXICO", "PERU"}[i%3]
	}
	return people
}

// stays is the people's rows with the agency's titles: held, moved on, released, removed.
func stays(people []person) [][]string {
	lines := [][]string{agencyTitles}
	for i, p := range people {
		row := p.held(ago(30 + i))
		if reason := []string{"", "Transferred", "Paroled", "Removed", "Order of recognizance"}[i%5]; reason != "" {
			row = p.out(ago(30+i), ago(3), reason)
		}
		lines = append(lines, row.cells())
	}
	return lines
}

// said is what a record says of a person, without who it is and where that came from.
func said(t *testing.T, record map[string]any) string {
	t.Helper()
	rest := map[string]any{}
	for name, value := range record {
		switch name {
		case "a_number", "upload_id", "received_at", "feed", "held_by", "row_hash":
		case "as_of":
			if record["status"] != "in_custody" || record["in_transit"] == true {
				rest[name] = value // that of somebody still there is when the file came
			}
		default:
			rest[name] = value
		}
	}
	text, err := json.Marshal(rest)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func squeezed(t *testing.T, content []byte, with func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := with(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook is a list as a spreadsheet program keeps it: under a report's title, and with dates that are dates.
func workbook(t *testing.T, lines [][]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	set := func(column, row int, value any) {
		cell, err := excelize.CoordinatesToCellName(column+1, row+1)
		if err == nil {
			err = f.SetCellValue("Sheet1", cell, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	set(0, 0, "Detention Stays")
	for i, line := range lines {
		for j, text := range line {
			if when, err := time.Parse(time.DateTime, text); err == nil && strings.Contains(lines[0][j], "Date Time") {
				set(j, i+1, when)
			} else if text != "" {
				set(j, i+1, text)
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
