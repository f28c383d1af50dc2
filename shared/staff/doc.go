// Package staff says who somebody of the staff is, and what they may do.
//
// A Verifier makes an Identity of the ID token that a person's sign-in gave them: Cognito's in AWS, the local
// provider's on a developer's machine. The groups of the token are the person's roles; Identity.May decides, from one
// table, what a role may do. Nothing else in the service decides it.
//
// Limits: a token is believed until it expires. Whoever is taken out of a group, or out of the pool, keeps what they
// could do for that long; the template sets how long. A role that is not known here gives nothing.
package staff
