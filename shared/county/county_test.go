package county_test

import (
	"errors"
	"strings"
	"testing"

	"voice.example/shared/county"
)

func TestParse(t *testing.T) {
	for name, test := range map[string]struct{ fips, want string }{
		"County":         {"17031", "17031 Cook County, IL"},
		"Spaces":         {" 17031 ", "17031 Cook County, IL"},
		"Parish":         {"22071", "22071 Orleans Parish, LA"},
		"City":           {"24510", "24510 Baltimore city, MD"},
		"Accent":         {"35013", "35013 Doña Ana County, NM"},
		"PlanningRegion": {"09110", "09110 Capitol Planning Region, CT"},
		"District":       {"11001", "11001 District of Columbia, DC"},
		"Municipio":      {"72127", "72127 San Juan Municipio, PR"},
		"Retired":        {"46113", "46102 Oglala Lakota County, SD"},
		"Split":          {"02261", "02063 Chugach Census Area, AK"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := county.Parse(test.fips)
			if got := c.FIPS + " " + c.String(); err != nil || got != test.want || c.Former {
				t.Errorf("%s, %v, %v", got, c.Former, err)
			}
		})
	}
	t.Run("Former", func(t *testing.T) {
		if c, err := county.Parse("09001"); err != nil || c.Name != "Fairfield County" || !c.Former {
			t.Errorf("%+v, %v", c, err)
		}
	})
	for name, fips := range map[string]string{
		"Empty": "", "Four": "1001", "Six": "017031", "Letter": "1703l", "Sign": "+1703", "OtherDigits": "१७०३१",
	} {
		t.Run("ErrFIPS"+name, func(t *testing.T) {
			if c, err := county.Parse(fips); !errors.Is(err, county.ErrFIPS) {
				t.Errorf("%+v, %v", c, err)
			}
		})
	}
	for _, fips := range []string{"00000", "99999", "17000", "03001"} {
		t.Run("ErrUnknown"+fips, func(t *testing.T) {
			if c, err := county.Parse(fips); !errors.Is(err, county.ErrUnknown) {
				t.Errorf("%+v, %v", c, err)
			}
		})
	}
}

// What is known of the facts as a whole, by the Census Bureau's own counts.
func TestAll(t *testing.T) {
	all := county.All()
	count := map[string]int{}
	last := ""
	for _, c := range all {
		if c.FIPS <= last {
			t.Errorf("%s after %s", c.FIPS, last)
		}
		last = c.FIPS
		if c.Name == "" || strings.TrimSpace(c.Name) != c.Name {
			t.Errorf("%+v", c)
		}
		if c.Former {
			count["former"]++
			continue
		}
		count[c.State]++
		if s, err := county.StateOf(c.FIPS[:2]); err != nil || s.Code != c.State {
			t.Errorf("%+v is in %+v, %v", c, s, err)
		}
		if county.Current(c.FIPS) != c.FIPS {
			t.Errorf("%+v was retired", c)
		}
	}
	if len(all) != 3144+78+13+8 || count["former"] != 8 || count["PR"] != 78 || count["TX"] != 254 || count["CT"] != 9 ||
		count["AK"] != 30 || count["VA"] != 133 {
		t.Errorf("%d: %v", len(all), count)
	}
	if len(county.States()) != 56 {
		t.Errorf("%d states", len(county.States()))
	}
	for _, s := range county.States() {
		if count[s.Code] == 0 {
			t.Errorf("%s has none", s.Name)
		}
	}
}

func TestStateOf(t *testing.T) {
	for _, text := range []string{"TX", "tx", " Texas ", "TEXAS", "48"} {
		if s, err := county.StateOf(text); err != nil || s.Code != "TX" {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
	for _, text := range []string{"D.C.", "District of Columbia"} {
		if s, err := county.StateOf(text); err != nil || s.Code != "DC" {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "Tex", "XX", "03"} {
		if s, err := county.StateOf(text); !errors.Is(err, county.ErrUnknown) {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
}
