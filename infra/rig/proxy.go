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
	kind, meanwhile, alive := l.begin(r, call)
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
		meanwhile()
	}
	answer := l.forward(r, call, body)
	switch kind {
	case KillAfter:
		l.pool.Crash()
		panic(http.ErrAbortHandler)
	case Cut:
		panic(http.ErrAbortHandler)
	case Fail:
		refuse(w, call, kind)
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // who has died does not read it
}

// begin counts a call and says what is to go wrong with it. It is not alive when its process was killed.
func (l *lane) begin(r *http.Request, c Call) (kind Kind, meanwhile func(), alive bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Context().Value(lifeKey{}) != l.life {
		return None, nil, false
	}
	if l.now == nil {
		return None, nil, true // of the start of a process
	}
	l.now.result.Usage.Calls[c.String()]++
	if !l.now.fault.counts(c) {
		return None, nil, true
	}
	l.now.seen++
	if !l.now.fault.hits(l.now.seen) {
		return None, nil, true
	}
	kind = l.now.fault.Kind
	l.now.result.Hit = append(l.now.result.Hit, c)
	if kind == Kill || kind == KillAfter {
		l.life++ // from here on nothing that the process says is heard
	}
	return kind, l.now.fault.Meanwhile, true
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
