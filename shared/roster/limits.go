package roster

import (
	"fmt"
	"time"
)

// What a file may ask of the machine that reads it, where Options say nothing else. An honest file comes near none of
// these; each is there so that a file made to hurt is refused before it does.
const (
	DefaultRowBytes     = 1 << 20   // of one row, line breaks inside its cells included
	DefaultColumns      = 1000      // of one row
	DefaultUnpacked     = 32 << 30  // bytes of a file once it is decompressed
	DefaultRatio        = 200       // bytes decompressed from one byte, after the first MiB
	DefaultWorkbook     = 256 << 20 // bytes of a workbook as it is uploaded
	DefaultWorkbookBody = 4 << 30   // bytes of all parts of a workbook, decompressed
	DefaultParts        = 10_000    // of a workbook
	DefaultTexts        = 40 << 20  // bytes of memory for the texts that cells of a workbook share

	// maxCell is the most bytes that a cell of a known column may have.
	maxCell = 1000

	// freeRatio is how much may come out of a decompressor before the ratio counts: small files of equal rows shrink a lot.
	freeRatio = 1 << 20
)

// Options is what a file does not say of itself, and what it may ask for. A limit of zero means the default.
type Options struct {
	Zone   *time.Location // of times that name none; UTC if nil
	Now    time.Time
	Future time.Duration // how far ahead of Now a time may lie

	// The limits; the defaults say what each is about.
	RowBytes     int
	Columns      int
	Unpacked     int64
	Ratio        int64
	Workbook     int64
	WorkbookBody int64
	Parts        int
	Texts        int
}

func (o Options) withDefaults() Options {
	orDefault(&o.RowBytes, DefaultRowBytes)
	orDefault(&o.Columns, DefaultColumns)
	orDefault(&o.Unpacked, DefaultUnpacked)
	orDefault(&o.Ratio, DefaultRatio)
	orDefault(&o.Workbook, DefaultWorkbook)
	orDefault(&o.WorkbookBody, DefaultWorkbookBody)
	orDefault(&o.Parts, DefaultParts)
	orDefault(&o.Texts, DefaultTexts)
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return o
}

func orDefault[T int | int64](limit *T, value T) {
	if *limit <= 0 {
		*limit = value
	}
}

// size writes a number of bytes for people.
func size(n int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.bytes {
			return fmt.Sprintf("%d %s", n/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
