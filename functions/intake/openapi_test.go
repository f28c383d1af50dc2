package main

import (
	"net/http"
	"testing"

	"voice.example/shared/web"
	"voice.example/shared/web/openapi"
)

func TestOpenAPI(t *testing.T) {
	server, ok := newDesk(t).Handler.(*web.Server)
	if !ok {
		t.Fatal("the handler does not say its routes")
	}
	idempotent := []openapi.Param{{Name: "Idempotency-Key", Means: "Sent again with the same key, a request is done once and answered alike."}}
	wrongCode := map[int]string{
		http.StatusNotFound:            "There is no such request, or not any more.",
		http.StatusGone:                "The code is too old, or was tried wrongly too often. Ask for another.",
		http.StatusUnprocessableEntity: "The code is wrong; tries_left says how many tries are left.",
	}
	one := func(status int, means string, body any) []openapi.Answer {
		return []openapi.Answer{{Status: status, Means: means, Body: body}}
	}
	ours := map[int]string{http.StatusUnauthorized: "The token is none, or not of this subscription."}
	openapi.Check(t, openapi.Part{Function: "intake", Routes: server.Routes(), Enums: openapi.Known(), Operations: []openapi.Operation{
		{
			Method: "POST", Path: "/v1/subscriptions", Name: "subscribe", Summary: "Ask to be told of one person by text",
			Details: "Texts a code to the phone. It works before the agency knows the person, and says the same whether it does or not. Language is that of " +
				"the request unless it is named. An empty list of events, or none, stands for all.",
			Headers: idempotent, Body: wanted{}, Answers: one(http.StatusAccepted, "A code was texted.", pending{}),
		},
		{
			Method: "POST", Path: "/v1/subscriptions/{id}/verify", Name: "verify", Summary: "Confirm a phone or another contact by its code",
			Body: codeTyped{}, Answers: one(http.StatusOK, "The code was right. That of the subscriber's own phone gives the token.", confirmed{}), Problems: wrongCode,
		},
		{
			Method: "GET", Path: "/v1/subscriptions/{id}", Name: "showSubscription", Summary: "Show a subscription",
			Key: openapi.ManageToken, Answers: one(http.StatusOK, "The subscription.", shown{}), Problems: ours,
		},
		{
			Method: "PATCH", Path: "/v1/subscriptions/{id}", Name: "changeSubscription", Summary: "Change a subscription",
			Key: openapi.ManageToken, Body: changes{}, Answers: one(http.StatusOK, "The subscription as it is now.", shown{}), Problems: ours,
		},
		{
			Method: "DELETE", Path: "/v1/subscriptions/{id}", Name: "endSubscription", Summary: "End a subscription",
			Key: openapi.ManageToken, Answers: one(http.StatusNoContent, "It has ended.", nil), Problems: ours,
		},
		{
			Method: "POST", Path: "/v1/manage", Name: "askTokens", Summary: "Ask for the subscriptions of a phone",
			Details: "A phone that has any is texted a code. The answer does not tell whether it has.",
			Headers: idempotent, Body: phoneTyped{}, Answers: one(http.StatusAccepted, "If the phone has subscriptions, a code was texted.", asked{}),
		},
		{
			Method: "POST", Path: "/v1/manage/verify", Name: "giveTokens", Summary: "Get a new token for each subscription of a phone, by the code",
			Body: visitCode{}, Answers: one(http.StatusOK, "The tokens. Those before end.", managed{}), Problems: wrongCode,
		},
		{
			Method: "POST", Path: "/v1/verify", Name: "checkAlert", Summary: "Is a text really ours?",
			Details: "By the code that every alert ends in.",
			Body:    codeTyped{}, Answers: one(http.StatusOK, "It is.", sentAlert{}), Problems: map[int]string{http.StatusNotFound: "No alert ends in this code."},
		},
		{
			Method: "POST", Path: "/v1/inquiries", Name: "ask", Summary: "Ask for help",
			Details: "own_case and report_crime are answered at once with the number of those who help, and nothing else of such a request is kept.",
			Headers: idempotent, Body: question{}, Answers: one(http.StatusCreated, "The request, with the PIN to follow it by.", opened{}),
		},
		{
			Method: "POST", Path: "/v1/inquiries/search", Name: "follow", Summary: "How a request for help stands",
			Body: tracing{}, Answers: one(http.StatusOK, "The request.", traced{}),
			Problems: map[int]string{http.StatusNotFound: "There is none, the PIN is another, or it is forgotten."},
		},
	}})
}
