// Package inquiry keeps what people ask of the office, or what the office must ask of them, until somebody has seen to it.
//
// An inquiry is opened once for each reason, however often that is seen: its reference is a keyed hash of the reason.
// An inquiry waits in the queue of a field office, or in that of the whole agency where no office is known.
package inquiry
