// Package e2e tests the whole service as its users meet it: the compiled functions, started by the local
// runner from template.yaml, and driven from outside only. Files go in through S3, people come through
// pages and JSON, texts are read from the phones, and tables are only ever looked at.
//
// What is expected is worked out here anew, not by the code under test: nothing of shared/ or functions/ is
// imported. Limits: it sees what the local runner does, which stands for AWS but is not AWS; and it kills
// processes at moments that it cannot choose exactly, so a fault may need several runs to show.
package e2e
