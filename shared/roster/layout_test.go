package roster

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readRanges reads a file range by range, as several readers would.
func readRanges(file []byte, l Layout, size int64, o Options) (rows []Row, err error) {
	ranges, err := Split(bytes.NewReader(file), l, size)
	if err != nil {
		return nil, err
	}
	at := l.Start
	for _, part := range ranges {
		if part.Start != at || part.End <= part.Start {
			return nil, fmt.Errorf("range %+v does not follow byte %d", part, at)
		}
		at = part.End
		r, err := Resume(io.NewSectionReader(bytes.NewReader(file), part.Start, part.End-part.Start), l, part.Line, o)
		if err != nil {
			return rows, err
		}
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return rows, err
			}
			rows = append(rows, row)
		}
		if err := r.Close(); err != nil {
			return rows, err
		}
	}
	if at != int64(len(file)) {
		return rows, fmt.Errorf("the ranges end at byte %d of %d", at, len(file))
	}
	return rows, nil
}

// splitIsWhole reports how reading in ranges differs from reading whole, if it does.
func splitIsWhole(file []byte, size int64, o Options) error {
	r, err := Open(bytes.NewReader(file), o)
	if err != nil {
		return nil
	}
	defer r.Close()
	l := r.Layout()
	if !l.Splittable {
		return nil
	}
	encoded, err := json.Marshal(l)
	if err != nil {
		return err
	}
	l = Layout{}
	if err := json.Unmarshal(encoded, &l); err != nil {
		return err
	}
	whole, wholeErr := readAllOf(r)
	parts, partsErr := readRanges(file, l, size, o)
	if wholeErr != nil || partsErr != nil {
		// Split sees a fault of the file before a row is read. What only reading finds, both find.
		var w, p *FileError
		if !errors.As(wholeErr, &w) || !errors.As(partsErr, &p) || *w != *p {
			return fmt.Errorf("whole: %v; in ranges: %v", wholeErr, partsErr)
		}
		return nil
	}
	if len(whole) != len(parts) {
		return fmt.Errorf("%d rows whole, %d in ranges", len(whole), len(parts))
	}
	for i := range whole {
		if !reflect.DeepEqual(whole[i], parts[i]) {
			return fmt.Errorf("row %d: whole %+v, in ranges %+v", i, whole[i], parts[i])
		}
	}
	return nil
}

func readAllOf(r *Reader) (rows []Row, err error) {
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

// For any file, the rows of its ranges, one range after another, are the rows of the whole: cells, lines and rejects.
func TestSplitIsWhole(t *testing.T) {
	t.Run("CSV", rapid.MakeCheck(func(t *rapid.T) {
		header := rapid.SampledFrom([]string{"a_number,status,as_of,facility", "Report\n\na_number;status;as_of;facility", "\ufeffa_number,status,as_of,facility", `"A-Number","Status","As\nOf",x`, "a_number,status,as_of,Mart\xednez"}).Draw(t, "header")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")
		rows := rapid.SliceOf(rapid.OneOf(
			rapid.Just("1234567,released,2026-05-28,ONE"), rapid.Just(`"1234567","released","2026-05-28","two`+end+`lines, ""both"""`),
			rapid.Just(`1234567,rel"eased,2026-05-28,`), rapid.Just(`1234567,"rel"eased,2026-05-28,`), rapid.Just(""), rapid.Just("1234567;released;2026-05-28;\xe9"),
			rapid.StringMatching(`[0-9",;a \n\r\t]{0,12}`), rapid.Just(`"`), rapid.Just(`"a`+end+`b"c`))).Draw(t, "rows")
		file := header + end + strings.Join(rows, end) + rapid.SampledFrom([]string{"", end, `"`}).Draw(t, "tail")
		if err := splitIsWhole([]byte(file), rapid.Int64Range(1, 200).Draw(t, "size"), options); err != nil {
			t.Fatalf("%q: %v", file, err)
		}
	}))
	t.Run("NDJSON", rapid.MakeCheck(func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.OneOf(rapid.Just(`{"a_number":"1234567","status":"released","as_of":"2026-05-28"}`), rapid.Just(""), rapid.Just("\r"),
			rapid.Just(`{"Alien Number":1234567,"x":"\"{\n"}`), rapid.StringMatching(`[{}"a:,\[\]1 ]{0,12}`))).Draw(t, "rows")
		file := `{"a_number":"1234567","status":"released","as_of":"2026-05-28"}` + "\n" + strings.Join(rows, "\n")
		if err := splitIsWhole([]byte(file), rapid.Int64Range(1, 200).Draw(t, "size"), options); err != nil {
			t.Fatalf("%q: %v", file, err)
		}
	}))
	t.Run("Stays", func(t *testing.T) {
		if err := splitIsWhole(stays(3000), 10_000, options); err != nil {
			t.Error(err)
		}
	})
}

