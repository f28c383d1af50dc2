// Command soak loads the service in every way at once while everything fails, for as long as one likes, and looks whether
// what it promises holds all the same:
//
//	make soak DURATION=10m
//	build/soak --seed 7 --duration 1m
//
// The functions are the compiled ones, on the real stores of this machine (infra/rig), in simulated time: hours pass in
// seconds. Victims look people up, subscribe, confirm, reply and ask for help; data officers upload, approve, reject and
// retract; operators work on requests; streams, queues and the minute come in batches. A fault is drawn for
// every second invocation, and hits if that makes such a call: the process dies at a call or just after, a call is throttled, fails, is cut
// off or is late, a batch is refused in part; clocks differ, and no disk takes a byte.
//
// A soak goes in rounds of some hours with people and phones of their own. Each ends with everything coming to rest, and is
// then compared with the model (infra/world) and with what is here in check.go:
//
//   - no alert is lost: whoever subscribes and has not said STOP knows where the person stands, or a failure is counted
//   - none comes twice but where its sender died, or lost the answer, between sending and noting it
//   - nobody hears of a person who is protected or a minor, and nobody who has not confirmed, or has said STOP and was heard
//   - what the brake holds changes nothing until two people have approved it
//   - the custody table says what the newest rows of the uploads say
//   - no answer is a 5xx, and no function fails, but where a fault hit
//   - requests are counted once, who saw what is an unbroken chain, and nothing personal is in a log
//
// Limits: what runs side by side (look-ups, two deliveries) is not in the same order each time, so a seed repeats what
// happens, and not every interleaving. Mail, Step Functions and the pages are not here.
package main
