package subscription

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"

	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/phone"
	"voice.example/shared/sms"
)

// MaxCodeWord is the most letters a code word may have. A longer one could push a text over two parts.
const MaxCodeWord = 20

// Application is what somebody asks for when they subscribe.
type Application struct {
	ANumber        custody.ANumber
	CountryOfBirth country.Code
	Phone          phone.Number
	Language       i18n.Language
	Events         []custody.Event
	Discreet       bool
	CodeWord       string
	Quiet          *Quiet       // nil for texts at any hour
	Second         phone.Number // empty for none
	Email          string       // empty for none
}

// InvalidError says which field of an application or a change cannot be taken. Problem is one of the constants
// below, for callers that word it in the reader's language.
type InvalidError struct{ Field, Problem string }

const (
	ProblemMissing  = "missing"
	ProblemUnknown  = "unknown"   // not one of the values there are, or one of them twice
	ProblemTooLong  = "too_long"  // a code word of more than MaxCodeWord letters
	ProblemNotPlain = "not_plain" // a code word with anything but Latin letters, digits and spaces
	ProblemShape    = "shape"     // an e-mail address that is none
	// ProblemAbroad is a phone of a country that is not texted: see Store.Texts.
	ProblemAbroad = "abroad"
	// ProblemSame is a second phone that is the first.
	ProblemSame = "same"
	// ProblemNotOffered is an e-mail address where this deployment sends no e-mail.
	ProblemNotOffered = "not_offered"
)

func (e *InvalidError) Error() string { return fmt.Sprintf("subscription: %s: %s", e.Field, e.Problem) }

// check returns the first thing wrong with an application, and tidies what it can.
func (s *Store) check(a *Application) error {
	switch {
	case a.ANumber == "":
		return &InvalidError{"a_number", ProblemMissing}
	case a.CountryOfBirth == "":
		return &InvalidError{"country_of_birth", ProblemMissing}
	case a.Phone == "":
		return &InvalidError{"phone", ProblemMissing}
	}
	if err := checkLanguage(a.Language); err != nil {
		return err
	}
	if err := checkEvents(a.Events); err != nil {
		return err
	}
	if err := checkCodeWord(&a.CodeWord); err != nil {
		return err
	}
	if a.Quiet != nil {
		quiet, err := s.checkQuiet(*a.Quiet, a.Phone)
		if err != nil {
			return err
		}
		a.Quiet = quiet
	}
	switch {
	case !s.Texts(a.Phone):
		return &InvalidError{"phone", ProblemAbroad}
	case a.Second != "" && a.Second == a.Phone:
		return &InvalidError{"second_phone", ProblemSame}
	case a.Second != "" && !s.Texts(a.Second):
		return &InvalidError{"second_phone", ProblemAbroad}
	}
	return s.checkEmail(&a.Email)
}

// maxEmail is the longest address that mail can be sent to.
const maxEmail = 254

func (s *Store) checkEmail(address *string) error {
	*address = strings.TrimSpace(*address)
	if *address == "" {
		return nil
	}
	if s.Mail == nil {
		return &InvalidError{"email", ProblemNotOffered}
	}
	if !ValidEmail(*address) {
		return &InvalidError{"email", ProblemShape}
	}
	return nil
}

// ValidEmail reports whether mail can be sent to an address: what stands before and after the @, with no name, comment or
// quotes around it, and nothing that could end a line of a mail's head.
func ValidEmail(address string) bool {
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address || len(address) > maxEmail {
		return false
	}
	if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	_, domain, _ := strings.Cut(address, "@")
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || label == domain || strings.Trim(label, "-") != label || strings.ContainsFunc(label, notOfDomain) {
			return false
		}
	}
	return true
}

func notOfDomain(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func checkLanguage(l i18n.Language) error {
	if parsed, ok := i18n.Parse(string(l)); !ok || parsed != l {
		return &InvalidError{"language", ProblemUnknown}
	}
	return nil
}

func checkEvents(events []custody.Event) error {
	seen := map[custody.Event]bool{}
	for _, e := range events {
		if !e.Valid() || seen[e] {
			return &InvalidError{"events", ProblemUnknown}
		}
		seen[e] = true
	}
	return nil
}

// checkCodeWord allows letters and digits only: a code word is shown in a text, where a link or a mark could
// make ours look like somebody else's. They must have a place in the GSM alphabet, accents aside, or every text of
// this subscriber would be twice as long.
func checkCodeWord(word *string) error {
	*word = strings.Join(strings.Fields(*word), " ")
	if len([]rune(*word)) > MaxCodeWord {
		return &InvalidError{"code_word", ProblemTooLong}
	}
	if _, encoding := sms.Parts(sms.Fold(*word)); encoding != sms.GSM7 {
		return &InvalidError{"code_word", ProblemNotPlain}
	}
	for _, r := range *word {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' {
			return &InvalidError{"code_word", ProblemNotPlain}
		}
	}
	return nil
}
