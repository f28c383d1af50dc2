// Package rostertest makes files that are broken, absurd or made to hurt, for tests of everything that reads files of
// custody updates. Their people are invented.
//
// A file says what must become of it: it is refused as a whole, or its rows are read, so many of them taken and so many
// rejected. None may crash, hang or fill the memory of what reads it.
package rostertest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"unicode/utf16"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Verdict is what must become of a file.
type Verdict string

const (
	Refused Verdict = "refused" // none of it is used
	Rows    Verdict = "rows"    // each of its rows is taken, or rejected by name
)

// HostileFile is one such file. Body gives it from its begin each time it is called, and makes long files while they
// are read. The numbers hold for a clock that shows the middle of 2026, in the zone America/New_York, and times up to 90
// days ahead.
type HostileFile struct {
	Name     string
	Key      string // a name for it as an object; it may lie about what the file is
	Body     func() io.Reader
	Want     Verdict
	Rows     int // rows read, taken and rejected; -1 where that is not known
	Rejected int
	Long     bool // its body has gigabytes: give it to a reader, and do not store it
}

const header = "a_number,last_name,first_name,date_of_birth,country_of_birth,protected,status,as_of,facility\n"

// row writes the row of an invented person. Number is of seven digits at most.
func row(number int) string {
	return fmt.Sprintf("A%09d,Invented,Person,1980-01-31,Mexico,N,in_custody,2026-05-28 16:28:00,NOWHERE CENTER\n", 900_000_000+number)
}

func rows(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(row(i))
	}
	return b.String()
}

