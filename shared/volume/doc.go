// Package volume counts, by day, what the office does, so that it knows its volume without looking anything up.
//
// # The table
//
// One item holds the counters of one series on one day of the agency's zone. A counter is a numeric attribute, and its
// name is a word, or a dimension and a value, such as reason:custody_status. Values are codes of the service's own; what
// does not look like one is counted as "unknown", so that no phone number, A-number, address or full name can become one.
//
//	series "inquiries", of those that were opened on the day:
//	  opened                          how many
//	  reason:R channel:C office:O language:L
//	                                  the same by each; office is the one that has the inquiry now
//	  first_contact                   with how many somebody has been in contact
//	  first_contact:B                 the same by how long that took, see Buckets
//	  first_contact_seconds           how long all of these took together
//	  transfers                       how often they were handed to somebody else
//	  overdue                         with how many nobody was in contact in time
//	  calls:HH call_seconds:HH        those that were calls, and how long the operator's form was open, by the hour of the
//	                                  day, 00 to 23
//	and of those that were resolved on the day, whenever they were opened:
//	  resolved outcome:O
//
//	series "alerts", by what became of alerts on the day, whenever they were planned:
//	  planned:E sent:E delivered:E failed:E opted_out:E acknowledged:E
//	                                  by the event that they tell
//	  failed_by:O opted_out_by:O      by the outcome, which says why
//
//	series "standing", of now and no day: one item, "inquiries", of counters: open, assigned, overdue; and one, "service",
//	that escalate writes every minute: see Service.
//
// # Exactly once
//
// Streams deliver at least once. What a record of a stream adds is written in one transaction with a marker of the record
// (series "counted", day = the record's id), on the condition that there is none: a record that comes again adds
// nothing. Markers go after MarkerLife, which is longer than anything can come again.
//
// The package knows neither inquiries nor alerts: functions/volumes turns their images into Changes. So it stays on the
// lowest floor, and whoever shows figures needs nothing of the tables they came from.
//
// # What is made of the counters
//
// Days and Sum read them, Staffing says how many operators the calls need, and Quarter prepares a quarter for
// publication, in which nobody can be recognised by a small number.
package volume
