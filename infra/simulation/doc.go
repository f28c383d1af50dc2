// Package simulation holds the test that looks for lost, wrong and repeated alerts: it drives random interleavings of
// changes, subscriptions, opt-outs, crashes, throttles, lost answers, and repeated and reordered deliveries against the
// deployed binaries and the real stores (infra/rig), has everything come to rest, and compares what each phone has
// received with what a model of the service says (infra/world).
//
// A run is a list of operations, each with its own fault. rapid shortens one that fails, and keeps it in testdata/, from
// where every later test runs it first. More and longer runs than the usual few:
//
//	go test ./infra/simulation -rapid.checks=2000 -rapid.steps=60 -timeout 0
package simulation
