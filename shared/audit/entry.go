package audit

import (
	"strings"
	"time"

	"voice.example/shared/secret"
	"voice.example/shared/staff"
)

// Action is what somebody did.
type Action string

// The actions.
const (
	Viewed   Action = "view"
	Searched Action = "search"
	Changed  Action = "change"
	Decided  Action = "decide" // on an upload
	Exported Action = "export"
	Deleted  Action = "delete"
	Denied   Action = "denied" // somebody was refused it
)

// Whoever is not of the staff.
const (
	Holder  = "holder"  // of a phone, about what is held of it
	Service = "service" // VOICE itself
)

// Entry is one thing that somebody saw or did.
type Entry struct {
	// Subject is what it was about: a kind and an opaque id, as Person and its siblings make them.
	Subject string `dynamodbav:"subject"`
	// At is when, in RFC 3339 with nanoseconds and UTC, and four random letters, since two may be at the same moment.
	At string `dynamodbav:"at"`
	// Actor is the subject of a member of staff, or Holder or Service; ActorName and Email are what they were called and where
	// they had their mail then. An address may be somebody else's later, a subject never.
	Actor     string       `dynamodbav:"actor"`
	ActorName string       `dynamodbav:"actor_name,omitempty"`
	Email     string       `dynamodbav:"email,omitempty"`
	Roles     []staff.Role `dynamodbav:"roles,omitempty"`
	Action    Action       `dynamodbav:"action"`
	// What says in words what was seen or done. It holds nothing of a person.
	What string `dynamodbav:"what"`
	// SealedWhy is the reason that they gave; Log.Why opens it.
	SealedWhy string `dynamodbav:"why,omitempty"`
	RequestID string `dynamodbav:"request_id,omitempty"`
	ExpiresAt int64  `dynamodbav:"expires_at"`
}

// When is At as a time.
func (e Entry) When() time.Time {
	text, _, _ := strings.Cut(e.At, "#")
	at, _ := time.Parse(time.RFC3339Nano, text) // the zero time of what is none
	return at
}

// By fills in who did it.
func (e Entry) By(who staff.Identity) Entry {
	e.Actor, e.ActorName, e.Email, e.Roles = who.Subject, who.Name, who.Email, who.Roles
	return e
}

// The kinds of subjects that there are many of.
const (
	KindPerson  = "custody"
	KindInquiry = "inquiry"
	KindUpload  = "upload"
	KindPhone   = "phone"
)

// Person is the subject of what is known of somebody in custody: a keyed hash, since an A-number names them.
func Person(keys *secret.Keys, aNumber string) string {
	return KindPerson + "#" + keys.Hash("audit/custody", aNumber)
}

// Inquiry is the subject of an inquiry, by its reference.
func Inquiry(reference string) string { return KindInquiry + "#" + reference }

// Upload is the subject of an upload.
func Upload(id string) string { return KindUpload + "#" + id }

// Phone is the subject of all that is held of a phone, by the phone's hash.
func Phone(hash string) string { return KindPhone + "#" + hash }

// Kind takes a subject apart. One that there is one of is a kind by itself.
func Kind(subject string) (kind, id string) {
	kind, id, _ = strings.Cut(subject, "#")
	return kind, id
}

// IsSubject reports whether an entry can be about it.
func IsSubject(text string) bool {
	switch kind, id := Kind(text); kind {
	case KindPerson, KindInquiry, KindUpload, KindPhone:
		return id != "" && len(id) <= maxID
	case Directory, Uploads, Volumes, Feeds, Audits, Console:
		return text == kind
	}
	return false
}

// maxID is how long an id can be, in bytes.
const maxID = 100

// The subjects that there is one of.
const (
	Directory = "directory"
	Uploads   = "uploads"
	Volumes   = "volumes"
	Feeds     = "feeds"
	Audits    = "audit"   // looking into the audit itself
	Console   = "console" // what is about nobody, such as being refused a page
)
