// Package inquiry keeps what people ask of the office, or what the office must ask of them, until somebody has seen to it.
//
// An inquiry is opened once for each cause, however often that is seen: its reference is a keyed hash of the cause. It is
// routed when it is opened: to the office of the caller's county and, of the people there whose role it needs, who are not
// away, to one who speaks the language, with the fewest open inquiries. Where nobody is there it waits in the national queue,
// which operators work off: nothing is unroutable. Operators work in shifts, so what needs an operator is given to none of
// them: whoever is there takes it.
//
// Every change is written on the condition that the inquiry is still as it was when it was read, in one transaction with how
// many inquiries the people concerned have. So two people cannot take the same one, and what two people do to it at the same
// time is done once: the other is told ErrTaken or ErrChanged.
//
// What was said, notes, and how to reach somebody are sealed. The lists read neither. An inquiry that was answered at once
// with another number, since it is nothing that the office does, is kept for the counts only: without a contact, a message
// or a county.
//
// Limits: up to MaxEntries things happen to an inquiry, and what is written about it has a bound: some sixty notes of the
// greatest length, MaxText characters, or hundreds of usual ones. An inquiry that nobody resolves
// is kept for ever: its life is counted from when it was resolved.
package inquiry
