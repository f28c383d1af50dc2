// Package audit keeps who has seen or changed what of a person's, when and why, and finds out when somebody tampers with that.
//
// An Entry is written before what it tells of is shown or done: whoever writes one and gets an error shows nothing. It is one
// write. Entries are never changed. Their life is a parameter of the deployment, since they are evidence for some years and
// personal data of the staff for ever after. A court that wants some of them kept longer gets all of them kept: the deployment
// turns expiry off for the whole table (AuditHold), since to give one entry another life would be to change it. The blocks stay
// for good; they hold digests and the opaque names of what the entries were about, and nobody's name.
//
// # The chain
//
// The function seal reads the entries from the table's stream and puts their digests into blocks, each of which has the digest
// of the one before. The digest of an entry is SHA-256 over all attributes of its item, whatever they are, sorted by name: their
// number, then for each its name and its value. A name is written as its length in bytes, a colon and itself (6:actors); a value
// likewise, after the letter of its type (S, N, B for true and false, 0 for null; 6:Swalter). A list is L and its length and
// then its values, a map is M and then as an item. The digest of a block is the same over the block's item without its own digest.
// Both are kept as unpadded base64 for addresses. One chain covers every subject, and Verify finds
//
//   - an entry that was changed in any way, or put back under another time,
//   - an entry that was taken out before its life was over,
//   - an entry that was put in and never passed through the stream, some minutes after,
//   - an entry that was put in under a time of a day ago or more, or of a time to come,
//   - a block that was changed, taken out, put in or replaced.
//
// It cannot find
//
//   - that the newest blocks were cut off together with their entries, nor that somebody who may write the table made the whole
//     chain anew: nothing within a table can. For that the head, its number and digest, is noted where that somebody has no hand:
//     the log of seal has each, auditors see it on their page, voicectl audit verify prints it, and it asks whether one that was
//     noted earlier is still part of the chain.
//   - that somebody who may write the table put an entry in as of now. It is sealed like any other: the chain says what was
//     there and since when, not that it is true.
//   - that an entry was never written. Whoever shows something without writing first is found by a test, not here.
//
// An entry that is taken out within the moments before it is sealed is missed as well: its record is in the stream, which nobody
// can change for a day, and seal takes it from there. Seal says at once, in its log, when an entry is changed or taken out.
//
// A stream may hand an entry out twice: then it is in two blocks, with one digest. Two digests are tampering. What seal has to
// give up after most of a day stays without a block, and Verify tells of it for as long as it is there.
package audit
