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

	SearchPeople    Action = "search_people"    // look a person in custody up, and be told why they are not shown to victims
	LogCalls        Action = "log_calls"        // write down what a caller asks for
	ReadInquiries   Action = "read_inquiries"   // queues and inquiries; of which office, shared/inquiry decides
	WorkInquiries   Action = "work_inquiries"   // take, note, contact, hand over, resolve
	AssignInquiries Action = "assign_inquiries" // give any inquiry to anybody
	HoldInquiries   Action = "hold_inquiries"   // keep an inquiry beyond its life, for a court
	ReadDirectory   Action = "read_directory"   // offices, and who works there
	SetDirectory    Action = "set_directory"    // load the files that say so
	SetAbsence      Action = "set_absence"      // say when one is away oneself
	ReadVolumes     Action = "read_volumes"     // how many inquiries of what kind; no person
	ReadDelivery    Action = "read_delivery"    // what became of texts, in numbers; no person
	ReadAudit       Action = "read_audit"       // who has seen or changed what
)

// Actions lists them all.
func Actions() []Action {
	return []Action{Upload, ReadUploads, ReadPlans, Approve, Reject, Retract, ReadFeeds, SetFeeds,
		SearchPeople, LogCalls, ReadInquiries, WorkInquiries, AssignInquiries, HoldInquiries,
		ReadDirectory, SetDirectory, SetAbsence, ReadVolumes, ReadDelivery, ReadAudit}
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
	// Whoever talks to callers looks people up, writes down what was asked, and works on it.
	SearchPeople:  {Operator, Officer, Specialist, Supervisor},
	LogCalls:      {Operator, Officer, Specialist, Supervisor},
	ReadInquiries: {Operator, Officer, Specialist, Supervisor},
	WorkInquiries: {Operator, Officer, Specialist, Supervisor},
	// Handing over what is one's own is work; giving away what others have, or keeping it for a court, is leading.
	AssignInquiries: {Supervisor},
	HoldInquiries:   {Supervisor},
	ReadDirectory:   {DataOfficer, Operator, Officer, Specialist, Supervisor, Auditor},
	SetDirectory:    {Supervisor},
	SetAbsence:      {Operator, Officer, Specialist, Supervisor},
	ReadVolumes:     {Supervisor, Auditor},
	ReadDelivery:    {DataOfficer, Operator, Officer, Specialist, Supervisor, Auditor},
	// Only for those who watch: whoever is watched should not know how.
	ReadAudit: {Auditor},
}

// May reports whether any of the person's roles allows an action. What is not in the table is allowed to nobody.
func (i Identity) May(a Action) bool {
	return slices.ContainsFunc(allowed[a], i.Has)
}
