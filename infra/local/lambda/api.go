package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// functionsPath begins the path of every call of Lambda's own API.
const functionsPath = "/2015-03-31/functions/"

// Function runs a request. Caller does.
type Function interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

// API is the one call of Lambda's own API that people make by hand: Invoke, which waits for the answer. Its methods may
// be called from many goroutines.
//
// Limits: no asynchronous calls, no versions and aliases, no tail of the log.
type API struct {
	mu        sync.RWMutex
	functions map[string]Function
}

// Add makes a function known by its name, in place of one that had the name.
func (a *API) Add(name string, f Function) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.functions == nil {
		a.functions = map[string]Function{}
	}
	a.functions[name] = f
}

// function finds a function by its name or its ARN.
func (a *API) function(name string) Function {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.functions[name[strings.LastIndex(name, ":")+1:]]
}

// Before answers the calls that are this API's and gives all others to next, for one port that speaks both.
func (a *API) Before(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+functionsPath+"{name}/invocations", a.invoke)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, functionsPath) {
			mux.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (a *API) invoke(w http.ResponseWriter, r *http.Request) {
	// Nobody checks the signature, but a page in a browser cannot send the header without asking first.
	if r.Header.Get("Authorization") == "" {
		refuse(w, http.StatusForbidden, "MissingAuthenticationTokenException", "The request is not signed.")
		return
	}
	if kind := r.Header.Get("X-Amz-Invocation-Type"); kind != "" && kind != "RequestResponse" {
		refuse(w, http.StatusBadRequest, "InvalidParameterValueException", "Functions are called here with RequestResponse only.")
		return
	}
	f := a.function(r.PathValue("name"))
	if f == nil {
		refuse(w, http.StatusNotFound, "ResourceNotFoundException", "There is no function of this name.")
		return
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload+1))
	if err != nil {
		err = ErrTooLarge
	}
	var answer []byte
	if err == nil {
		answer, err = f.Invoke(r.Context(), payload)
	}
	var failed *FunctionError
	switch {
	case err == nil:
	case errors.As(err, &failed):
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		answer = failed.Payload()
	case errors.Is(err, ErrThrottled):
		refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
		return
	case errors.Is(err, ErrTooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", "The request is larger than 6 MB.")
		return
	default:
		refuse(w, http.StatusInternalServerError, "ServiceException", "The function could not be run.")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amz-Executed-Version", "$LATEST")
	_, _ = w.Write(answer) // a caller that has gone needs no answer
}

// refuse answers with an error as the protocol tells it.
func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-ErrorType", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"Type": "User", "Message": message})
}
