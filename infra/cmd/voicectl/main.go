// Command voicectl is how data officers, and their scripts, work with uploads: it signs in, sends a file, follows it to
// its report, and shows, approves, rejects and retracts.
//
// It knows nothing that the JSON API does not tell and may nothing that the person's role does not allow; only replay,
// restore-drill, keys and audit verify, which are for operators, go by AWS credentials instead. What it prints for people goes to standard
// output, what it says on the way to standard error; with --json standard output holds one JSON document and nothing else.
//
// Limits: a file is sent within the hour that its addresses hold, or not at all; what was sent of it is then dropped.
package main

import "os"

func main() {
	os.Exit(newProgram().run(os.Args[1:]))
}
