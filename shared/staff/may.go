package staff

import "slices"

// Action is something that a role may allow.
type Action string

// The actions.
const (
	Upload      Action = "upload"       // send a file of custody updates
	ReadUploads Action = "read_uploads" // the list of uploads: states, counts and brake figures, no person
	ReadPlans   Action = "read_plans"   // who a plan would change, and what the rejects of a report say
	Approve     Action = "approve"
	Reject      Action = "reject"
	Retract     Action = "retract"
	ReadFeeds   Action = "read_feeds" // when each feed last came
	SetFeeds    Action = "set_feeds"  // how often a feed is expected
)

// Actions lists them all.
func Actions() []Action {
	return []Action{Upload, ReadUploads, ReadPlans, Approve, Reject, Retract, ReadFeeds, SetFeeds}
}

// allowed is the whole of who may do what. That nobody approves what they uploaded themselves, and that it takes two,
// is a rule of uploads and not of roles.
var allowed = map[Action][]Role{
	Upload:  {DataOfficer, Supervisor},
	Approve: {DataOfficer, Supervisor},
	Reject:  {DataOfficer, Supervisor},
	Retract: {DataOfficer, Supervisor},
	// How fresh the data is, and whether a file is being held, is what callers ask of everybody who talks to them.
	ReadUploads: {DataOfficer, Supervisor, Auditor, Operator, Officer, Specialist},
	ReadFeeds:   {DataOfficer, Supervisor, Auditor, Operator, Officer, Specialist},
	// Plans and reports name people in custody, protected ones too: only for those whose work they are.
	ReadPlans: {DataOfficer, Supervisor, Auditor},
	// A feed that is expected less often is watched less: not something to do alone at night, nor for every officer.
	SetFeeds: {Supervisor},
}

// May reports whether any of the person's roles allows an action. What is not in the table is allowed to nobody.
func (i Identity) May(a Action) bool {
	return slices.ContainsFunc(allowed[a], i.Has)
}
