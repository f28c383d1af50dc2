package directory

import "time"

// Kind is what a file holds.
type Kind string

const (
	OfficesFile Kind = "offices"
	PeopleFile  Kind = "people"
)

// Edition is a file that was loaded: who did so, when, and what came of it.
type Edition struct {
	// Version counts the files of its kind that were loaded, from 1. A plan is for one version.
	Version  int       `dynamodbav:"version" json:"version"`
	At       time.Time `dynamodbav:"at" json:"at"`
	By       string    `dynamodbav:"by" json:"by"` // a member of staff's subject
	ByName   string    `dynamodbav:"by_name" json:"by_name"`
	FileHash string    `dynamodbav:"file_hash" json:"file_hash"` // SHA-256 of the file's bytes, hexadecimal
	PlanHash string    `dynamodbav:"plan_hash" json:"plan_hash"`
	Rows     int       `dynamodbav:"rows" json:"rows"`
	Added    int       `dynamodbav:"added" json:"added"`
	Changed  int       `dynamodbav:"changed" json:"changed"`
	Removed  int       `dynamodbav:"removed" json:"removed"`
	// Unfinished says that loading it began and did not end: part of it may be there. Load the file again.
	Unfinished bool `dynamodbav:"unfinished,omitempty" json:"unfinished,omitempty"`
}
