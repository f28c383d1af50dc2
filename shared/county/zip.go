package county

import (
	"strconv"
	"strings"
)

// OfZIP gives the county of a ZIP code: of most of its addresses, as far as that is known; the package's comment says how far. The
// four digits of a ZIP+4 and spaces are read over. Errors: ErrZIP, and ErrUnknown for five digits that are no ZIP code
// of a place.
func OfZIP(zip string) (County, error) {
	zip = strings.TrimSpace(zip)
	if first, more, long := strings.Cut(zip, "-"); long && len(more) == 4 && strings.Trim(more, "0123456789") == "" {
		zip = first
	}
	if !fiveDigits(zip) {
		return County{}, ErrZIP
	}
	number, err := strconv.Atoi(zip)
	if err != nil {
		return County{}, ErrZIP
	}
	f := read()
	at := f.zips[number]
	if at == 0 {
		return County{}, ErrUnknown
	}
	return f.counties[at-1], nil
}
