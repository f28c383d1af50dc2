// Package session keeps who has signed in with a browser.
//
// A session begins with a sign-in and is held by a cookie with 256 random bits. The sessions table has only a keyed hash of
// them, so whoever reads the table can be nobody. Each request uses the session by one conditional write, which says at once
// that it exists, that it was used lately enough, that it is not too old, and who it is; and notes that it was used.
//
// Limits: roles and office are those of the sign-in. Whoever is taken out of a group, or out of the pool, keeps them until
// the session is too old. All sessions of one person cannot be ended at once: they are found by their cookie alone, and an index
// for that would be written with every request.
package session
