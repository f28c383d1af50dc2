package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"voice.example/shared/county"
)

// sources are the facts as their publishers give them, without the codes that were retired.
type sources struct {
	names   map[string]string   // county → name
	geo     map[string]string   // ZIP → county, by GeoNames
	listed  map[string][]string // ZIP → counties, by HUD, in its order
	placeOf map[string]string   // ZIP → place
}

func readSources(folder string) (*sources, error) {
	s := &sources{names: map[string]string{}, geo: map[string]string{}, listed: map[string][]string{}, placeOf: map[string]string{}}
	if err := s.readGeoNames(filepath.Join(folder, "US.txt")); err != nil {
		return nil, err
	}
	err := readCSV(filepath.Join(folder, "counties.csv"), []string{"statefp", "countyfp", "name"}, func(row []string) {
		if fips := row[0] + row[1]; county.Current(fips) == fips {
			s.names[fips] = row[2]
		}
	})
	if err != nil {
		return nil, err
	}
	err = readCSV(filepath.Join(folder, "zip_county.csv"), []string{"zip", "fips"}, func(row []string) {
		// Where the list has a code that was retired, it is older than GeoNames.
		if zip, fips := pad(row[0]), pad(row[1]); county.Current(fips) == fips {
			s.listed[zip] = append(s.listed[zip], fips)
		}
	})
	if err != nil {
		return nil, err
	}
	err = readCSV(filepath.Join(folder, "places.csv"), []string{"zip", "place"}, func(row []string) { s.placeOf[pad(row[0])] = row[1] })
	return s, err
}

// readGeoNames reads lines of: country, ZIP code, place, state's name, state, county's name, county's three digits, and more. A line
// without a state is an address of the armed forces.
func (s *sources) readGeoNames(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) < 7 {
			return fmt.Errorf("%s: a line of %d fields", path, len(fields))
		}
		state, err := county.StateOf(fields[4])
		if fields[4] == "" || fields[6] == "" || err != nil {
			continue
		}
		s.geo[fields[1]] = county.Current(state.FIPS + fields[6])
	}
	return lines.Err()
}

// readCSV calls yield with the cells of the named columns of each row.
func readCSV(path string, columns []string, yield func(row []string)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	in := csv.NewReader(file)
	header, err := in.Read()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			return fmt.Errorf("%s: no column %s", path, name)
		}
	}
	for {
		cells, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		row := make([]string, len(at))
		for i, column := range at {
			row[i] = cells[column]
		}
		yield(row)
	}
}

// pad gives a code the zeros back that a spreadsheet took.
func pad(code string) string {
	return strings.Repeat("0", max(0, 5-len(code))) + code
}
