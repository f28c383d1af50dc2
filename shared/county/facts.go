package county

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// packed is the facts: text, a line for each county in the order of their codes, of three parts with "|" between: the code,
// the name, and the county's ZIP codes. Those are runs with a space between; a run is how far its first ZIP code is
// from the last of the run before (from 0 for the first), and after a "+" how many follow without a gap, if any do.
//
//go:embed facts.gz
var packed []byte

// facts is packed, unpacked.
type facts struct {
	counties []County
	zips     *[100_000]uint16 // ZIP code → index into counties, and one; 0 for none
}

// read unpacks the facts the first time. They are part of the program, so a fault in them is one of whoever built it.
var read = sync.OnceValue(func() facts {
	f, err := unpack(packed)
	if err != nil {
		panic(err)
	}
	return f
})

func unpack(packed []byte) (facts, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return facts{}, fmt.Errorf("county: unpacking the facts: %w", err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		return facts{}, fmt.Errorf("county: unpacking the facts: %w", err)
	}
	codes := map[string]string{}
	for _, s := range states {
		codes[s.FIPS] = s.Code
	}
	f := facts{counties: make([]County, 0, 3400), zips: new([100_000]uint16)}
	for line := range strings.Lines(string(text)) {
		fips, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		name, runs, ok := strings.Cut(rest, "|")
		if !ok || !fiveDigits(fips) || codes[fips[:2]] == "" {
			return facts{}, fmt.Errorf("county: line %d of the facts is none", len(f.counties)+1)
		}
		f.counties = append(f.counties, County{FIPS: fips, Name: name, State: codes[fips[:2]],
			Former: fips < "09110" && fips[:2] == "09"})
		if err := mark(f.zips, runs, uint16(len(f.counties))); err != nil {
			return facts{}, fmt.Errorf("county: line %d of the facts: %w", len(f.counties), err)
		}
	}
	return f, nil
}

// mark notes the county of the ZIP codes of some runs.
func mark(zips *[100_000]uint16, runs string, county uint16) error {
	zip := 0
	for run := range strings.FieldsSeq(runs) {
		gap, follow, long := strings.Cut(run, "+")
		first, err := strconv.Atoi(gap)
		if err != nil {
			return err
		}
		more := 0
		if long {
			if more, err = strconv.Atoi(follow); err != nil {
				return err
			}
		}
		zip += first
		if first < 0 || more < 0 || zip+more >= len(zips) {
			return fmt.Errorf("a run ends outside of all ZIP codes")
		}
		for range more + 1 {
			zips[zip] = county
			zip++
		}
		zip--
	}
	return nil
}
