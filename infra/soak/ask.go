package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	"voice.example/infra/rig"
)

// asking is one request to the API.
type asking struct {
	function     string // that answers it
	name         string // for the tally
	method, path string
	body         any    // nil: none
	token        string // of staff
	key          string // of idempotency
}

func (a asking) http() *http.Request {
	text := ""
	if a.body != nil {
		raw, err := json.Marshal(a.body)
		if err != nil {
			panic(err) // maps of texts
		}
		text = string(raw)
	}
	r := httptest.NewRequest(a.method, a.path, strings.NewReader(text))
	if a.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
		r.Header.Set("Voice-Why", "to see that all is well")
	}
	if a.key != "" {
		r.Header.Set("Idempotency-Key", a.key)
	}
	return r
}

// send sends a request, which meets a fault, until it is answered: whoever has a phone in their hand tries again, and then
// nothing goes wrong. The texts that came of it are known to the model.
func (w *round) send(a asking, f rig.Fault) *httptest.ResponseRecorder {
	for range 3 {
		r := w.Begin(a.function, f)
		answer, result := w.Ask(a.http(), f)
		r.Result = result
		w.tally.invoked(a.name, f, result)
		w.tally.count("HTTP requests", 1)
		w.Runs[result.Number] = r
		w.Jot("%s %d, %v, hit %v: %d %v", a.name, result.Number, f, result.Hit, answer.Code, result.Err)
		if answer.Code < http.StatusInternalServerError {
			return answer
		}
		w.brokenOnlyByFaults(a.name, answer, result)
		f = rig.Fault{}
	}
	w.stage.Errorf("%s is not answered, although nothing goes wrong any more", a.name)
	return httptest.NewRecorder()
}

// brokenOnlyByFaults checks an answer that is a 5xx.
func (w *round) brokenOnlyByFaults(name string, answer *httptest.ResponseRecorder, result rig.Result) {
	w.tally.count("HTTP 5xx, each with a fault", 1)
	if len(result.Hit) == 0 {
		w.stage.Errorf("%s answers %d although nothing went wrong: %s", name, answer.Code, answer.Body)
	}
	if found := w.private.In(answer.Body.String()); found != "" {
		w.stage.Errorf("%s answers %d with something personal in it", name, answer.Code)
	}
}

// decode reads an answer of this status.
func (w *round) decode(name string, answer *httptest.ResponseRecorder, status int, into any) bool {
	if answer.Code != status {
		w.stage.Errorf("%s answers %d, not %d: %s", name, answer.Code, status, answer.Body)
		return false
	}
	if err := json.Unmarshal(answer.Body.Bytes(), into); err != nil {
		w.stage.Errorf("%s: %v", name, err)
		return false
	}
	return true
}
