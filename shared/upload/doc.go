// Package upload takes a file of custody updates from the bucket to the custody table, in steps that can each be read on
// one screen and that survive being killed between any two lines:
//
//	claim     one worker at a time has an upload, for a lease (item.go)
//	look      how large the file is, and into how many ranges and parts it is cut (split.go)
//	validate  each range: every row becomes an observation or a reject; observations go to the parts (validate.go)
//	diff      each part: a person's rows together, against the table; what says nothing new is not written (diff.go)
//	plan      the exact changes, in plans/UPLOAD_ID/, and their hash; the file is not read again (plan.go)
//	brake     a plan that would do too much is held until people decide (brake.go, decide.go)
//	apply     each change by a conditional write, with checkpoints (apply.go)
//	report    reports/UPLOAD_ID/: summary.json, rejects.csv, what else there is to say (report.go)
//
// run.go has them one after the other, for one worker; machine.go the same ones for a state machine that does the units
// of a step side by side. An upload is one version of one object. Its id is made from that, so the same object announced
// twice is one upload, and an upload that is done stays done. Two uploads can come of another: the people whom a roster
// lacks (missing.go), and what takes an upload back (retraction.go).
//
// Memory: one range, or one part, at a time. A range is RangeBytes of the file, and what is read of it goes to the bucket
// when SpoolBytes are together. A part holds about as many rows as PartBytes of a file do, some 12,500, with their records
// and changes. All rows of one person go to the same part, by a hash of the A-number, so that no step needs more than a
// part; a file of 10 million rows is 99 ranges and 787 parts. A file that cannot be cut, such as a compressed one, is one
// range and 128 parts. GOMEMLIMIT in template.yaml makes Go's collector keep to it; make bench-ingest-large measures it.
//
// Limits: what DynamoDB consumed in an attempt that was killed is missing from the report's figures. One unit of work
// must fit into an attempt; after MaxSlow attempts that end within the same unit the upload fails, and says so.
package upload
