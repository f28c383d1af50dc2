package roster

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"voice.example/shared/reject"
	"voice.example/shared/roster/rostertest"
)

// tight are options with limits that keep a run of the fuzzer short.
var tight = func() Options {
	o := options
	o.Unpacked, o.WorkbookBody, o.Texts = 8<<20, 8<<20, 4<<20
	return o
}()

// sound fails the test unless a file is read as every file must be: it is refused with a reason and a remedy, or each
// of its rows is a whole observation or says what is wrong with it.
func sound(t *testing.T, file []byte) ([]Row, error) {
	t.Helper()
	rows, warnings, err := readAll(bytes.NewReader(file), tight)
	var failed *FileError
	if err != nil && (!errors.As(err, &failed) || failed.Problem == "" || failed.Fix == "") {
		t.Fatalf("got %v", err)
	}
	line := 0
	for _, row := range rows {
		o := row.Observation
		whole := len(o.ANumber) == 9 && o.Status.Valid() && !o.AsOf.IsZero() && (o.DateOfBirth == "" || len(o.DateOfBirth) == 10)
		if whole != (len(row.Rejects) == 0) || !whole && o.ANumber != "" {
			t.Fatalf("neither taken nor rejected: %+v", row)
		}
		if row.Line <= line {
			t.Fatalf("line %d after line %d", row.Line, line)
		}
		line = row.Line
		for _, text := range []string{o.LastName, o.FirstName, o.Facility, o.FacilityCode, o.FieldOffice, o.ReleaseReason} {
			if !utf8.ValidString(text) || len(text) > maxCell || strings.ContainsAny(text, "\x00\n\u202e") {
				t.Fatalf("taken with %q", text)
			}
		}
		for _, r := range append(row.Rejects, row.Warnings...) {
			if r.Line != row.Line || r.Problem == "" || r.Fix == "" || !utf8.ValidString(r.Value) || !utf8.ValidString(r.Column) {
				t.Fatalf("got %+v", r)
			}
		}
	}
	for _, w := range warnings {
		if w.Problem == "" || w.Fix == "" {
			t.Fatalf("got %+v", w)
		}
	}
	return rows, err
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(agency + "1234567,X,Y,1977-02-25,MX,,2026-05-01 00:00:00,2026-05-01 00:00:00,ONE,1,2026-05-28 16:28:00,Removed,,N\n"))
	f.Add([]byte("\ufeffa_number;status;as_of\r\n\"1234567\";released;5/28/2026 4:28 PM\r\n"))
	f.Add([]byte("Report\n\na_number\tstatus\tas_of\n1234567\trel\"eased\t2026\n"))
	f.Add([]byte("\xff\xfea\x00_\x00n\x00u\x00m\x00b\x00e\x00r\x00,\x00s\x00t\x00a\x00t\x00u\x00s\x00,\x00a\x00s\x00_\x00o\x00f\x00\n\x00"))
	f.Add([]byte("a_number,status,as_of,surname\r1234567,released,2026-05-28,P\xe9rez\r"))
	f.Fuzz(func(t *testing.T, file []byte) { sound(t, file) })
}

func FuzzNDJSON(f *testing.F) {
	const good = `{"a_number":"A900000000","status":"in_custody","as_of":"2026-05-28T16:28:00Z"}` + "\n"
	f.Add(good)
	f.Add(`{"Alien Number":9.00000001E+08,"status":"in_\u0063ustody","as_of":"2026-05-28","protected":true,"x":null}`)
	f.Add(`{"a_number":[1],"a":{"b":"\"]"}}` + "\r\n{}\n{\"A No\":1,\"A-Number\":2}")
	f.Fuzz(func(t *testing.T, lines string) {
		rows, err := sound(t, []byte(good+lines))
		if err != nil {
			return
		}
		want := 1 // each line with anything on it is a row
		for line := range strings.SplitSeq(lines, "\n") {
			if len(bytes.TrimSpace([]byte(line))) > 0 {
				want++
			}
		}
		if len(rows) != want {
			t.Fatalf("%d rows of %d lines", len(rows), want)
		}
		for line := range strings.SplitSeq(lines, "\n") { // a plain object is read as encoding/json reads it
			checkObject(t, line)
		}
	})
}

// checkObject compares the reading of one line with encoding/json.
func checkObject(t *testing.T, line string) {
	got := map[string]string{}
	problem, _ := readObject(line, 1000, func(name, value string) (string, string) {
		got[name] = value
		return "", ""
	})
	want := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	err := decoder.Decode(&want)
	if problem != "" || !utf8.ValidString(line) {
		return
	}
	if err != nil || len(got) != len(want) {
		t.Fatalf("%q: got %q, encoding/json %v, %v", line, got, want, err)
	}
	for name, value := range want {
		if text, ok := value.(string); ok && got[name] != text {
			t.Fatalf("%q: %q is %q, want %q", line, name, got[name], text)
		}
	}
}

