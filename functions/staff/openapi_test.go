package main

import (
	"net/http"
	"testing"

	"voice.example/shared/directory"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/upload"
	"voice.example/shared/volume"
	"voice.example/shared/web"
	"voice.example/shared/web/openapi"
)

func TestOpenAPI(t *testing.T) {
	server, ok := newOffice(t).Handler.(*web.Server)
	if !ok {
		t.Fatal("the handler does not say its routes")
	}
	one := func(status int, means string, body any) []openapi.Answer {
		return []openapi.Answer{{Status: status, Means: means, Body: body}}
	}
	page := []openapi.Param{{Name: "after", Means: "The next of the page before."}, {Name: "limit", Means: "1 to 100; 25 if it is not said.", Value: 0}}
	period := []openapi.Param{{Name: "from", Means: "The first day, as 2026-06-01."}, {Name: "to", Means: "The last day."}, {Name: "per", Means: "day if it is not said.", Value: volume.PerDay}}
	noUpload := map[int]string{http.StatusNotFound: "There is no such upload, or not yet."}
	noDecision := map[int]string{http.StatusNotFound: "There is no such upload.", http.StatusConflict: "It cannot be decided so; the code says why, and state how far it is."}
	noInquiry := map[int]string{http.StatusNotFound: "There is no such request, or not any more.", http.StatusConflict: "Somebody else has it, or has changed it since the version seen."}
	operations := []openapi.Operation{
		{Method: "GET", Path: "/v1/staff/sign-in", Name: "signInPlace", Summary: "Where staff sign in", Answers: one(http.StatusOK, "Nothing of it is secret.", signInPlace{})},
		{Method: "GET", Path: "/v1/staff/me", Name: "me", Summary: "Who has signed in, and what they may do", Answers: one(http.StatusOK, "Whoever asks.", me{})},
		{
			Method: "POST", Path: "/v1/staff/uploads", Name: "beginUpload", Summary: "Begin to upload a file",
			Details: "PUT each part to its address, within an hour, and keep the ETags for the next request.",
			Body:    beginning{}, Answers: one(http.StatusCreated, "Where to put the parts.", begun{}),
		},
		{Method: "POST", Path: "/v1/staff/uploads/complete", Name: "completeUpload", Summary: "All parts have arrived", Body: completing{}, Answers: one(http.StatusOK, "Asked again, the same.", completed{})},
		{Method: "POST", Path: "/v1/staff/uploads/abort", Name: "abortUpload", Summary: "Give an upload up that was begun", Body: aborting{}, Answers: one(http.StatusNoContent, "Its parts are dropped.", nil)},
		{
			Method: "GET", Path: "/v1/staff/uploads", Name: "listUploads", Summary: "The uploads, the latest first",
			Query:   append([]openapi.Param{{Name: "state", Means: "Those of one state only.", Value: upload.Held}}, page...),
			Answers: one(http.StatusOK, "One page of them.", uploadList{}),
		},
		{Method: "GET", Path: "/v1/staff/uploads/{id}", Name: "showUpload", Summary: "One upload", Answers: one(http.StatusOK, "As far as it is.", upload.Upload{}), Problems: noUpload},
		{Method: "GET", Path: "/v1/staff/uploads/{id}/plan", Name: "showPlan", Summary: "What an upload would change", Query: page, Answers: one(http.StatusOK, "One page of it.", upload.Page{}), Problems: noUpload},
		{Method: "GET", Path: "/v1/staff/uploads/{id}/report", Name: "showReport", Summary: "What became of an upload", Answers: one(http.StatusOK, "The summary, and links to the files.", report{}), Problems: noUpload},
		{
			Method: "POST", Path: "/v1/staff/uploads/{id}/approve", Name: "approveUpload", Summary: "Approve the plan of an upload that is held",
			Details: "Two people have to, neither of whom sent the file.",
			Body:    approval{}, Answers: one(http.StatusOK, "Sent again, it counts once.", upload.Upload{}), Problems: noDecision,
		},
		{Method: "POST", Path: "/v1/staff/uploads/{id}/reject", Name: "rejectUpload", Summary: "Reject an upload that is held", Body: decision{}, Answers: one(http.StatusOK, "Nothing of it is applied.", upload.Upload{}), Problems: noDecision},
		{
			Method: "POST", Path: "/v1/staff/uploads/{id}/retract", Name: "retractUpload", Summary: "Take an upload back that was applied",
			Details: "Whoever was told by it is sent a correction.", Body: decision{}, Problems: noDecision,
			Answers: []openapi.Answer{{Status: http.StatusCreated, Means: "The upload that takes it back.", Body: upload.Upload{}}, {Status: http.StatusOK, Means: "It was taken back before, by this one.", Body: upload.Upload{}}},
		},
		{Method: "GET", Path: "/v1/staff/feeds", Name: "listFeeds", Summary: "The sources of files, and when each was last heard", Answers: one(http.StatusOK, "All of them.", feedList{})},
		{Method: "PUT", Path: "/v1/staff/feeds/{name}", Name: "expectFeed", Summary: "How often files of a source are expected", Body: expectation{}, Answers: one(http.StatusOK, "The source.", source{})},
		{
			Method: "POST", Path: "/v1/staff/people/search", Name: "searchPeople", Summary: "What is known of somebody, and why it may not be told",
			Details: "By A-number one person; record is null for somebody who may not be disclosed until why says why, in ten characters or more. By name their A-numbers.",
			Body:    question{}, Answers: one(http.StatusOK, "The person, or by name their A-numbers.", openapi.Either{person{}, peopleNamed{}}),
			Problems: map[int]string{http.StatusNotFound: "There is no record of this person."},
		},
		{
			Method: "POST", Path: "/v1/staff/inquiries", Name: "logCall", Summary: "Write down what a caller asks for",
			Headers: []openapi.Param{{Name: "Idempotency-Key", Means: "Sent again with the same key, a call is logged once."}},
			Body:    call{}, Answers: one(http.StatusCreated, "The request.", loggedCall{}),
		},
		{
			Method: "GET", Path: "/v1/staff/inquiries", Name: "listInquiries", Summary: "A queue of requests",
			Query: append([]openapi.Param{
				{Name: "queue", Means: "mine, national or an office; mine if it is not said."},
				{Name: "state", Means: "open if it is not said, of one's own assigned.", Value: inquiry.Open},
				{Name: "sort", Means: "due, or -due for the latest first."},
				{Name: "reason", Means: "Those of one reason only.", Value: inquiry.CustodyStatus},
				{Name: "language", Means: "Those of one language only.", Value: i18n.English},
			}, page...),
			Answers: one(http.StatusOK, "One page of it. Nobody can be known by it.", inquiryList{}),
		},
		{
			Method: "GET", Path: "/v1/staff/inquiries/{reference}", Name: "showInquiry", Summary: "One request, with how it is safe to reach whoever asked",
			Headers: []openapi.Param{{Name: "Voice-Why", Means: "Why one looks, in ten characters or more: wanted of who neither has it nor is of its office."}},
			Answers: one(http.StatusOK, "All of it.", full{}), Problems: noInquiry,
		},
		{
			Method: "POST", Path: "/v1/staff/inquiries/{reference}/{act}", Name: "workInquiry", Summary: "Do something with a request",
			Details: "act is take, put-back, contacted, tried, note, refer, resolve, reopen, hold or unhold.",
			Body:    order{}, Answers: one(http.StatusOK, "The request as it is now.", summary{}), Problems: noInquiry,
		},
		{Method: "GET", Path: "/v1/staff/directory", Name: "listDirectory", Summary: "The offices and people", Answers: one(http.StatusOK, "All of it.", wholeDirectory{})},
		{
			Method: "PUT", Path: "/v1/staff/directory/{kind}", Name: "loadDirectory", Summary: "Load a file of the directory",
			Details: "kind is offices or people. Ask for the plan with dry_run=1 first, then send the very file again with the plan's hash.",
			Query: []openapi.Param{{Name: "dry_run", Means: "1 for the plan alone."}, {Name: "plan", Means: "The plan_hash of the plan."},
				{Name: "anyway", Means: "1 to load one that removes more than half."}},
			Body: "", BodyType: "text/csv", Answers: one(http.StatusOK, "The plan, or what was loaded.", openapi.Either{directory.Plan{}, directory.Edition{}}),
			Problems: map[int]string{http.StatusConflict: "It is another plan by now, or removes more than half.", http.StatusUnprocessableEntity: "Nothing of the file can be used."},
		},
		{
			Method: "PUT", Path: "/v1/staff/absence", Name: "setAbsence", Summary: "When whoever asks is away", Body: directory.Absence{},
			Answers: one(http.StatusOK, "The days, both included.", directory.Absence{}), Problems: map[int]string{http.StatusConflict: "The directory does not have whoever asks."},
		},
		{Method: "GET", Path: "/v1/staff/volumes", Name: "listVolumes", Summary: "How many requests there were", Query: period, Answers: one(http.StatusOK, "Counts, never people.", volumeReport{})},
		{Method: "GET", Path: "/v1/staff/delivery", Name: "listDelivery", Summary: "What became of alerts", Query: period, Answers: one(http.StatusOK, "Counts, never people.", deliveryReport{})},
		{
			Method: "POST", Path: "/v1/staff/audit/search", Name: "searchAudit", Summary: "Who saw or changed what",
			Details: "Exactly one of a_number, inquiry, upload, phone, actor and subject.", Body: auditSearch{}, Answers: one(http.StatusOK, "One page of the entries, the latest first.", auditFound{}),
		},
	}
	for i, o := range operations {
		if o.Name != "signInPlace" {
			operations[i].Key = openapi.Staff
		}
	}
	openapi.Check(t, openapi.Part{Function: "staff", Routes: server.Routes(), Enums: openapi.Known(), Operations: operations})
}
