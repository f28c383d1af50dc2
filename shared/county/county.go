package county

import (
	"errors"
	"slices"
	"strings"
)

// Why a text is no county. None repeats the text.
var (
	ErrFIPS    = errors.New("county: a county's code has five digits")
	ErrZIP     = errors.New("county: a ZIP code has five digits")
	ErrUnknown = errors.New("county: not known")
)

// County is a county, or what the Census Bureau counts as one.
type County struct {
	FIPS  string // five digits
	Name  string // as the Census Bureau writes it: "Cook County", "Orleans Parish", "Baltimore city", "Capitol Planning Region"
	State string // the postal service's code, such as "IL"
	// Former says that it has no government and no code in newer data: the eight counties that Connecticut counted by until
	// 2022. People still name them. No ZIP code is in one.
	Former bool
}

// String gives "Cook County, IL".
func (c County) String() string { return c.Name + ", " + c.State }

// Parse reads a county's code, spaces around it removed. A code that was retired gives the county that has its place. Errors:
// ErrFIPS, and ErrUnknown for a code that is nobody's.
func Parse(fips string) (County, error) {
	fips = strings.TrimSpace(fips)
	if !fiveDigits(fips) {
		return County{}, ErrFIPS
	}
	f := read()
	i, ok := slices.BinarySearchFunc(f.counties, Current(fips), func(c County, code string) int { return strings.Compare(c.FIPS, code) })
	if !ok {
		return County{}, ErrUnknown
	}
	return f.counties[i], nil
}

// All lists the counties by code, the former ones among them.
func All() []County { return slices.Clone(read().counties) }

// Current gives the code that took the place of one that was retired, and any other code back as it is.
func Current(fips string) string {
	if newer, ok := retired[fips]; ok {
		return newer
	}
	return fips
}

// retired are the codes that the Census Bureau has retired since 1990, and what has their place; of several, the one with most
// of the people. Source: the bureau's list of substantial changes to counties. Connecticut's are no such list: each of its
// former counties lies in several planning regions.
var retired = map[string]string{
	"02201": "02198", // Prince of Wales-Outer Ketchikan: Prince of Wales-Hyder
	"02232": "02105", // Skagway-Hoonah-Angoon: Hoonah-Angoon
	"02261": "02063", // Valdez-Cordova: Chugach, and Copper River
	"02270": "02158", // Wade Hampton: Kusilvak
	"02280": "02195", // Wrangell-Petersburg: Petersburg, and Wrangell
	"12025": "12086", // Dade: Miami-Dade
	"30113": "30031", // Yellowstone National Park: Gallatin, and Park
	"46113": "46102", // Shannon: Oglala Lakota
	"51515": "51019", // Bedford city: Bedford County
	"51560": "51005", // Clifton Forge city: Alleghany County
	"51780": "51083", // South Boston city: Halifax County
}

func fiveDigits(text string) bool {
	return len(text) == 5 && strings.Trim(text, "0123456789") == ""
}
