package roster

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Format is how a file writes its rows.
type Format string

const (
	CSV    Format = "csv"
	XLSX   Format = "xlsx"
	NDJSON Format = "ndjson"
)

// Encoding is how a file writes its characters.
type Encoding string

const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1252 Encoding = "windows-1252"
)

const (
	utf8BOM    = "\xef\xbb\xbf"
	utf16leBOM = "\xff\xfe"
	utf16beBOM = "\xfe\xff"
	zipMagic   = "PK\x03\x04"
	gzipMagic  = "\x1f\x8b"
	zstdMagic  = "\x28\xb5\x2f\xfd"
	oleMagic   = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

const uploadCSV = "Upload the data as CSV, as an Excel workbook (.xlsx), or as NDJSON."

// refused are the begins of files that are often uploaded and hold no rows that can be read.
var refused = []struct{ begin, what, fix string }{
	{"%PDF", "a PDF", uploadCSV},
	{"\x89PNG", "an image", uploadCSV},
	{"\xff\xd8\xff", "an image", uploadCSV},
	{"GIF8", "an image", uploadCSV},
	{"II*\x00", "an image", uploadCSV},
	{"MM\x00*", "an image", uploadCSV},
	{"RIFF", "an image or a recording", uploadCSV},
	{"PAR1", "a Parquet file", uploadCSV},
	{"Obj\x01", "an Avro file", uploadCSV},
	{"ARROW1", "an Arrow file", uploadCSV},
	{"SQLite format 3\x00", "a database", uploadCSV},
	{"\x00\x01\x00\x00Standard ", "a database (Access)", uploadCSV},
	{`{\rtf`, "a text document (RTF)", uploadCSV},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it and upload the file inside, or compress that with gzip or zstd."},
	{"Rar!", "a RAR archive", "Unpack it and upload the file inside, or compress that with gzip or zstd."},
	{"BZh", "a bzip2 file", "Unpack it, or compress it with gzip or zstd."},
	{"\xfd7zXZ\x00", "an xz file", "Unpack it, or compress it with gzip or zstd."},
	{"\x04\x22\x4d\x18", "an LZ4 file", "Unpack it, or compress it with gzip or zstd."},
	{"PK\x05\x06", "an empty ZIP archive", uploadCSV},
	{"PK\x07\x08", "a ZIP archive in parts", uploadCSV},
	{"\x7fELF", "a program", uploadCSV},
	{"MZ\x90\x00", "a program", uploadCSV},
	{"\xff\xfe\x00\x00", "text in UTF-32", "Save the file as CSV UTF-8."},
	{"\x00\x00\xfe\xff", "text in UTF-32", "Save the file as CSV UTF-8."},
}

// checkKind refuses what is recognisably no file of rows.
func checkKind(start []byte) error {
	if bytes.HasPrefix(start, []byte(oleMagic)) {
		if bytes.Contains(start, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00")) {
			return &FileError{Problem: "this is a workbook with a password", Fix: "Remove the password in Excel (File, Info, Protect Workbook), save and upload again."}
		}
		return &FileError{Problem: "this is an old workbook (.xls), or one with a password",
			Fix: "Save it in Excel as a workbook (.xlsx) without a password, or as CSV UTF-8, and upload that."}
	}
	for _, r := range refused {
		if bytes.HasPrefix(start, []byte(r.begin)) {
			return &FileError{Problem: "this is " + r.what + ", which cannot be read", Fix: r.fix}
		}
	}
	return nil
}

// textEncoding tells the encoding of a file's text from its begin, and how long its byte order mark is.
func textEncoding(start []byte) (Encoding, int, error) {
	switch {
	case bytes.HasPrefix(start, []byte(utf8BOM)):
		return UTF8, len(utf8BOM), nil
	case bytes.HasPrefix(start, []byte(utf16leBOM)):
		return UTF16LE, len(utf16leBOM), nil
	case bytes.HasPrefix(start, []byte(utf16beBOM)):
		return UTF16BE, len(utf16beBOM), nil
	}
	if encoding, clear := bareUTF16(start); clear {
		return encoding, 0, nil
	}
	if !looksLikeText(start) {
		return "", 0, &FileError{Problem: "this is no text file", Fix: uploadCSV}
	}
	// A file in UTF-8 with a few broken cells is still one; those cells are rejected by name.
	whole, broken := 0, 0
	for rest := start; len(rest) > 0; {
		if rest[0] < utf8.RuneSelf {
			rest = rest[1:]
			continue
		}
		r, n := utf8.DecodeRune(rest)
		switch {
		case r != utf8.RuneError || n > 1:
			whole++
		case len(rest) >= utf8.UTFMax || utf8.FullRune(rest):
			broken++
		}
		rest = rest[n:]
	}
	if broken > whole {
		return Windows1252, 0, nil
	}
	return UTF8, 0, nil
}

// bareUTF16 recognises UTF-16 without a byte order mark by a header of ASCII: every other byte is zero.
func bareUTF16(start []byte) (Encoding, bool) {
	const enough, most = 16, 128
	if len(start) < enough {
		return "", false
	}
	var zeros [2]int
	seen := min(len(start), most) &^ 1
	for i, b := range start[:seen] {
		if b == 0 {
			zeros[i&1]++
		}
	}
	switch {
	case zeros[0] == 0 && zeros[1] == seen/2:
		return UTF16LE, true
	case zeros[1] == 0 && zeros[0] == seen/2:
		return UTF16BE, true
	}
	return "", false
}

// looksLikeText is false for bytes with a NUL or with many control characters.
func looksLikeText(start []byte) bool {
	controls := 0
	for _, b := range start {
		switch {
		case b == 0:
			return false
		case b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != '\v' || b == 0x7f:
			controls++
		}
	}
	return controls <= 4+len(start)/100
}

// decodeWindows1252 turns a cell into UTF-8.
func decodeWindows1252(cell string) string {
	for i := range len(cell) {
		if cell[i] >= utf8.RuneSelf {
			text, _ := charmap.Windows1252.NewDecoder().String(cell) // it knows every byte
			return text
		}
	}
	return cell
}

// textFormat tells CSV from NDJSON, and refuses what else begins like text.
func textFormat(start []byte) (Format, error) {
	begin := strings.ToLower(string(bytes.TrimLeft(start[:min(len(start), 4096)], " \t\r\n")))
	switch {
	case strings.HasPrefix(begin, "{"):
		return NDJSON, nil
	case strings.HasPrefix(begin, "["):
		return "", &FileError{Problem: "this is one JSON array", Fix: "Write one JSON object a line (NDJSON), without the array around them."}
	case strings.HasPrefix(begin, "<?xml"):
		return "", &FileError{Problem: "this is an XML file, which cannot be read", Fix: uploadCSV}
	case strings.HasPrefix(begin, "<"):
		return "", &FileError{Problem: "this is a web page, which cannot be read", Fix: uploadCSV}
	}
	return CSV, nil
}
