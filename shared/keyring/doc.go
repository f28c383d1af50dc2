// Package keyring keeps the keys that seal fields: a keyset of Tink (AES-256-GCM), of which one key, the primary, seals, and
// all open. The keyset is itself encrypted by the deployment's KMS key and stands so in the keys table; it is in the clear
// only in the memory of a function that seals or opens, which fetches it once: one read, one call of KMS.
//
// There are two keysets. Fields is for what can be sealed anew, so that an old key can go. Audit is for the reasons in the
// audit, whose entries nothing may change once they are chained: its old keys stay until the last entry under them expires.
//
// # Rotation
//
// Rotate adds a key and makes it the primary. A function learns of it when it meets a value under a key that it does not
// know, or within Refresh; one that cannot reach the table goes on with what it has, and seals no more after Stale. So Stale
// after a rotation nothing is sealed with the old key any more. Rewriter seals anew what still is. Retire takes a key out of
// the keyset for good, once nothing is under it; voicectl keys retire looks first. What a backup holds that is older than
// that does not open any more, so a key stays for longer than backups do.
//
// # What is where
//
// Whoever has the table alone has nothing; whoever has the KMS key alone has nothing. Functions may decrypt the keyset that
// they need, which KMS checks by its encryption context {"keyset": NAME}; only escalate, which makes the keysets in a new
// deployment, and operators may encrypt one.
package keyring
