package rostertest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// Part is a file in a ZIP archive. One that is repeated holds its body so many times, and ends with Tail.
type Part struct {
	Name, Body, Tail string
	Repeat           int
}

// Zip packs parts into an archive.
func Zip(parts ...Part) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.Create(p.Name)
		check(err)
		for range max(p.Repeat, 1) {
			must(f.Write([]byte(p.Body)))
		}
		must(f.Write([]byte(p.Tail)))
	}
	check(w.Close())
	return b.Bytes()
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// Workbook packs a workbook of one sheet from the XML of its sheet, its shared texts and its styles.
func Workbook(sheet, texts, styles string) []byte {
	return Zip(append(frame(`<sheet name="List" sheetId="1" r:id="rId1"/>`, ""),
		Part{Name: "xl/worksheets/sheet1.xml", Body: sheet},
		Part{Name: "xl/sharedStrings.xml", Body: texts},
		Part{Name: "xl/styles.xml", Body: styles})...)
}

// frame is what a workbook has besides sheets, texts and styles.
func frame(sheets, properties string) []Part {
	const relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	return []Part{
		{Name: "[Content_Types].xml", Body: xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{Name: "_rels/.rels", Body: xmlHead + `<Relationships><Relationship Id="rId1" Type="` + relation + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{Name: "xl/workbook.xml", Body: xmlHead + `<workbook xmlns:r="` + relation + `">` + properties + `<sheets>` + sheets + `</sheets></workbook>`},
		{Name: "xl/_rels/workbook.xml.rels", Body: xmlHead + `<Relationships>` +
			`<Relationship Id="rId1" Type="` + relation + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relation + `/worksheet" Target="/xl/worksheets/sheet2.xml"/>` +
			`<Relationship Id="rId3" Type="` + relation + `/sharedStrings" Target="sharedStrings.xml"/>` +
			`<Relationship Id="rId4" Type="` + relation + `/styles" Target="styles.xml"/></Relationships>`},
	}
}

// Sheet writes the XML of a sheet. A cell is text, unless it is XML of its own.
func Sheet(rows ...[]string) string {
	var b strings.Builder
	b.WriteString(xmlHead + "<worksheet><sheetData>")
	for i, cells := range rows {
		b.WriteString(sheetRow(i+1, cells...))
	}
	b.WriteString("</sheetData></worksheet>")
	return b.String()
}

func sheetRow(number int, cells ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, number)
	for i, cell := range cells {
		switch {
		case cell == "":
		case strings.HasPrefix(cell, "<"):
			b.WriteString(cell)
		default:
			fmt.Fprintf(&b, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+i, number, cell)
		}
	}
	b.WriteString("</row>")
	return b.String()
}

// Styles has three looks of cells: none, a day, and a day with a time of day.
const Styles = xmlHead + `<styleSheet><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts>` +
	`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`

var sheetHeader = []string{"A-Number", "Last Name", "Status", "As Of"}

func sheetRows(n int) [][]string {
	rows := [][]string{sheetHeader}
	for i := range n {
		rows = append(rows, []string{fmt.Sprintf("A%09d", 900_000_000+i), "Invented", "in_custody", "2026-05-28 16:28:00"})
	}
	return rows
}

func goodWorkbook() []byte { return Workbook(Sheet(sheetRows(3)...), xmlHead+"<sst/>", Styles) }

func workbooks() []HostileFile {
	var files []HostileFile
	add := func(name, key string, body []byte, want Verdict, rows, rejected int) {
		files = append(files, HostileFile{Name: name, Key: key, Body: func() io.Reader { return bytes.NewReader(body) }, Want: want, Rows: rows, Rejected: rejected})
	}
	refused := func(name, key string, body []byte) { add(name, key, body, Refused, 0, 0) }
	sheet := func(rows ...[]string) []byte { return Workbook(Sheet(rows...), xmlHead+"<sst/>", Styles) }
	good := goodWorkbook()

	refused("workbook cut off", "cut.xlsx", good[:len(good)*2/3])
	refused("workbook of which only the begin is left", "begin.xlsx", good[:100])
	refused("workbook with a broken sheet", "broken.xlsx", Workbook(strings.Replace(Sheet(sheetRows(3)...), "</row>", "</row", 2), "", Styles))
	refused("workbook with a sheet that ends early", "early.xlsx", Workbook(strings.TrimSuffix(Sheet(sheetRows(3)...), "</sheetData></worksheet>"), xmlHead+"<sst/>", Styles))
	refused("workbook without a sheet", "none.xlsx", Zip(frame("", "")...))
	refused("workbook with hidden sheets only", "hidden.xlsx", Zip(append(frame(`<sheet name="List" sheetId="1" state="veryHidden" r:id="rId1"/>`, ""),
		Part{Name: "xl/worksheets/sheet1.xml", Body: Sheet(sheetRows(3)...)})...))
	refused("workbook with an empty sheet", "empty.xlsx", sheet())
	refused("workbook with rows twice", "rows.xlsx", sheet(sheetHeader, []string{`</row><row r="1">`}))
	refused("workbook with a text that is not there", "text.xlsx", sheet(sheetHeader, []string{`<c r="A2" t="s"><v>5</v></c>`}))
	refused("workbook with two parts of one name", "parts.xlsx", Zip(append(frame(`<sheet r:id="rId1"/>`, ""),
		Part{Name: "xl/worksheets/sheet1.xml", Body: Sheet(sheetRows(1)...)}, Part{Name: "xl/worksheets/Sheet1.xml", Body: Sheet(sheetRows(2)...)})...))
	refused("workbook with elements 100,000 deep", "deep.xlsx", Workbook(xmlHead+"<worksheet>"+strings.Repeat("<a>", 100_000), "", Styles))
	refused("workbook with entities that grow", "entities.xlsx", Workbook(`<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>`+
		strings.Replace(Sheet(sheetRows(3)...), "Invented", "&b;", 1), "", Styles))
	add("workbook with an empty sheet before the list", "second.xlsx", Zip(append(
		frame(`<sheet name="Hidden" sheetId="3" state="hidden" r:id="rId2"/><sheet name="Cover" sheetId="1" r:id="rId1"/><sheet name="List" sheetId="2" r:id="rId2"/>`, ""),
		Part{Name: "xl/worksheets/sheet1.xml", Body: Sheet([]string{"Custody report"})},
		Part{Name: "xl/worksheets/sheet2.xml", Body: Sheet(sheetRows(3)...)})...), Rows, 3, 0)
	add("workbook with numbers and dates", "numbers.xlsx", sheet(sheetHeader,
		[]string{`<c r="A2"><v>900000001</v></c>`, "Invented", "in_custody", `<c r="D2" s="2"><v>46170.686111111111</v></c>`},
		[]string{`<c r="A3"><v>9.00000002E8</v></c>`, "Invented", "in_custody", `<c r="D3" s="1"><v>46170</v></c>`},
		[]string{`<c r="A4"><v>900000003.5</v></c>`, "Invented", "in_custody", `<c r="D4" s="2"><v>46170.5</v></c>`},
		[]string{"A900000004", "Invented", "in_custody", `<c r="D5"><v>46170.5</v></c>`}, // a number that is not said to be a date
		[]string{"A900000005", "Invented", "in_custody", `<c r="D6" s="2"><v>0.5</v></c>`},
		[]string{"A900000006", "Invented", `<c r="C7" t="e"><v>#REF!</v></c>`, "2026-05-28"}), Rows, 6, 4)
	add("workbook of 1904", "1904.xlsx", Zip(append(frame(`<sheet name="List" sheetId="1" r:id="rId1"/>`, `<workbookPr date1904="1"/>`),
		Part{Name: "xl/styles.xml", Body: Styles},
		Part{Name: "xl/worksheets/sheet1.xml", Body: Sheet(sheetHeader, []string{"A900000001", "Invented", "in_custody", `<c r="D2" s="2"><v>44708.5</v></c>`})})...), Rows, 1, 0)
	add("workbook with a cell far to the right", "wide.xlsx", sheet(sheetHeader,
		[]string{"A900000001", "Invented", "in_custody", "2026-05-28", `<c r="XFD2" t="inlineStr"><is><t>x</t></is></c>`}), Rows, 1, 1)

	// Bombs.
	bomb := func(sheets Part, more ...Part) []byte {
		return Zip(append(append(frame(`<sheet name="List" sheetId="1" r:id="rId1"/>`, ""), sheets), more...)...)
	}
	list := Part{Name: "xl/worksheets/sheet1.xml", Body: Sheet(sheetRows(1)...)}
	refused("workbook bomb: a sheet of spaces", "spaces.xlsx", bomb(Part{Name: list.Name, Body: strings.Repeat(" ", 1<<20), Repeat: 100}))
	refused("workbook bomb: a sheet of empty rows", "emptyrows.xlsx", bomb(Part{Name: list.Name,
		Body: "<worksheet><sheetData>" + strings.Repeat("<row/>", 1<<17), Repeat: 1, Tail: strings.Repeat("<row/>", 1<<23)}))
	refused("workbook bomb: shared texts", "texts.xlsx", bomb(list, Part{Name: "xl/sharedStrings.xml", Body: strings.Repeat("<si><t>x</t></si>", 1<<16), Repeat: 64}))
	refused("workbook bomb: sizes that lie", "lying.xlsx", lying())
	many := frame("", "")
	for i := range 20_000 {
		many = append(many, Part{Name: fmt.Sprintf("xl/media/%d", i)})
	}
	refused("workbook of 20,000 parts", "many.xlsx", Zip(many...))
	return files
}

// lying is a workbook whose sheet is said to be small, and is not.
func lying() []byte {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	check(err)
	body := io.MultiReader(strings.NewReader(xmlHead+"<worksheet><sheetData>"), endless(' ', 64<<20))
	_, err = io.Copy(w, body)
	check(err)
	check(w.Close())
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range frame(`<sheet name="List" sheetId="1" r:id="rId1"/>`, "") {
		f, err := z.Create(p.Name)
		check(err)
		must(f.Write([]byte(p.Body)))
	}
	f, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(binary.LittleEndian.AppendUint32(nil, 1)),
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: 500})
	check(err)
	must(f.Write(packed.Bytes()))
	check(z.Close())
	return b.Bytes()
}
