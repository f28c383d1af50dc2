// Package subscription keeps who wants to be told what: a subscription is a phone that wants one person's events.
//
// Nobody is subscribed without a one-time code that was texted to the phone (Request, then Confirm). A request
// waits in the limits table, its phone encrypted and its code hashed; only a confirmed one reaches the
// subscriptions table. There a phone has at most one subscription to a person, whose id is a keyed hash of both:
// confirming again replaces it, and no event can be told to it twice.
//
// A second phone and an e-mail address are asked in the same way, but only when the subscriber's own phone is confirmed, so
// that nobody can have strangers texted without being known to us. They wait in the limits table too, and become part
// of the subscription one by one.
//
// Whoever has lost the manage token shows that they hold the phone, by a code or a link that is texted to it, and may then
// see, change and end all of its subscriptions in a Visit.
//
// Nothing here looks at custody records, so no answer can say whether a person exists. A subscription to somebody
// who has no record yet is as good as any other.
package subscription
