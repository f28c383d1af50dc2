// Package custody is what VOICE knows about the people an agency holds: the custody record, the rules that
// decide what a change of it means and who may be told, and the custody table.
//
// The rules are pure functions: Disclosable (may this be shown at all), Observation.Onto (what a row makes of a record),
// Record.Unlist and Record.Retract (a roster lacks somebody, a version was wrong) and Change (which event that is, if
// any). The table applies a change only when the record still is the one that the change was planned against. Who is
// told, and how, is not known here.
package custody
