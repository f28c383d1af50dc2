package permission

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"

	"voice.example/infra/local/template"
)

// maxBody bounds a call that is read whole; the largest, of DynamoDB, has 16 MB. S3's bodies are not read here.
const maxBody = 32 << 20

// Gate stands before services, and lets through what the roles of its callers may do. It may be used by several goroutines.
type Gate struct {
	policies *Policies
	record   *Record
	warn     func(format string, args ...any)

	mu      sync.RWMutex
	callers map[string]caller // by access key
}

// caller is a function, as IAM speaks of it.
type caller struct{ role, principal string }

// NewGate makes a gate. What it refuses is told to warn, without the names of objects.
func NewGate(policies *Policies, record *Record, warn func(format string, args ...any)) *Gate {
	return &Gate{policies: policies, record: record, warn: warn, callers: map[string]caller{}}
}

// Admit gives a function of a role the access key that it is to sign with.
func (g *Gate) Admit(role template.Role, function string) (accessKey string) {
	accessKey = "local-" + function
	g.mu.Lock()
	defer g.mu.Unlock()
	g.callers[accessKey] = caller{role.LogicalID, "arn:aws:sts::" + template.AccountID + ":assumed-role/" + role.Name + "/" + function}
	return accessKey
}

func (g *Gate) caller(accessKey string) (caller, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	c, ok := g.callers[accessKey]
	return c, ok
}

// Before checks each call and gives to next what is allowed, and what is not signed by a function.
func (g *Gate) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, service := Signer(r)
		c, ok := g.caller(key)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		var body []byte
		if service != "s3" {
			var err error
			if body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		needs, err := Needs(r, service, body)
		if err != nil {
			needs = []Need{{Action: service + ":" + Operation(r, service, body), Resource: "*"}} // refused and told, unless all of it is allowed
		}
		for _, need := range needs {
			if message, ok := g.allow(c, need); !ok {
				refuse(w, r, service, message)
				return
			}
		}
		if service == "s3" && (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.Contains(strings.Trim(r.URL.Path, "/"), "/") {
			w = &reply{ResponseWriter: w, refused: func() bool {
				message, ok := g.allow(c, missing(r))
				if !ok {
					w.Header().Del("Content-Length")
					refuse(w, r, service, message)
				}
				return !ok
			}}
		}
		next.ServeHTTP(w, r)
	})
}

// MayPut says whether whoever signed a browser's form, by the scope in its field x-amz-credential, may put the object.
func (g *Gate) MayPut(scope, bucket, key string) bool {
	accessKey, _ := ofScope(scope)
	c, ok := g.caller(accessKey)
	if !ok {
		return true
	}
	_, ok = g.allow(c, Need{Action: "s3:PutObject", Resource: objectARN(bucket, key)})
	return ok
}

// MayInvoke says whether a state machine's role may call a function.
func (g *Gate) MayInvoke(role template.Role, functionARN string) bool {
	principal := "arn:aws:sts::" + template.AccountID + ":assumed-role/" + role.Name + "/machine"
	_, ok := g.allow(caller{role.LogicalID, principal}, Need{Action: "lambda:InvokeFunction", Resource: functionARN})
	return ok
}

// allow decides, notes what was used, and tells what was refused in IAM's words.
func (g *Gate) allow(c caller, need Need) (message string, ok bool) {
	d := g.policies.Decide(c.role, need)
	if d.Allowed {
		g.record.used(d.By)
		for _, further := range g.policies.behind(need) {
			if message, ok := g.allow(c, further); !ok {
				return message, false
			}
		}
		return "", true
	}
	brief := withoutObject(need.Resource)
	g.record.refused(Grant{Role: c.role, Action: need.Action, Resource: brief})
	g.warn("refused: %s may not %s on %s, %s", c.role, need.Action, brief, d.Why)
	return "User: " + c.principal + " is not authorized to perform: " + need.Action + " on resource: " + need.Resource + " " + d.Why, false
}

// withoutObject leaves of an object's name the folder, which tells no upload and no file.
func withoutObject(resource string) string {
	if parts := strings.SplitN(resource, "/", 3); strings.HasPrefix(resource, "arn:aws:s3:::") && len(parts) == 3 {
		return parts[0] + "/" + parts[1] + "/*"
	}
	return resource
}

// reply is an answer about an object, which turns into a refusal when the object is not there and the caller may not know.
type reply struct {
	http.ResponseWriter
	refused func() bool
	dropped bool
}

// WriteHeader sends the answer's head, or refuses.
func (w *reply) WriteHeader(status int) {
	if status == http.StatusNotFound && w.refused() {
		w.dropped = true
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes what belongs to an answer that stands.
func (w *reply) Write(p []byte) (int, error) {
	if w.dropped {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom lets the server send a file without copying it through memory.
func (w *reply) ReadFrom(r io.Reader) (int64, error) {
	if w.dropped {
		return io.Copy(io.Discard, r)
	}
	return io.Copy(w.ResponseWriter, r)
}

// Unwrap gives the writer beneath to http.ResponseController.
func (w *reply) Unwrap() http.ResponseWriter { return w.ResponseWriter }
