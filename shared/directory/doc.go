// Package directory knows the agency's offices, which counties each is for, and the people who work there. Supervisors load it
// from files; nothing of it is in the code.
//
// A file is read whole or not at all: a directory is small, and a half-loaded one routes people wrongly. Plan says what a
// file would change, Apply does that and nothing else. Read has the whole directory in one call of DynamoDB; what is
// asked of it then (OfficeOf, Candidates, Choose) asks nobody.
//
// The table holds, by entry and id:
//
//	office    code             name, phone
//	county    state, 2 digits  offices: a map from county to office
//	person    e-mail address   name, role, office, languages, phone, the absence that the file says
//	absence   e-mail address   the absence that the person says
//	load      e-mail address   open: how many inquiries they have now; assigned_at: when they last got one
//	edition   offices, people  who loaded which file when, and a count of how often any was
//
// Counties are kept by state, so that one item tells the office of a county, and whether the state has only one.
//
// Limits: MaxBytes and MaxRows of a file. The whole directory is read at once, which a hundred offices and a thousand people
// make about 300 KB. Whom a file leaves out is gone from the directory, and keeps what inquiries they have.
package directory
