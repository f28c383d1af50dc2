package rig

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"time"
)

// invocation is one invocation under way. Guarded by its lane's mu.
type invocation struct {
	fault  Fault
	seen   int // calls that the fault counts
	result Result
}

type lifeKey struct{}

// connected marks a connection with the process that it is of.
func (l *lane) connected(ctx context.Context, _ net.Conn) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	return context.WithValue(ctx, lifeKey{}, l.life)
}

// ServeHTTP takes a call of the function, and forwards it unless the fault says otherwise.
func (l *lane) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.running.Add(1)
	defer l.running.Done()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the process has died
	}
	call := callOf(r, body)
	fault, alive := l.begin(r, call)
	kind := fault.Kind
	switch {
	case !alive:
		panic(http.ErrAbortHandler)
	case kind == Kill:
		l.pool.Crash()
		panic(http.ErrAbortHandler)
	case kind == Throttle:
		refuse(w, call, kind)
		return
	case kind == Pause:
		fault.Meanwhile()
	case kind == Partial:
		l.forwardPart(w, r, call, body)
		return
	}
	answer := l.forward(r, call, body)
	switch kind {
	case Late:
		select {
		case <-time.After(fault.For):
		case <-r.Context().Done(): // nobody waits for it any more
		}
	case KillAfter:
		l.pool.Crash()
		panic(http.ErrAbortHandler)
	case Cut:
		panic(http.ErrAbortHandler)
	case Fail:
		refuse(w, call, kind)
		return
	}
	pass(w, answer, answer.Body.Bytes())
}

// pass hands on an answer, with this body.
func pass(w http.ResponseWriter, answer *httptest.ResponseRecorder, body []byte) {
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.Header().Del("X-Amz-Crc32") // of the body that it came with
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.Code)
	_, _ = w.Write(body) // who has died does not read it
}

// begin counts a call and says what is to go wrong with it: the fault of its invocation, or none. It is not alive when its
// process was killed.
func (l *lane) begin(r *http.Request, c Call) (fault Fault, alive bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Context().Value(lifeKey{}) != l.life {
		return Fault{}, false
	}
	if l.now == nil {
		return Fault{}, true // of the start of a process
	}
	l.now.result.Usage.Calls[c.String()]++
	if !l.now.fault.counts(c) {
		return Fault{}, true
	}
	l.now.seen++
	if !l.now.fault.hits(l.now.seen) {
		return Fault{}, true
	}
	l.now.result.Hit = append(l.now.result.Hit, c)
	if fault = l.now.fault; fault.Kind == Kill || fault.Kind == KillAfter {
		l.life++ // from here on nothing that the process says is heard
	}
	return fault, true
}

// forward has the service do what was asked, whatever becomes of who asked.
func (l *lane) forward(r *http.Request, c Call, body []byte) *httptest.ResponseRecorder {
	if c.Service == "dynamodb" && l.rig.config.Capacity {
		body = askForCapacity(body)
	}
	out := r.Clone(context.WithoutCancel(r.Context()))
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	out.Header.Set("Content-Length", strconv.Itoa(len(body)))
	answer := httptest.NewRecorder()
	l.rig.services.ServeHTTP(answer, out)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == nil || answer.Code != http.StatusOK {
		return answer
	}
	switch c.Service {
	case "dynamodb":
		l.now.result.Usage.consumed(c.Operation, answer.Body.Bytes())
	case "sms":
		if m := messageID.FindSubmatch(answer.Body.Bytes()); m != nil {
			l.now.result.Texts = append(l.now.result.Texts, Text{To: c.To, MessageID: string(m[1])})
		}
	}
	return answer
}

var messageID = regexp.MustCompile(`<MessageId>([^<]+)</MessageId>`)
