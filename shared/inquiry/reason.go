package inquiry

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/staff"
)

// Reason is what an inquiry is about.
type Reason string

// What people ask for, and what the service itself asks staff to do.
const (
	CustodyStatus  Reason = "custody_status"
	Alerts         Reason = "alerts"          // something about texts
	LocalContact   Reason = "local_contact"   // somebody of the field office
	VictimServices Reason = "victim_services" // help for victims of crime
	OwnCase        Reason = "own_case"        // an immigration case of their own: others answer that
	ReportCrime    Reason = "report_crime"    // the tip line takes that
	Other          Reason = "other"

	Unanswered Reason = "unanswered_alert" // an urgent alert that nobody has acknowledged: call them
	CallMe     Reason = "call_me"          // somebody replied 2 to a text: call them
)

// Asked lists the reasons that people choose from, in the order in which they are shown. Of 4,602 calls in the first months of
// the office whose model this is, 2,515 were off-topic, 254 about a case's status and 244 about services: the two that others
// answer stand where people find them, and are answered at once.
func Asked() []Reason {
	return []Reason{CustodyStatus, Alerts, LocalContact, VictimServices, OwnCase, ReportCrime, Other}
}

// Reasons lists them all.
func Reasons() []Reason { return append(Asked(), Unanswered, CallMe) }

// OffTopic reports whether others than the office answer what is asked.
func (r Reason) OffTopic() bool { return r == OwnCase || r == ReportCrime }

// Role is who a reason needs.
func (r Reason) Role() staff.Role {
	switch r {
	case LocalContact, Unanswered:
		return staff.Officer
	case VictimServices:
		return staff.Specialist
	}
	return staff.Operator
}

// Terms is within what time somebody is to be in contact, by reason.
type Terms map[Reason]time.Duration

// usualTerm holds for a reason that Terms does not name.
const usualTerm = 24 * time.Hour

func (t Terms) of(r Reason) time.Duration {
	if d, ok := t[r]; ok {
		return d
	}
	return usualTerm
}

// errTerms is a text that is no Terms.
var errTerms = errors.New("inquiry: due times are written as reason=minutes, with commas between")

// ParseTerms reads Terms as a deployment writes them: custody_status=240,other=2880, in minutes.
func ParseTerms(text string) (Terms, error) {
	terms := Terms{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		minutes, err := strconv.Atoi(value)
		if !ok || err != nil || minutes < 1 {
			return nil, errTerms
		}
		if !slices.Contains(Reasons(), Reason(name)) {
			return nil, fmt.Errorf("inquiry: %q is no reason of an inquiry", name)
		}
		terms[Reason(name)] = time.Duration(minutes) * time.Minute
	}
	return terms, nil
}
