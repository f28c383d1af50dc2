// Command bench compares ways of loading a file of custody updates into one DynamoDB: the service's own pipeline, what people
// usually write in Go and in Python, and the least that any program would have to do. README.md has the figures.
//
//	bench [flags]            the comparison, as a table
//	bench --large [flags]    a dry run of one large file, to see that memory stays flat
//
// Every load is a process of its own, so that its CPU seconds and peak memory are its own alone (measure.go). They read
// the same rows, write the same attributes to tables made from template.yaml, and share one DynamoDB. After each load
// the table is compared with what the generator knows, and a difference ends the bench with an error.
//
// The tables have no streams unless --streams says so. On AWS a stream costs a writer neither time nor units; dynoxide
// takes longer for each write the more records there are in any stream, so that with them this would measure nothing else.
//
// Limits: the DynamoDB is a program on the same machine unless DYNAMODB_ENDPOINT says otherwise. It takes part of the
// processors, and answers sooner than a network would: trust the ratios and the units, not the seconds.
package main
