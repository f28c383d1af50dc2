// Package alert is the ledger of what was told to whom, and the words it was told in.
//
// An alert is one event for one subscription, and its id is made of both, so that it can exist only once. Its life is
// in the alerts table: planned → claimed → sent, or failed, or opted_out. Each step is one conditional write:
//
//	Plan    writes the alert if it is not there. Doing it again changes nothing.
//	Claim   takes a planned alert for a lease, or one whose lease ran out because its holder died.
//	Settle  records what became of it, if the claim is still ours.
//	Release gives a claim back, when a text certainly did not go.
//	Receipt records what a carrier said of a text, and Acknowledge that the subscriber has read it.
//
// TakeBack, of a version that was retracted, sees to it that an alert which has not gone never goes, and tells whether
// there is something to correct.
//
// A process that dies between a text and Settle leaves a claim behind; after the lease another process sends the
// text again. So a crash can repeat a text once, and can never lose one.
//
// Whatever waits has the moment when it is due, in the sparse index by_due: a text that quiet hours or a transfer hold, a job
// that may have been lost on its way, an urgent text that nobody has acknowledged. Due lists what is due; escalate works it off
// each minute. An urgent alert that stays unacknowledged goes through the steps of its Schedule: the same text again, then the
// second contact, then an inquiry for an officer; an acknowledgement, a STOP, the end of the subscription or newer news ends that.
//
// Compose words an alert so that it fits in two parts of a text message in every language, its code among them. Told says
// of a code whether, and when, an alert that ends in it was sent.
package alert
