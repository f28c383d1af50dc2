// Command county makes shared/county/facts.gz, the counties of the United States and the ZIP codes of each:
//
//	go run ./infra/county -out shared/county/facts.gz FOLDER
//
// The folder holds four files, which the comment of shared/county names the sources of:
//
//   - US.txt: GeoNames' postal codes of the United States, as GeoNames gives them out: fields between tabs.
//   - counties.csv: the Census Bureau's county codes: statefp, countyfp, name.
//   - zip_county.csv: which counties HUD's crosswalk has addresses of a ZIP code in: zip, fips; a line for each pair.
//   - places.csv: the place that a ZIP code of Puerto Rico is named for: zip, place.
//
// Other columns of the last three are not read.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "facts.gz", "the file to write")
	flag.Parse()
	if err := run(flag.Arg(0), *out); err != nil {
		fmt.Fprintln(os.Stderr, "county:", err)
		os.Exit(1)
	}
}

func run(folder, out string) error {
	s, err := readSources(filepath.Clean(folder))
	if err != nil {
		return err
	}
	made := s.join()
	text, err := made.text()
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	fmt.Printf("%d counties, %d ZIP codes (%d corrected, %d by hand; %d of islands), %d bytes\n", len(made.names), len(made.county),
		made.corrected, made.byHand, made.islands, packed.Len())
	return os.WriteFile(out, packed.Bytes(), 0o644)
}
