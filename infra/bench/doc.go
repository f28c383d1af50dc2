// Command bench compares ways of loading a file of custody updates into one DynamoDB: the service's own pipeline, what people
// usually write in Go and in Python, and the least that any program would have to do. README.md has the figures.
//
//	bench [flags]            the comparison, as a table
//	bench --large [flags]    a dry run of one large file, to see that memory stays flat
//	bench --alerts [flags]   from a change to its text: time, calls, units, memory and cost
//
// Every load is a process of its own, so that its CPU seconds and peak memory are its own alone (measure.go). They read
// the same rows, write the same attributes to tables made from template.yaml, and share one DynamoDB. After each load
// the table is compared with what the generator knows, and a difference ends the bench with an error.
//
// The tables have no streams unless --streams says so. On AWS a stream costs a writer neither time nor units; dynoxide
// takes longer for each write the more records there are in any stream, so that with them this would measure nothing else.
//
// The bench of alerts (alerts*.go) drives the functions themselves, through infra/rig: it is their event source, so that
// nothing waits for a poll, and it counts what they call. It fails when a phone does not have just the one text.
//
// Limits: the DynamoDB is a program on the same machine unless DYNAMODB_ENDPOINT says otherwise. It takes part of the
// processors, and answers sooner than a network would: trust the ratios and the units, not the seconds.
package main
