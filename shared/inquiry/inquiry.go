package inquiry

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
)

// State is how far an inquiry has come.
type State string

// The states.
const (
	Open     State = "open"     // nobody has it: it waits in a queue
	Assigned State = "assigned" // somebody has it
	Resolved State = "resolved" // it has been seen to
)

// Channel is how an inquiry came.
type Channel string

// The channels.
const (
	Web   Channel = "web"   // a page
	API   Channel = "api"   // JSON
	Phone Channel = "phone" // somebody called, and a member of staff wrote it down
	Text  Channel = "text"  // somebody replied to a text
	Alert Channel = "alert" // the service itself: an alert that nobody acknowledged
)

// Outcome is how an inquiry was resolved.
type Outcome string

// The outcomes.
const (
	Answered        Outcome = "answered"
	ReferredOutside Outcome = "referred_outside" // to somebody who is not of the agency, such as a shelter
	Unreachable     Outcome = "unreachable"
	Withdrawn       Outcome = "withdrawn"
	Duplicate       Outcome = "duplicate"
	OffTopic        Outcome = "off_topic" // answered at once with the number of those who can help
)

// Outcomes lists those that people may choose, the most usual first.
func Outcomes() []Outcome {
	return []Outcome{Answered, ReferredOutside, Unreachable, Withdrawn, Duplicate, OffTopic}
}

// National is the queue of inquiries that are no field office's. Operators work it off.
const National = "national"

// The most that an inquiry may hold, so that its item stays far below DynamoDB's 400 KB.
const (
	MaxEntries = 300
	MaxText    = 2000    // characters of a message or a note
	maxTexts   = 250_000 // bytes of all notes as they are sealed
)

// Inquiry is an item of the inquiries table.
type Inquiry struct {
	// Reference names it to people: nine characters, such as K7P4-QDX2.
	Reference string `dynamodbav:"reference"`
	// Version counts its changes, from 1.
	Version int `dynamodbav:"version"`
	// Cause is a keyed hash of what it was opened for.
	Cause   string  `dynamodbav:"cause"`
	Reason  Reason  `dynamodbav:"reason"`
	Channel Channel `dynamodbav:"channel"`
	State   State   `dynamodbav:"state"`
	// Office is the code of the office that it is at, or National. County is the caller's, as its FIPS code of five digits.
	Office string     `dynamodbav:"office"`
	County string     `dynamodbav:"county,omitempty"`
	Role   staff.Role `dynamodbav:"role"` // who is needed
	// Assignee is the work e-mail address of who has it, as the directory has it.
	Assignee string `dynamodbav:"assignee,omitempty"`
	// Queue and Worklist are the keys of the indexes by_queue and by_assignee: an office, or a person, and the state.
	Queue    string        `dynamodbav:"queue"`
	Worklist string        `dynamodbav:"worklist,omitempty"`
	Language i18n.Language `dynamodbav:"language"`
	OpenedAt time.Time     `dynamodbav:"opened_at"`
	// DueBy is until when somebody is to have been in contact, in RFC 3339 with whole seconds.
	DueBy          string     `dynamodbav:"due_by"`
	FirstContactAt *time.Time `dynamodbav:"first_contact_at,omitempty"`
	ResolvedAt     *time.Time `dynamodbav:"resolved_at,omitempty"`
	Outcome        Outcome    `dynamodbav:"outcome,omitempty"`
	// CallSeconds is how long a call took to be taken, by the clock of the form; 0 for other channels.
	CallSeconds int `dynamodbav:"call_seconds,omitempty"`
	// Transfers is how often it was handed to somebody else, Overdue whether nobody was in contact in time.
	Transfers int  `dynamodbav:"transfers,omitempty"`
	Overdue   bool `dynamodbav:"overdue,omitempty"`

	PhoneHash string          `dynamodbav:"phone_hash,omitempty"`
	ANumber   custody.ANumber `dynamodbav:"a_number,omitempty"`
	// SubscriptionID and AlertID are what the service itself opened it for.
	SubscriptionID string `dynamodbav:"subscription_id,omitempty"`
	AlertID        string `dynamodbav:"alert_id,omitempty"`
	// SealedContact is a Contact and SealedMessage what somebody wrote; Table.Contact and Table.Message open them.
	SealedContact string `dynamodbav:"contact,omitempty"`
	SealedMessage string `dynamodbav:"message,omitempty"`
	// MayText says that whoever asked wants to be told by text how it stands.
	MayText bool `dynamodbav:"may_text,omitempty"`
	// Told is of how many entries of the timeline they know by text, and StaffTold the staff by mail: see News and Handovers.
	Told      int     `dynamodbav:"told,omitempty"`
	StaffTold int     `dynamodbav:"staff_told,omitempty"`
	PINHash   string  `dynamodbav:"pin_hash,omitempty"`
	Timeline  []Entry `dynamodbav:"timeline,omitempty"`
	// LegalHold keeps it beyond its life. Why is in the timeline.
	LegalHold bool `dynamodbav:"legal_hold,omitempty"`
	// DueAt is when the service itself looks at it next, in RFC 3339 with whole seconds, and DueShard the key of the sparse
	// index by_due: an inquiry in which somebody has been in contact has neither.
	DueAt    string `dynamodbav:"due_at,omitempty"`
	DueShard string `dynamodbav:"due_shard,omitempty"`
	// ExpiresAt is when it is forgotten, in epoch seconds; 0 for never, as long as it is not resolved or is held.
	ExpiresAt int64 `dynamodbav:"expires_at,omitempty"`
}

// Table is the inquiries table.
type Table struct {
	Client    *dynamodb.Client
	Name      string
	Keys      *secret.Keys
	Directory Directory     // nil: there is none, and everything waits in a queue
	Terms     Terms         // within what time somebody is to be in contact
	Retention time.Duration // how long an inquiry is remembered after it was resolved
	Now       func() time.Time
}

// queue is the key of an office's inquiries in a state, worklist that of a person's.
func queue(office string, s State) string { return office + "#" + string(s) }

func worklist(person string, s State) string { return person + "#" + string(s) }

// place fills in what follows from where an inquiry is and who has it.
func (i *Inquiry) place() {
	i.Queue, i.Worklist = queue(i.Office, i.State), ""
	if i.Assignee != "" {
		i.Worklist = worklist(i.Assignee, i.State)
	}
}

// InTime reports whether somebody has been in contact, or still has time to.
func (i Inquiry) InTime(now time.Time) bool {
	return i.FirstContactAt != nil || i.State == Resolved || stamp(now) <= i.DueBy
}