func FuzzCompressed(f *testing.F) {
	body := []byte("a_number,status,as_of\n1234567,released,2026-05-28\n")
	f.Add(body, false)
	f.Add(packGzip(body), true)
	f.Add(packZstd(body), true)
	f.Add(append(packGzip(body), packGzip(body)...), true)
	f.Add([]byte("\x50\x2a\x4d\x18\x01\x00\x00\x00x"+string(packZstd(body))), true)
	f.Fuzz(func(t *testing.T, body []byte, packed bool) {
		if packed {
			sound(t, body)
			return
		}
		if compression(body) != "" || bytes.HasPrefix(body, []byte(zipMagic)) {
			return
		}
		want, wantErr := sound(t, body)
		for kind, file := range map[string][]byte{"gzip": packGzip(body), "zstd": packZstd(body)} {
			rows, err := sound(t, file)
			if !reflect.DeepEqual(rows, want) || (err == nil) != (wantErr == nil) {
				t.Fatalf("%s: got %+v, %v, want %+v, %v", kind, rows, err, want, wantErr)
			}
		}
	})
}

func packGzip(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func packZstd(body []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		panic(err)
	}
	defer w.Close()
	return w.EncodeAll(body, nil)
}

func FuzzXLSX(f *testing.F) {
	titles := []string{"A-Number", "Status", "As Of"}
	f.Add(rostertest.Sheet(titles, []string{`<c r="A2"><v>9.00000002E8</v></c>`, "released", `<c r="C2" s="2"><v>46170.68</v></c>`}), "<sst/>", rostertest.Styles)
	f.Add(rostertest.Sheet(titles, []string{`<c t="s"><v>0</v></c>`, `<c t="s"><v>1</v></c>`, `<c t="d"><v>2026-05-28T00:00:00</v></c>`}),
		"<sst><si><t>A900000001</t></si><si><r><t>rel</t></r><r><t>eased</t></r><rPh><t>x</t></rPh></si></sst>", rostertest.Styles)
	f.Add(`<worksheet><sheetData><row r="3"><c r="B3" t="b"><v>1</v></c></row></sheetData></worksheet>`, "", "<styleSheet/>")
	f.Fuzz(func(t *testing.T, sheet, texts, styles string) {
		sound(t, rostertest.Workbook(sheet, texts, styles))
	})
}

// A row of any cells, under the known titles and one more, is one row; what a reject shows of it names nobody.
func FuzzRow(f *testing.F) {
	f.Add("Gender", "A900000001", "Quixote", "1980-01-31", "Mexico", "N", "released", "2026-05-28 16:28:00", "Paroled")
	f.Add("Alien Numbr", "900-000-00X", "Sancho", "1/31/1980", "Sancho", "maybe", "sancho", "2026-03-08 02:30", "900000001")
	f.Add("status ", "a_number", "", "", "", "", "", "", "")
	f.Fuzz(func(t *testing.T, title, number, name, born, country, protected, status, asOf, reason string) {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		cells := []string{number, name, born, country, protected, status, asOf, reason, "end"}
		if err := w.WriteAll([][]string{{"A-Number", "Last Name", "DOB", "COB", "Protected", "Status", "As Of", "Release Reason", title}, cells}); err != nil {
			t.Fatal(err)
		}
		rows, err := sound(t, b.Bytes())
		if err == nil && len(rows) != 1 {
			t.Fatalf("%d rows of %q", len(rows), b.String())
		}
		if err != nil {
			return
		}
		number, name = strings.TrimSpace(number), strings.TrimSpace(name)
		for _, r := range append(rows[0].Rejects, rows[0].Warnings...) {
			if len(name) > 3 && r.Value == name && strings.ContainsFunc(name, isLetter) && reject.Mask(name) != name || digitRun(number) >= 7 && r.Value == number && reject.Mask(number) != number {
				t.Fatalf("names somebody: %+v", r)
			}
		}
	})
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func FuzzSplit(f *testing.F) {
	f.Add([]byte("a_number,status,as_of\n1234567,released,2026-05-28\n\"2234567\",\"rel\n\"\"eased\",2026\n3\"234567,,\n"), uint16(10))
	f.Add([]byte("a_number;status;as_of\r\n1234567;\"rel\"eased;\r\n"), uint16(1))
	f.Add([]byte("{\"a_number\":1234567,\"status\":\"released\",\"as_of\":\"2026-05-28\"}\n{}\n\n{\"status\":1}"), uint16(30))
	f.Add([]byte("a_number,status,as_of\r1234567,rel\xe9ased,2026-05-28\r\"\r"), uint16(10))
	// Found by TestSplitIsWhole: a swallowed row that only reading saw, and a title remembered from the object before.
	f.Add([]byte("a_number,status,as_of,facility\n\"\n1234567,released,2026-05-28,ONE\n\"\n\""), uint16(1))
	f.Add([]byte("{\"a_number\":\"1234567\",\"status\":\"released\",\"as_of\":\"2026-05-28\"}\n{\"Alien Number\":1234567}\n{}"), uint16(1))
	f.Fuzz(func(t *testing.T, file []byte, size uint16) {
		if err := splitIsWhole(file, int64(size), tight); err != nil {
			t.Fatal(err)
		}
	})
}

// The fast way of reading a time and the layouts agree on every text.
func FuzzTime(f *testing.F) {
	for _, text := range []string{"2026-05-28", "2026-02-30 01:02", "2026-03-08 02:30:00", "2025-11-02T01:30:00", "0000-01-01", "9999-12-31 23:59:59", "2026-05-28 24:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		z := zone{location: newYork}
		for range 2 { // the second time with the period remembered
			got, _, err := z.parse(text)
			want, wantErr := parseSlowly(text, newYork)
			if (err == nil) != (wantErr == nil) || !got.Equal(want) {
				t.Fatalf("%q: got %v, %v, want %v, %v", text, got, err, want, wantErr)
			}
		}
	})
}
