package custody

import "strings"

// Outcome is what an agency's release reason says of a person.
type Outcome struct {
	Status    Status
	InTransit bool // left one facility for another, not yet booked in there
	Protected bool // the reason itself shows a person whom the law protects
}

var (
	transferred = Outcome{Status: InCustody, InTransit: true}
	unchanged   = Outcome{Status: InCustody}
	removed     = Outcome{Status: Removed}
	released    = Outcome{Status: Released}
	departed    = Outcome{Status: Departed}
	juvenile    = Outcome{Status: TransferredOut, Protected: true}
)

// reasons maps the agency's own release reasons, folded by foldReason, to what they mean here.
// Source: DESIGN section 5, after the reasons found in the agency's detention records.
var reasons = map[string]Outcome{
	"transferred":                            transferred,
	"processing disposition changed locally": unchanged,

	"removed":         removed,
	"title 42 return": removed,

	"paroled":                              released,
	"paroled - fear found":                 released,
	"paroled - humanitarian":               released,
	"paroled - public benefit":             released,
	"order of recognizance":                released,
	"order of recognizance - humanitarian": released,
	"order of supervision":                 released,
	"order of supervision - no slrrff":     released,
	"order of supervision - humanitarian":  released,
	"order of supervision - re-release":    released,
	"bonded out - ij":                      released,
	"bonded out - field office":            released,
	"relief granted by ij":                 released,
	"proceedings terminated":               released,

	"voluntary departure": departed,
	"voluntary return":    departed,
	"withdrawal":          departed,

	"u.s. marshals or other agency (explain in detention comments)": {Status: TransferredOut},
	"u.s. marshals or other agency":                                 {Status: TransferredOut},

	"died":    {Status: Deceased},
	"escaped": {Status: Escaped},

	"orr - office of refugee resettlement": juvenile,
	"orr-runaway":                          juvenile,
}

// ParseReason says what a release reason means. Case, doubled spaces and the kind of dash do not matter.
// The second result is false for a reason that is not known, which must be reported by name and never guessed.
func ParseReason(text string) (Outcome, bool) {
	outcome, ok := reasons[foldReason(text)]
	return outcome, ok
}

func foldReason(text string) string {
	text = strings.NewReplacer("–", "-", "—", "-", "‑", "-", "\u00a0", " ").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}
