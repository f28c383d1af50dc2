package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// facts is what the sources say together.
type facts struct {
	names  map[string]string // county → name
	county map[string]string // ZIP → county

	// How many ZIP codes are elsewhere than GeoNames has them, by HUD's list and by hand, and how many it does not have.
	corrected, byHand, islands int
}

// newer are the counties that the list of 2020 lacks. Source: the Census Bureau's codes of 2022, and its list of changes.
var newer = map[string]string{
	"02063": "Chugach Census Area", "02066": "Copper River Census Area",
	"09110": "Capitol Planning Region", "09120": "Greater Bridgeport Planning Region",
	"09130": "Lower Connecticut River Valley Planning Region", "09140": "Naugatuck Valley Planning Region",
	"09150": "Northeastern Connecticut Planning Region", "09160": "Northwest Hills Planning Region",
	"09170": "South Central Connecticut Planning Region", "09180": "Southeastern Connecticut Planning Region",
	"09190": "Western Connecticut Planning Region",
	"11001": "District of Columbia",
	"78010": "St. Croix Island", "78020": "St. John Island", "78030": "St. Thomas Island",
}

// byHand are ZIP codes that GeoNames has in a county which they cannot be in, and where they are. Each is the county or the
// planning region of the town that the ZIP code is named for, by the state's own list of towns.
var byHand = map[string]string{
	// In a former county of Connecticut: Redding, Washington (two), Middlefield, East Lyme, Bozrah, Vernon, Mansfield (two),
	// Willington, Thompson.
	"06875": "09190", "06777": "09160", "06794": "09160", "06481": "09130", "06333": "09180", "06334": "09180",
	"06066": "09110", "06268": "09110", "06269": "09110", "06279": "09110", "06255": "09150",
	// In the county that Broomfield left in 2001, or by HUD.
	"80020": "08014", "80023": "08014", "80038": "08014",
	"96742": "15005", // Kalaupapa: Kalawao
	// Towns of Georgia: Colquitt: Miller; Georgetown: Quitman; Cuthbert: Randolph; Cairo: Grady; Arlington: Calhoun; Climax:
	// Decatur; Donalsonville: Seminole.
	"39837": "13201", "39854": "13239", "39840": "13243", "39828": "13131", "39813": "13037", "39834": "13087", "39845": "13253",
	// And elsewhere: Andalusia: Covington; Mantee: Webster; Newport: Rock; Lee: Strafford; Claremore: Rogers; the east of Saint
	// Cloud: Sherburne.
	"36421": "01039", "39751": "28155", "68759": "31149", "03861": "33017", "74019": "40131", "56304": "27141",
}

// islands are the first three digits of the ZIP codes of Puerto Rico and the Virgin Islands, which GeoNames does not have in its file
// of the United States.
var islands = []string{"006", "007", "008", "009"}

// farther are the ZIP codes of the Pacific. HUD's list has Guam's in American Samoa.
var farther = map[string]string{
	"96799": "60050", // Pago Pago: Western District
	"96910": "66010", "96912": "66010", "96913": "66010", "96915": "66010", "96916": "66010", "96917": "66010", "96919": "66010",
	"96921": "66010", "96923": "66010", "96928": "66010", "96929": "66010", "96931": "66010", "96932": "66010", // Guam
	"96950": "69110", "96951": "69100", "96952": "69120", // Saipan, Rota, Tinian
}

func (s *sources) join() *facts {
	f := &facts{names: map[string]string{}, county: map[string]string{}}
	for fips, name := range s.names {
		if fips[:2] != "74" { // Midway, where nobody lives
			f.names[fips] = name
		}
	}
	maps.Copy(f.names, newer)
	states := s.states()
	for zip, fips := range s.geo {
		listed := s.listed[zip]
		if right, ok := byHand[zip]; ok {
			fips = right
			f.byHand++
		} else if len(listed) == 1 && listed[0] != fips && fips[:2] != "09" && listed[0][:2] == states[zip[:3]] {
			fips = listed[0]
			f.corrected++
		}
		f.county[zip] = fips
	}
	for zip, fips := range farther {
		f.county[zip] = fips
		f.islands++
	}
	for zip := range s.placeOf {
		s.listed[zip] = append(s.listed[zip], s.named(zip)...)
	}
	for zip, listed := range s.listed {
		if _, known := f.county[zip]; known || len(listed) == 0 || !slices.Contains(islands, zip[:3]) {
			continue
		}
		f.county[zip] = listed[0]
		if named := s.named(zip); len(named) == 1 {
			f.county[zip] = named[0]
		}
		f.islands++
	}
	return f
}

// states gives the state of most ZIP codes that begin with the same three digits. Where HUD's one county of a ZIP code is in
// another, as of the government's own in Washington, the ZIP code stays where it is.
func (s *sources) states() map[string]string {
	counts := map[string]map[string]int{}
	for zip, fips := range s.geo {
		if counts[zip[:3]] == nil {
			counts[zip[:3]] = map[string]int{}
		}
		counts[zip[:3]][fips[:2]]++
	}
	most := map[string]string{}
	for first, states := range counts {
		for _, state := range slices.Sorted(maps.Keys(states)) {
			if states[state] > states[most[first]] {
				most[first] = state
			}
		}
	}
	return most
}

// named gives the municipio of Puerto Rico that has the name of a ZIP code's place, if one has.
func (s *sources) named(zip string) []string {
	for fips, name := range s.names {
		if fips[:2] == "72" && plain(name) == plain(s.placeOf[zip])+" municipio" {
			return []string{fips}
		}
	}
	return nil
}

// plain is a Spanish name as lists write it that have no accents.
func plain(name string) string {
	return strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n").Replace(strings.ToLower(name))
}

// text is the facts as shared/county reads them.
func (f *facts) text() ([]byte, error) {
	zips := map[string][]int{}
	for zip, fips := range f.county {
		number, err := strconv.Atoi(zip)
		if err != nil || f.names[fips] == "" {
			return nil, fmt.Errorf("ZIP code %q is in %q, which is no county", zip, fips)
		}
		zips[fips] = append(zips[fips], number)
	}
	var text bytes.Buffer
	for _, fips := range slices.Sorted(maps.Keys(f.names)) {
		slices.Sort(zips[fips])
		fmt.Fprintf(&text, "%s|%s|%s\n", fips, f.names[fips], runs(zips[fips]))
	}
	return text.Bytes(), nil
}

// runs writes sorted numbers as gaps, and how many follow each without one.
func runs(numbers []int) string {
	var out []string
	last := 0
	for i := 0; i < len(numbers); {
		end := i
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		run := strconv.Itoa(numbers[i] - last)
		if end > i {
			run += "+" + strconv.Itoa(end-i)
		}
		out = append(out, run)
		last, i = numbers[end], end+1
	}
	return strings.Join(out, " ")
}
