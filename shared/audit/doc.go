// Package audit keeps who has seen or changed what of a person's, when and why, and finds out when somebody tampers with that.
//
// An Entry is written before what it tells of is shown or done: whoever writes one and gets an error shows nothing. It is one
// write. Entries are never changed; their life is a parameter of the deployment, since they are evidence for some years and
// personal data of the staff for ever after.
//
// # The chain
//
// The function seal reads the entries from the table's stream and puts their digests into blocks, each of which has the digest
// of the one before. The digest of an entry is SHA-256 over all attributes of its item, whatever they are, sorted by name: for
// each, the length of the name and the name, the type's letter, and the value likewise (a list: its length and its values, a
// map: as an item). The digest of a block is the same over the block's item without its own digest. So one chain covers every
// subject, and Verify finds
//
//   - an entry that was changed in any way, or put back under another time,
//   - an entry that was taken out before its life was over,
//   - an entry that was put in and never passed through the stream, some minutes after,
//   - a block that was changed, taken out, put in or replaced.
//
// It cannot find that the newest blocks were cut off together with their entries, nor that somebody who may write the table
// made the whole chain anew: nothing within a table can. For that the head, its number and digest, is noted where that
// somebody has no hand: the log of seal has each, and verify asks whether one that was noted earlier is still part of the
// chain. An entry that is deleted within the moments before it is sealed is missed as well, but its record is in the stream,
// which nobody can change for a day, and seal takes it from there.
//
// A stream may hand an entry out twice: then it is in two blocks, with one digest. Two digests are tampering.
package audit
