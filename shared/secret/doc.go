// Package secret hashes, and seals what people carry, with keys that are derived from the one data key of a deployment; and
// it seals what tables keep of people, with keys that are rotated.
//
//   - A hash (HMAC) is for finding or comparing and cannot be turned back: phones, one-time codes, tokens and the ids that
//     reach logs are hashed for a purpose each, so that equal inputs of two purposes do not look alike.
//   - Seal and Open are for what leaves us and comes back: tokens, cookies, places in lists. A program may hold one for as
//     long as a subscription lasts, so the key under them stays.
//   - SealField and OpenField are for what stays with us: phones, contacts, what people wrote. Their keys are those of
//     package keyring, which KMS guards and which are rotated. What was sealed by Seal before there were such keys still
//     opens, until it has been sealed anew.
//
// # The data key is not rotated
//
// A hash cannot be made again from what it was made of, where that is not kept: an opt-out is a hash and nothing else, and
// with another key nobody would know any more who said STOP. Nor would a subscription be found by its phone, or a person by
// the entries of the audit. Losing the data key loses all of that; fields still open.
//
// Should it have become known, what it protects is this: whoever also has a copy of the tables can find out which phones are
// in them, by trying all; and can make tokens, which still are good for nothing without their hash in the table. It is then
// replaced so: (1) a second data key is deployed beside it, under which everything new is hashed and by which is looked up
// first, the old one second; (2) what can be computed anew is: phones of subscriptions and inquiries are opened and hashed
// anew, which changes a subscription's id too, so with everybody's manage tokens; (3) opt-outs stay under the old key, which
// is kept for looking them up and nothing else, until each phone has been texted to or has said STOP again. None of this is
// built: it takes reading every item, and no figure of ours says that it is worth having before it is needed.
package secret