// Hostile returns all of them.
func Hostile() []HostileFile {
	var files []HostileFile
	add := func(name, key, body string, want Verdict, rows, rejected int) {
		files = append(files, HostileFile{Name: name, Key: key, Body: func() io.Reader { return strings.NewReader(body) }, Want: want, Rows: rows, Rejected: rejected})
	}
	refused := func(name, key, body string) { add(name, key, body, Refused, 0, 0) }
	good := header + rows(3)
	cell := func(old, new string) string { return header + strings.Replace(row(0), old, new, 1) + row(1) }

	// Nothing, or nothing that is a list.
	refused("empty", "empty.csv", "")
	refused("only a byte order mark", "bom.csv", "\ufeff")
	refused("only blank lines", "blank.csv", strings.Repeat("\n,,,\r\n", 2000))
	add("only a header", "header.csv", header, Rows, 0, 0)
	refused("no header", "noheader.csv", rows(3))
	refused("a header of something else", "orders.csv", "order,customer,price\n1,Invented Person,9.99\n")
	refused("titles with slips", "slips.csv", strings.NewReplacer("a_number", "a_nmuber", "status", "sttaus").Replace(good))
	refused("two columns for one thing", "twice.csv", "a_number,status,status,as_of\nA900000001,released,in_custody,2026-05-28\n")
	refused("ten thousand columns", "wide.csv", strings.TrimSuffix(header, "\n")+strings.Repeat(",x", 10_000)+"\n"+row(0))

	// Other kinds of files, some with a name that lies.
	refused("PDF", "pdf.csv", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n")
	refused("PNG", "list.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01")
	refused("web page", "list.html", "\n<!DOCTYPE html><html><body><table><tr><td>A900000001</td></tr></table></body></html>")
	refused("XML", "list.xml", "<?xml version=\"1.0\"?><people><person a_number=\"A900000001\"/></people>")
	refused("old workbook", "list.xls", ole("Workbook"))
	refused("workbook with a password", "list.xlsx", ole("EncryptedPackage"))
	refused("Parquet", "list.parquet", "PAR1\x15\x04\x15\x10PAR1")
	refused("ZIP of a CSV", "list.zip", string(Zip(Part{Name: "list.csv", Body: good})))
	refused("bzip2", "list.csv.bz2", "BZh91AY&SY\x00\x00")
	refused("binary noise", "noise.csv", noise(100_000))
	refused("NULs", "nuls.csv", header+strings.Repeat("\x00", 5000))
	refused("a program", "list.exe", "\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 100))
	add("workbook that is called CSV", "really.csv", string(goodWorkbook()), Rows, 3, 0)
	add("CSV that is called a workbook", "really.xlsx", good, Rows, 3, 0)
	add("CSV that is called gzip", "really.csv.gz", good, Rows, 3, 0)

	// Compressed.
	packed := string(gzipped([]byte(header + noisyRows(3000))))
	add("gzip", "good.csv.gz", string(gzipped([]byte(good))), Rows, 3, 0)
	add("gzip in two members", "members.csv.gz", string(gzipped([]byte(header+row(0))))+string(gzipped([]byte(row(1)))), Rows, 2, 0)
	add("zstd", "good.csv.zst", string(zstded([]byte(good))), Rows, 3, 0)
	refused("gzip cut off", "cut.csv.gz", packed[:len(packed)/2])
	refused("gzip without its last byte", "almost.csv.gz", packed[:len(packed)-1])
	refused("gzip with a changed byte", "flip.csv.gz", flip(packed, len(packed)/2))
	refused("gzip with something behind it", "tail.csv.gz", packed+"and then some")
	refused("gzip of nothing", "nothing.csv.gz", string(gzipped(nil)))
	packed = string(zstded([]byte(header + noisyRows(3000))))
	refused("zstd cut off", "cut.csv.zst", packed[:len(packed)/2])
	refused("zstd with a changed byte", "flip.csv.zst", flip(packed, len(packed)/2))
	refused("gzip in gzip", "nested.csv.gz.gz", string(gzipped(gzipped([]byte(good)))))
	refused("gzip that holds itself many times", "deep.gz", string(deep(30)))
	refused("zstd in gzip", "nested.csv.zst.gz", string(gzipped(zstded([]byte(good)))))
	refused("workbook in gzip", "list.xlsx.gz", string(gzipped(goodWorkbook())))
	made := func(name, key string, long bool, body func() io.Reader) {
		files = append(files, HostileFile{Name: name, Key: key, Body: body, Want: Refused, Long: long})
	}
	made("gzip bomb of spaces", "spaces.csv.gz", false, func() io.Reader { return gzipBomb(header, ' ', 1<<30) })
	made("gzip bomb of short rows", "bomb.csv.gz", false, func() io.Reader { return gzipBomb(header+row(0), '\n', 1<<30) })
	made("gzip bomb of NULs", "zeros.gz", false, func() io.Reader { return gzipBomb("", 0, 1<<30) })
	made("zstd bomb", "bomb.csv.zst", false, func() io.Reader { return zstdBomb(header, ' ', 1<<30) })

	// Workbooks.
	files = append(files, workbooks()...)

	// Quotation marks.
	refused("unclosed quotation mark in the header", "quote0.csv", `"`+good)
	refused("unclosed quotation mark in the first row", "quote1.csv", header+strings.Replace(row(0), "Invented", `"Invented`, 1)+rows(50))
	refused("unclosed quotation mark in the middle", "quote2.csv", header+rows(50)+strings.Replace(row(0), "Invented", `"Invented`, 1)+rows(50))
	refused("unclosed quotation mark in the last row", "quote3.csv", header+rows(50)+strings.TrimSpace(strings.Replace(row(0), "NOWHERE", `"NOWHERE`, 1)))
	refused("quotation mark closed ten rows later", "quote4.csv", header+strings.Replace(row(0), "NOWHERE CENTER", `"NOWHERE CENTER`, 1)+rows(9)+strings.Replace(row(9), "NOWHERE CENTER", `NOWHERE CENTER"`, 1)+rows(5))
	refused("quotation mark that swallows whole rows", "quote5.csv", header+strings.Replace(row(0), "NOWHERE CENTER\n", "\"NOWHERE CENTER\n", 1)+rows(2)+"\"\n"+rows(5))
	add("stray quotation marks", "stray.csv", header+strings.Replace(row(0), "Invented", `Inv"ented`, 1)+row(1)+strings.Replace(row(2), "Invented", `"Inv"ented`, 1)+row(3), Rows, 4, 2)
	add("line breaks in quotation marks", "breaks.csv", cell("NOWHERE CENTER", "\"NOWHERE\r\nCENTER\n\n\""), Rows, 2, 0)

	// Lines.
	add("lone carriage returns", "mac.csv", strings.ReplaceAll(good, "\n", "\r"), Rows, 3, 0)
	add("mixed line ends", "mixed.csv", header+row(0)+strings.Replace(row(1), "\n", "\r\n", 1)+"\n\r\n"+row(2), Rows, 3, 0)
	add("no last line end", "noend.csv", strings.TrimSuffix(good, "\n"), Rows, 3, 0)
	made("one line of 2 GiB", "line.csv", true, func() io.Reader { return io.MultiReader(strings.NewReader(header), endless('x', 2<<30)) })
	made("one cell of 2 GiB", "cell.csv", true, func() io.Reader {
		return io.MultiReader(strings.NewReader(header+`A900000001,"`), endless('\n', 2<<30))
	})
	made("2 GiB without a line end", "first.csv", true, func() io.Reader { return endless('a', 2<<30) })
	add("a cell of 100 KB", "giant.csv", cell("Invented", strings.Repeat("Invented", 12_500)), Rows, 2, 1)
	add("a row of 5,000 cells", "many.csv", header+strings.TrimSpace(row(0))+strings.Repeat(",x", 5000)+"\n"+row(1), Rows, 2, 1)

	// Characters.
	add("UTF-16", "utf16.csv", utf16le("\ufeff"+good), Rows, 3, 0)
	add("UTF-16 without a byte order mark", "bare16.csv", utf16le(good), Rows, 3, 0)
	add("UTF-16, the other order", "utf16be.csv", swap(utf16le("\ufeff"+good)), Rows, 3, 0)
	refused("UTF-16 with half a character", "odd.csv", utf16le("\ufeff"+good)+"\n")
	add("UTF-16 with broken surrogates", "surrogates.csv", strings.Replace(utf16le("\ufeff"+good), utf16le("Invented"), "I\x00\x00\xd8\x00\xd8d\x00", 1), Rows, 3, 0)
	add("Windows-1252", "ansi.csv", cell("Invented", "Mart\xednez \x96 O\x92Neil"), Rows, 2, 0)
	add("UTF-8 with one broken name", "broken.csv", header+strings.Replace(row(0), "Person", "Mar\u00eda", 1)+strings.Replace(row(1), "Invented", "Mart\xednez", 1), Rows, 2, 1)
	add("UTF-8 that breaks after 100 KB", "late.csv", header+rows(1200)+strings.Replace(row(0), "Invented", "Mart\xednez", 1), Rows, 1201, 1)
	add("text decoded twice", "mojibake.csv", cell("Invented", "MartÃ\u00adnez"), Rows, 2, 0)
	add("formulas", "formula.csv", header+strings.Replace(row(0), "NOWHERE CENTER", "=cmd|' /C calc'!A0", 1)+strings.Replace(row(1), "in_custody", "=HYPERLINK(1)", 1), Rows, 2, 1)
	add("marks of direction in a name", "bidi.csv", cell("Invented", "\u202edetnevnI\u202c"), Rows, 2, 1)
	add("marks of no width in a name", "width.csv", cell("Invented", "\u200bInv\u200dented\ufeff"), Rows, 2, 0)
	add("marks of no width in an A-number", "zero.csv", cell("A900000000", "A900\u200b000000"), Rows, 2, 1)
	add("marks of direction in an A-number", "turned.csv", cell("A900000000", "A\u202e900000000"), Rows, 2, 1)
	add("NUL in a name, late", "nul.csv", header+rows(1200)+strings.Replace(row(0), "Invented", "Inv\x00ented", 1), Rows, 1201, 1)
	add("tabs in a name", "tabs.csv", cell("Invented", "Inv\tented"), Rows, 2, 0)
	add("semicolons, with commas in cells", "semicolons.csv", strings.ReplaceAll(header, ",", ";")+
		strings.Replace(strings.ReplaceAll(row(0), ",", ";"), "NOWHERE", "CCA, NOWHERE, A, B, C", 1), Rows, 1, 0)

	// Cells.
	for i, number := range []string{"9.00E+08", "900000000.0", "-900000000", "A9000000000", "123456", "A", "９００００００００", "nine"} {
		add("A-number "+number, fmt.Sprintf("anumber%d.csv", i), cell("A900000000", number), Rows, 2, 1)
	}
	for i, born := range []string{"1980-02-30", "31/01/1980", "0001-01-01", "80-01-31", "1/31/80", "19800131", "29250", "#N/A"} {
		add("born "+born, fmt.Sprintf("born%d.csv", i), cell("1980-01-31", born), Rows, 2, 1)
	}
	for i, time := range []string{"9999-12-31", "0000-00-00", "2026-05-28 24:00:00", "2026-13-01", "2062-05-28", "13/05/2026", "yesterday", "46170.68", "2026-05-28T16:28:00+99:00"} {
		add("as of "+time, fmt.Sprintf("asof%d.csv", i), cell("2026-05-28 16:28:00", time), Rows, 2, 1)
	}
	add("a time that clocks jumped over", "gap.csv", cell("2026-05-28 16:28:00", "2026-03-08 02:30:00"), Rows, 2, 0)
	add("a time that clocks showed twice", "fold.csv", cell("2026-05-28 16:28:00", "2025-11-02 01:30:00"), Rows, 2, 0)
	add("all rows rejected", "allbad.csv", header+strings.ReplaceAll(rows(100), "in_custody", "freed"), Rows, 100, 100)
	add("columns shifted", "shifted.csv", header+strings.ReplaceAll(rows(5), ",Invented,", ",Invented,,"), Rows, 5, 5)
	add("columns moved round", "moved.csv", header+strings.ReplaceAll(rows(5), ",N,in_custody,", ",in_custody,N,"), Rows, 5, 5)
	add("the header again in the middle", "again.csv", good+header+row(3), Rows, 5, 1)
	add("a total at the end", "total.csv", good+"Total,3,,,,,,,\n", Rows, 4, 1)
	add("a title before the header", "title.csv", "Custody report\n\n"+good, Rows, 3, 0)
	refused("rows before the header", "before.csv", row(7)+good)
	add("one person 1,000 times in any order", "thousand.csv", header+shuffled(1000), Rows, 1000, 0)

	// NDJSON.
	object := func(edit ...string) string {
		return strings.NewReplacer(edit...).Replace(`{"a_number":"A900000000","last_name":"Invented","status":"in_custody","as_of":"2026-05-28T16:28:00Z","facility":null,"protected":false}`) + "\n"
	}
	add("objects", "good.ndjson", object()+object("null", `"NOWHERE"`), Rows, 2, 0)
	add("object with a list", "list.ndjson", object()+object("null", `["NOWHERE"]`), Rows, 2, 1)
	add("object in an object", "inner.ndjson", object()+object("null", `{"name":"NOWHERE"}`), Rows, 2, 1)
	add("object 10,000 deep", "deep.ndjson", object()+object("null", strings.Repeat(`{"a":`, 10_000)+"1"+strings.Repeat("}", 10_000)), Rows, 2, 1)
	add("list 400,000 deep", "deeper.ndjson", object()+object("null", strings.Repeat(`[`, 400_000)), Rows, 2, 1)
	add("keys twice", "twice.ndjson", object()+object(`"facility"`, `"Alien Number"`), Rows, 2, 1)
	add("numbers as A-numbers", "numbers.ndjson", object(`"A900000000"`, "900000000")+object(`"A900000000"`, "9.00000001E+08")+object(`"A900000000"`, "1e999999")+object(`"A900000000"`, strings.Repeat("9", 5000)), Rows, 4, 2)
	add("objects in broken UTF-8", "broken.ndjson", object("Invented", "Mart\u00ednez")+object("Invented", "Mart\xednez"), Rows, 2, 1)
	add("something behind an object", "behind.ndjson", object()+strings.TrimSpace(object())+" x\n"+strings.TrimSpace(object())+object(), Rows, 3, 2)
	add("object cut off", "cut.ndjson", object()+object()[:50], Rows, 2, 1)
	add("object with nothing known", "unknown.ndjson", object()+`{"color":"blue"}`+"\n{}\n", Rows, 3, 2)
	refused("objects of something else", "orders.ndjson", `{"order":1,"customer":"Invented Person"}`+"\n")
	refused("JSON array", "array.json", "["+strings.TrimSpace(object())+"]")
	refused("object over many lines", "pretty.json", strings.ReplaceAll(object(), ",", ",\n"))
	return files
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	must(w.Write(body))
	check(w.Close())
	return b.Bytes()
}

func zstded(body []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	check(err)
	return w.EncodeAll(body, nil)
}

// deep is gzip in gzip in gzip.
func deep(times int) []byte {
	body := []byte("a_number,status,as_of\n")
	for range times {
		body = gzipped(body)
	}
	return body
}

// gzipBomb is a few bytes that grow to n and more: a begin, then one byte again and again.
func gzipBomb(begin string, b byte, n int64) io.Reader {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	check(err)
	_, err = io.Copy(w, io.MultiReader(strings.NewReader(begin), endless(b, 4<<20)))
	check(err)
	check(w.Close())
	// Members may follow one another: the rest is one of them many times.
	member := gzipped(bytes.Repeat([]byte{b}, 4<<20))
	parts := []io.Reader{&out}
	for range n / (4 << 20) {
		parts = append(parts, bytes.NewReader(member))
	}
	return io.MultiReader(parts...)
}

func zstdBomb(begin string, b byte, n int64) io.Reader {
	frame := zstded(bytes.Repeat([]byte{b}, 4<<20))
	parts := []io.Reader{bytes.NewReader(zstded([]byte(begin)))}
	for range n / (4 << 20) {
		parts = append(parts, bytes.NewReader(frame))
	}
	return io.MultiReader(parts...)
}

// endless is one byte, n times.
func endless(b byte, n int64) io.Reader {
	return io.LimitReader(&repeated{block: bytes.Repeat([]byte{b}, 32<<10)}, n)
}

type repeated struct{ block []byte }

func (r *repeated) Read(p []byte) (int, error) { return copy(p, r.block), nil }

func noise(n int) string {
	random := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return string(b)
}

// noisyRows are rows that do not shrink much.
func noisyRows(n int) string {
	random := rand.New(rand.NewPCG(5, 6))
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(row(i), "NOWHERE", fmt.Sprintf("%X", random.Uint64()), 1))
	}
	return b.String()
}

// shuffled are rows of one person, each of another minute.
func shuffled(n int) string {
	random := rand.New(rand.NewPCG(7, 8))
	var b strings.Builder
	for _, i := range random.Perm(n) {
		b.WriteString(strings.Replace(row(0), "16:28:00", fmt.Sprintf("%02d:%02d:00", i/60, i%60), 1))
	}
	return b.String()
}

func flip(body string, at int) string {
	return body[:at] + string([]byte{body[at] ^ 0x55}) + body[at+1:]
}

func utf16le(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

func swap(text string) string {
	b := []byte(text)
	for i := 0; i+1 < len(b); i += 2 {
		b[i], b[i+1] = b[i+1], b[i]
	}
	return string(b)
}

// ole is the begin of a compound file, as old workbooks and those with a password are, with a name in its directory.
func ole(name string) string {
	return "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 504) + utf16le(name) + strings.Repeat("\x00", 512)
}

// The files are made of constants, so that a failure to make one is a fault of this package.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must(_ int, err error) { check(err) }
