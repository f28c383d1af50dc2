package lambda

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// runtimeAPI is what the process talks to, as AWS documents it for custom runtimes:
// next asks for a request, response and error answer it, init/error says that there will be none.
func (w *worker) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", w.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", w.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", w.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", w.initFailure)
	return mux
}

func (w *worker) next(rw http.ResponseWriter, r *http.Request) {
	w.readyOnce.Do(func() { close(w.ready) })
	var inv *invocation
	select {
	case inv = <-w.work:
	case <-r.Context().Done():
		return
	}
	w.current.Store(inv)
	header := rw.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	header.Set("Lambda-Runtime-Invoked-Function-Arn", w.config.ARN)
	header.Set("Lambda-Runtime-Trace-Id", fmt.Sprintf("Root=1-%08x-%s;Sampled=0", w.config.Now().Unix(), randomHex(12)))
	header.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	_, _ = rw.Write(inv.payload) // a process that does not read it has died, which handle sees
}

func (w *worker) response(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxPayload+1))
	if err != nil {
		reply(rw, http.StatusBadRequest, "InvalidBody")
		return
	}
	if len(body) > MaxPayload {
		message := fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxPayload)
		if w.answer(r, outcome{err: &FunctionError{TypeTooLarge, message}}) {
			reply(rw, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
			return
		}
	}
	out := outcome{payload: body}
	// An answer that is written bit by bit may fail on the way; the runtime says so behind it.
	if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); kind != "" {
		out = outcome{err: &FunctionError{kind, "the answer broke off"}}
	}
	w.finish(rw, r, out)
}

func (w *worker) failure(rw http.ResponseWriter, r *http.Request) {
	w.finish(rw, r, outcome{err: functionError(r)})
}

func (w *worker) finish(rw http.ResponseWriter, r *http.Request, out outcome) {
	if !w.answer(r, out) {
		reply(rw, http.StatusBadRequest, "InvalidRequestID")
		return
	}
	reply(rw, http.StatusAccepted, "OK")
}

// answer hands the outcome to whoever waits for it. It is false when the request is not the one at hand.
func (w *worker) answer(r *http.Request, out outcome) bool {
	inv := w.current.Load()
	if inv == nil || inv.id != r.PathValue("id") || !w.current.CompareAndSwap(inv, nil) {
		return false
	}
	inv.done <- out
	return true
}

func (w *worker) initFailure(rw http.ResponseWriter, r *http.Request) {
	select {
	case w.initError <- functionError(r):
	default: // it said so before
	}
	reply(rw, http.StatusAccepted, "OK")
}

// functionError reads the body that runtimes send; the type may also stand in a header.
func functionError(r *http.Request) *FunctionError {
	var body struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || json.Unmarshal(data, &body) != nil {
		body.Message = "the function gave an error that is not JSON"
	}
	if body.Type == "" {
		body.Type = r.Header.Get("Lambda-Runtime-Function-Error-Type")
	}
	if body.Type == "" {
		body.Type = "Runtime.UnknownReason"
	}
	return &FunctionError{body.Type, body.Message}
}

func reply(rw http.ResponseWriter, code int, status string) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(code)
	_, _ = fmt.Fprintf(rw, `{"status":%q}`+"\n", status)
}

// newRequestID makes a random UUID.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails, by its documentation
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
