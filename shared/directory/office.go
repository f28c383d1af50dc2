package directory

// National is where inquiries go that are no office's, and the office of people who work for the whole country.
const National = "national"

// Office is a field office.
type Office struct {
	Code     string   // capital letters and digits, such as "PHO"
	Name     string   // "Phoenix Field Office"
	Phone    string   // E.164, or "" where none is known
	Counties []string // FIPS codes, in order; those that the Census Bureau has retired under their new ones
}
