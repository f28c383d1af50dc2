package subscription

import (
	"fmt"
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
}

// InvalidError says which field of an application or a change cannot be taken. Problem is one of the constants
// below, for callers that word it in the reader's language.
type InvalidError struct{ Field, Problem string }

const (
	ProblemMissing  = "missing"
	ProblemUnknown  = "unknown"   // not one of the values there are, or one of them twice
	ProblemTooLong  = "too_long"  // a code word of more than MaxCodeWord letters
	ProblemNotPlain = "not_plain" // a code word with anything but Latin letters, digits and spaces
)

func (e *InvalidError) Error() string { return fmt.Sprintf("subscription: %s: %s", e.Field, e.Problem) }

// check returns the first thing wrong with an application, and tidies its code word.
func (a *Application) check() error {
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
	return checkCodeWord(&a.CodeWord)
}

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
