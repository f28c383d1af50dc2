// Command bench measures the service on this machine. README.md has the figures. There are three benches:
//
//	bench --functions    the functions as Lambda runs them, against Python and against the bare calls (functions*.go)
//	bench [flags]        the upload pipeline, against other ways of loading a file (ingest*.go)
//	bench --alerts       the way from a change to its text: time, calls, units, memory and cost (alerts*.go)
//
// Everything they share is in files without such a beginning: the invented people (people.go), the DynamoDB and S3
// (stage.go), a process measured by another (measure.go), what is said of the machine (machine.go). peer has what others
// would write, in Python; floor the least that any program must do, in Go.
//
// Uploads: every load is a process of its own, so that its CPU seconds and peak memory are its own alone (measure.go).
// They read the same rows, write the same attributes to tables made from template.yaml, and share one DynamoDB. After each
// load the table is compared with what the generator knows, and a difference ends the bench with an error.
//
// The tables have no streams unless --streams says so. On AWS a stream costs a writer neither time nor units; dynoxide
// takes longer for each write the more records there are in any stream, so that with them this would measure nothing else.
//
// The bench of alerts drives the functions themselves, through infra/rig: it is their event source, so that nothing waits
// for a poll, and it counts what they call. It fails when a phone does not have just the one text.
//
// Limits: the DynamoDB is a program on the same machine unless DYNAMODB_ENDPOINT says otherwise. It takes part of the
// processors, and answers sooner than a network would: trust the ratios and the units, not the seconds.
package main
