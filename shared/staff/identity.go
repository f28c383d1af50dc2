package staff

import "slices"

// Role is what somebody's work is. The groups of the user pool are named like them.
type Role string

// The roles.
const (
	DataOfficer Role = "data-officer" // uploads files of custody updates, and reviews those of others
	Operator    Role = "operator"     // answers the hotline
	Officer     Role = "officer"      // community relations officer
	Specialist  Role = "specialist"   // victim assistance specialist
	Supervisor  Role = "supervisor"   // leads them, and stands in for any data officer
	Auditor     Role = "auditor"      // sees everything of the work and changes nothing
)

// Roles lists them all.
func Roles() []Role {
	return []Role{DataOfficer, Operator, Officer, Specialist, Supervisor, Auditor}
}

// Identity is somebody of the staff.
type Identity struct {
	// Subject tells a person from every other and never changes. It is what uploads, decisions and logs name.
	Subject string
	Name    string
	// Email is the person's address at work, in small letters: by it the directory knows them. It is empty while the provider
	// has not made sure that it is theirs.
	Email string
	// Office is where the directory has them; "" where it does not know them, and for a token that it was not asked about.
	Office string
	Roles  []Role
}

// Has reports whether the person has a role.
func (i Identity) Has(r Role) bool { return slices.Contains(i.Roles, r) }