// The scanner and encoding/csv see the same rows and cells, the same stray quotation marks, and the same unclosed ones.
func TestCSVIsEncodingCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		compareWithEncodingCSV(t, rapid.StringMatching(`([ab",\n\r]|""|\r\n|",|,"){0,30}`).Draw(t, "text"))
	})
}

func compareWithEncodingCSV(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) {
	t.Helper()
	theirs := csv.NewReader(strings.NewReader(text))
	theirs.FieldsPerRecord = -1
	ours := newScanner(strings.NewReader(text), Layout{Format: CSV, Separator: ","}, 1)
	for {
		want, wantErr := theirs.Read()
		got, err := ours.next()
		for err == nil && len(got.text) == 0 {
			got, err = ours.next() // encoding/csv passes over empty lines
		}
		cells := cutCells(nil, string(got.text), ',', got.quoted, 1000)
		var parse *csv.ParseError
		var failed *FileError
		switch {
		case errors.Is(wantErr, io.EOF):
			if !errors.Is(err, io.EOF) {
				t.Fatalf("%q: got %+v, %v after the end", text, got, err)
			}
			return
		case errors.As(wantErr, &parse) && errors.As(err, &failed):
			return
		case errors.As(wantErr, &parse):
			if !got.stray || got.line != parse.StartLine || parse.Line != parse.StartLine {
				t.Fatalf("%q: got %+v, %v, want %v", text, got, err, parse)
			}
		default:
			line, _ := theirs.FieldPos(0)
			if err != nil || got.stray || got.line != line || !reflect.DeepEqual(trimEnds(cells), trimEnds(want)) {
				t.Fatalf("%q: got %+v, %v, want %q on line %d", text, got, err, want, line)
			}
		}
	}
}

// trimEnds evens out carriage returns beside cells, which encoding/csv keeps in some places; cells are trimmed anyway.
func trimEnds(cells []string) []string {
	var out []string
	for _, cell := range cells {
		out = append(out, strings.ReplaceAll(strings.TrimSpace(cell), "\r", ""))
	}
	return out
}

