// Package web is the face that victims see: it turns API Gateway's events into ordinary HTTP and answers with pages
// or JSON.
//
// Adapt joins net/http to the Lambda event. A Server routes, checks, logs one line a request and turns every error,
// by one mapper, into a problem document (RFC 9457) or a page. Pages are HTML that needs no script, in the reader's
// language, with the hotline and a way out on each; README.md says how they are made. CheckForm keeps other sites from
// sending our forms.
//
// Limits: no sessions of its own (a server that has some says so with Know) and no streaming; pages are compressed, JSON is not; a request body is at most MaxBody, but where
// a list or a file is sent (MaxLongBody, ReadFile, DecodeFileForm). An error that
// the mapper does not know reaches the client only as "internal"; its detail is in the log.
package web
