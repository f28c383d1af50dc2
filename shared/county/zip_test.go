package county_test

import (
	"errors"
	"fmt"
	"testing"

	"voice.example/shared/county"
)

func TestOfZIP(t *testing.T) {
	for name, test := range map[string]struct{ zip, want string }{
		"Phoenix":      {"85003", "Maricopa County, AZ"},
		"ElPaso":       {"79901", "El Paso County, TX"},
		"FirstOfAll":   {"00501", "Suffolk County, NY"},
		"Plus4":        {"60601-1234", "Cook County, IL"},
		"Spaces":       {" 60601 ", "Cook County, IL"},
		"Connecticut":  {"06103", "Capitol Planning Region, CT"},
		"StillFormer":  {"06066", "Capitol Planning Region, CT"},
		"PostBoxes":    {"77201", "Harris County, TX"},
		"Washington":   {"20500", "District of Columbia, DC"},
		"Corrected":    {"33973", "Lee County, FL"},
		"OtherState":   {"20310", "District of Columbia, DC"},
		"ByHand":       {"80020", "Broomfield County, CO"},
		"AlaskaSplit":  {"99588", "Copper River Census Area, AK"},
		"PuertoRico":   {"00601", "Adjuntas Municipio, PR"},
		"Guam":         {"96910", "Guam, GU"},
		"LastOfAlaska": {"99950", "Ketchikan Gateway Borough, AK"},
	} {
		t.Run(name, func(t *testing.T) {
			if c, err := county.OfZIP(test.zip); err != nil || c.String() != test.want {
				t.Errorf("%s, %v", c, err)
			}
		})
	}
	for name, zip := range map[string]string{"Empty": "", "Four": "8500", "Nine": "850031234", "Letters": "8500O", "Minus": "-8500",
		"Plus3": "60601-123", "PlusLetters": "60601-12a4"} {
		t.Run("ErrZIP"+name, func(t *testing.T) {
			if c, err := county.OfZIP(zip); !errors.Is(err, county.ErrZIP) {
				t.Errorf("%s, %v", c, err)
			}
		})
	}
	for name, zip := range map[string]string{"Nowhere": "00000", "Last": "99999", "Forces": "09001"} {
		t.Run("ErrUnknown"+name, func(t *testing.T) {
			if c, err := county.OfZIP(zip); !errors.Is(err, county.ErrUnknown) {
				t.Errorf("%s, %v", c, err)
			}
		})
	}
}

// Every county that there is has a ZIP code, and none is in a county that there is not any more.
func TestEveryZIP(t *testing.T) {
	count, of := 0, map[string]int{}
	for n := range 100_000 {
		zip := fmt.Sprintf("%05d", n)
		c, err := county.OfZIP(zip)
		if errors.Is(err, county.ErrUnknown) {
			continue
		}
		if again, parseErr := county.Parse(c.FIPS); err != nil || parseErr != nil || again != c || c.Former {
			t.Errorf("%s: %s, %v, %v", zip, c, err, parseErr)
		}
		count++
		of[c.FIPS]++
	}
	if count < 41_000 {
		t.Errorf("%d ZIP codes", count)
	}
	for _, c := range county.All() {
		if of[c.FIPS] == 0 && !c.Former && c.FIPS < "60000" {
			t.Errorf("%s has no ZIP code", c)
		}
	}
}
