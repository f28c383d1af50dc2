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
	openapi.Check(t, openapi.Part{Function: "status", Routes: server.Routes(), Enums: openapi.Known(), Operations: []openapi.Operation{{
		Method: "POST", Path: "/v1/custody/search", Name: "searchCustody", Summary: "Is somebody in custody?",
		Details: "By A-number and country of birth, or by name and country of birth. It is a POST so that no A-number is part of an address. " +
			"Somebody who may not be disclosed is answered for like somebody whom nobody knows: minors and people whom the law protects.",
		Body:     query{},
		Answers:  []openapi.Answer{{Status: http.StatusOK, Means: "Whoever was found.", Body: results{}}},
		Problems: map[int]string{http.StatusNotFound: "Nobody is found, or nobody who may be disclosed."},
	}}})
}
