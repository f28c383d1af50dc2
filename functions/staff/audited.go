package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"voice.example/shared/audit"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
)

// note writes down that somebody sees or does something, before it is shown or done, with the reason that they gave. When it
// cannot be written, the handler returns the error and shows nothing.
func (h *handler) note(ctx context.Context, who staff.Identity, e audit.Entry, why string) error {
	if lambda, ok := lambdacontext.FromContext(ctx); ok {
		e.RequestID = lambda.AwsRequestID
	}
	return h.audit.Write(ctx, e.By(who), why)
}

// noted is a handler before which it is written down who does what to an upload, or to something that there is one of.
func (h *handler) noted(action audit.Action, what string, subject func(r *http.Request) string, next handlerFunc) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
		if err := h.note(r.Context(), who, audit.Entry{Subject: subject(r), Action: action, What: what}, ""); err != nil {
			return err
		}
		return next(w, r, who)
	}
}

// ofUpload is the upload that a request's path names.
func ofUpload(r *http.Request) string { return audit.Upload(r.PathValue("id")) }

// of is a subject that does not depend on the request.
func of(subject string) func(*http.Request) string {
	return func(*http.Request) string { return subject }
}

// noteDenied writes down that somebody was refused something. They are refused it whether or not that can be written.
func (h *handler) noteDenied(r *http.Request, who staff.Identity, action staff.Action) {
	e := audit.Entry{Subject: audit.Console, Action: audit.Denied, What: string(action) + ": " + r.Pattern}
	// What a path names, if it can be such a name: anything else that somebody wrote there is not kept.
	if id := r.PathValue("id"); uploadShape.MatchString(id) {
		e.Subject = audit.Upload(id)
	} else if reference, ok := secret.ParseReference(r.PathValue("reference")); ok {
		e.Subject = audit.Inquiry(reference)
	}
	if err := h.note(r.Context(), who, e, ""); err != nil {
		slog.ErrorContext(r.Context(), "a denial was not written down", "error", err)
	}
}

// audited marks a route whose handler writes down what it shows or changes. A test holds the list of those that do not.
func audited(g guarded) guarded {
	g.audited = true
	return g
}