func TestSplit(t *testing.T) {
	const head = "a_number,status,as_of\n"
	layout := func(t *testing.T, text string, o Options) Layout {
		t.Helper()
		r, err := Open(strings.NewReader(text), o)
		if err != nil {
			t.Fatal(err)
		}
		return r.Layout()
	}
	t.Run("OK", func(t *testing.T) {
		text := "\ufeff" + head + "1234567,released,2026-05-28\n\"2234567\",\"rel\neased\",2026-05-28\n3234567,released,2026-05-28"
		l := layout(t, text, options)
		ranges, err := Split(strings.NewReader(text), l, 1)
		want := []Range{{25, 53, 2}, {53, 86, 3}, {86, 113, 5}}
		if err != nil || !reflect.DeepEqual(ranges, want) {
			t.Errorf("got %v, %v, want %v", ranges, err, want)
		}
	})
	t.Run("OneRangeForASmallFile", func(t *testing.T) {
		text := head + strings.Repeat("1234567,released,2026-05-28\n", 10)
		if ranges, err := Split(strings.NewReader(text), layout(t, text, options), 1<<20); err != nil || len(ranges) != 1 || ranges[0] != (Range{22, int64(len(text)), 2}) {
			t.Errorf("got %v, %v", ranges, err)
		}
	})
	t.Run("NoRowsNoRanges", func(t *testing.T) {
		if ranges, err := Split(strings.NewReader(head), layout(t, head, options), 10); err != nil || len(ranges) != 0 {
			t.Errorf("got %v, %v", ranges, err)
		}
	})
	for name, c := range map[string]struct{ rows, says string }{
		"ErrQuoteNeverClosed": {"1234567,\"released,2026-05-28\n2234567,released,2026-05-28\n", "line 2 is never closed"},
		"ErrEndlessRow":       {"1234567," + strings.Repeat("x", 5000) + ",2026-05-28\n", "line 2 is longer than 4 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options
			o.RowBytes = 4 << 10
			l := layout(t, head, o)
			var split, reading *FileError
			_, err := Split(strings.NewReader(head+c.rows), l, 100)
			_, _, whole := readAll(strings.NewReader(head+c.rows), o)
			if !errors.As(err, &split) || !errors.As(whole, &reading) || *split != *reading || !strings.Contains(split.Problem, c.says) {
				t.Errorf("split: %v, reading: %v", err, whole)
			}
		})
	}
	for name, text := range map[string]string{
		"UTF16": "\xff\xfea\x00_\x00n\x00u\x00m\x00b\x00e\x00r\x00,\x00s\x00t\x00a\x00t\x00u\x00s\x00,\x00a\x00s\x00_\x00o\x00f\x00",
	} {
		t.Run("ErrNotSplittable/"+name, func(t *testing.T) {
			l := layout(t, text, options)
			_, err := Split(strings.NewReader(text), l, 10)
			_, err2 := Resume(strings.NewReader(text), l, 2, options)
			if l.Splittable || err == nil || err2 == nil {
				t.Errorf("got %+v, %v, %v", l, err, err2)
			}
		})
	}
	t.Run("AReadersFailureIsNotTheFilesFault", func(t *testing.T) {
		text := head + strings.Repeat("1234567,released,2026-05-28\n", 10_000)
		cut := errors.New("the line is cut")
		broken := func() io.Reader {
			return io.MultiReader(strings.NewReader(text), iotestErr{cut})
		}
		var failed *FileError
		_, err := Split(broken(), layout(t, text, options), 1000)
		_, _, whole := readAll(broken(), options)
		if !errors.Is(err, cut) || !errors.Is(whole, cut) || errors.As(whole, &failed) {
			t.Errorf("split: %v, whole: %v", err, whole)
		}
	})
}

func TestSwallowedRows(t *testing.T) {
	const head = "comment,a_number,status,as_of\n"
	for text, refused := range map[string]bool{
		"\"moved, bonded, released,\nand, so, on, and on\",1234567,released,2026-05-28\n":                  false,
		"\"a, 2234567\nb, 3234567\",1234567,released,2026-05-28\n":                                         false,
		"\"a,1234567,released,2026-05-28\nb,2234567,released,2026-05-28\n\",3234567,released,2026-05-28\n": true,
		"x,1234567,\"released,2026-05-28\ny,2234567,released,2026-05-28\nz,3234567,rel\",2026-05-28\n":     true,
	} {
		rows, _, err := readAll(strings.NewReader(head+text), options)
		var failed *FileError
		if errors.As(err, &failed) != refused || !refused && (len(rows) != 1 || len(rows[0].Rejects) > 0) {
			t.Errorf("%q: got %+v, %v", text, rows, err)
		}
	}
}

func TestARefusalIsFinal(t *testing.T) {
	r, err := Open(strings.NewReader("a_number,status,as_of\n1234567,\"released,2026-05-28\n2234567,released,2026-05-28\n3\",released,2026-05-28\n4234567,released,2026-05-28\n"), options)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var failed *FileError
		if row, err := r.Next(); !errors.As(err, &failed) {
			t.Errorf("got %+v, %v", row, err)
		}
	}
}

// A file whose transport fails is not a damaged file: reading it again may do.
func TestFailureOfTransport(t *testing.T) {
	cut := errors.New("the line is cut")
	for name, file := range map[string][]byte{"CSV": stays(3000), "Gzip": packGzip(stays(3000)), "Zstd": packZstd(stays(3000)), "Workbook": manyRows(t, 3000)} {
		for _, at := range []int{0, 100, len(file) / 2, len(file)} {
			t.Run(fmt.Sprintf("%s/%d", name, at), func(t *testing.T) {
				var failed *FileError
				_, _, err := readAll(io.MultiReader(bytes.NewReader(file[:at]), iotestErr{cut}), options)
				if !errors.Is(err, cut) || errors.As(err, &failed) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }

func BenchmarkSplit(b *testing.B) {
	file := stays(50_000)
	r, err := Open(bytes.NewReader(file), options)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Split(bytes.NewReader(file), r.Layout(), 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}
