// Package upload takes a file of custody updates from the bucket to the custody table, in steps that can each be read on
// one screen and that survive being killed between any two lines:
//
//	claim     one worker at a time has an upload, for a lease (claim.go)
//	validate  every row becomes an observation or a reject; per person the latest counts (validate.go)
//	diff      observations are compared with the table; what says nothing new is not written (diff.go)
//	plan      the exact changes, in plans/UPLOAD_ID.ndjson; from here on the file is not read again (plan.go)
//	apply     each change by a conditional write, with checkpoints (apply.go)
//	report    reports/UPLOAD_ID/: summary.json and rejects.csv (report.go)
//
// An upload is one version of one object. Its id is made from that, so the same object announced twice is one upload,
// and an upload that is done stays done.
//
// Limits: the latest row of every person in a file, and the plan, are in memory until the plan is written: about 6 kB
// for each person who changes, so that a file may change about 150,000 people in the function's gigabyte. A plan must
// be ready within one attempt; after MaxSlow attempts that ran out of time the upload fails, and says so. What DynamoDB
// consumed in an attempt that was killed is missing from the report's figures.
package upload
