package county_test

import (
	"errors"
	"strings"
	"testing"

	"voice.example/shared/county"
)

func TestFind(t *testing.T) {
	for name, test := range map[string]struct{ name, state, want string }{
		"OK":              {"Cook", "IL", "17031"},
		"Case":            {"cook county", "illinois", "17031"},
		"OtherKind":       {"Orleans County", "LA", "22071"},
		"Saint":           {"saint louis county", "MO", "29189"},
		"BothKinds":       {"St Louis", "MO", "29189 29510"},
		"City":            {"st. louis city", "MO", "29510"},
		"Baltimore":       {"Baltimore", "MD", "24005 24510"},
		"BaltimoreCounty": {"Baltimore County", "MD", "24005"},
		"Accents":         {"dona ana", "NM", "35013"},
		"NoSpace":         {"De Kalb", "GA", "13089"},
		"Apostrophe":      {"Prince Georges", "MD", "24033"},
		"CityInName":      {"James City", "VA", "51095"},
		"CarsonCity":      {"Carson City", "NV", "32510"},
		"AllStates":       {"Maricopa", "", "04013"},
		"Several":         {"Autauga", "AL", "01001"},
		"PlanningRegion":  {"Capitol", "CT", "09110"},
		"Former":          {"Fairfield", "CT", "09001"},
		"Borough":         {"Brooklyn", "NY", "36047"},
		"Washington":      {"Washington", "DC", "11001"},
		"Municipio":       {"Mayaguez", "PR", "72097"},
		"Anchorage":       {"anchorage", "AK", "02020"},
		"SaintCroix":      {"Saint Croix", "VI", "78010"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := county.Find(test.name, test.state)
			var got []string
			for _, c := range found {
				got = append(got, c.FIPS)
			}
			if err != nil || strings.Join(got, " ") != test.want {
				t.Errorf("%v, %v", found, err)
			}
		})
	}
	for name, test := range map[string]struct{ name, state string }{
		"Empty": {"", "TX"}, "NoSuch": {"Gotham", "NY"}, "OtherState": {"Cook", "TX"}, "NoState": {"Cook", "Freedonia"}, "Marks": {"--", ""},
	} {
		t.Run("ErrUnknown"+name, func(t *testing.T) {
			if found, err := county.Find(test.name, test.state); !errors.Is(err, county.ErrUnknown) {
				t.Errorf("%v, %v", found, err)
			}
		})
	}
	t.Run("EveryCountyByItsName", func(t *testing.T) {
		for _, c := range county.All() {
			found, err := county.Find(c.Name, c.State)
			if err != nil || len(found) != 1 || found[0] != c {
				t.Errorf("%s: %v, %v", c, found, err)
			}
		}
	})
}
