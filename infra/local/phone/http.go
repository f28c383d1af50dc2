package phone

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxRequest bounds what a test or the page posts.
const maxRequest = 64 << 10

// message is a text or a mail as GET /messages tells it.
type message struct {
	To        string    `json:"to"`
	Subject   string    `json:"subject,omitempty"` // of mail
	Body      string    `json:"body"`
	SentAt    time.Time `json:"sent_at"`
	MessageID string    `json:"message_id"`
}

// ServeHTTP serves the page of phones at /, and for tests:
//
//	GET    /messages[?to=NUMBER]  what has arrived, oldest first
//	POST   /replies               {from, body}, as JSON or as a form
//	GET    /rules                 every number's behaviour
//	PUT    /rules                 {to, behaviour}
//	DELETE /rules[?to=NUMBER]
//
// NUMBER may also be an address of mail.
//
// Posts from the pages of other sites are refused.
func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request) { n.routes.ServeHTTP(w, r) }

// handler makes the routes that ServeHTTP follows.
func (n *Network) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", n.servePage)
	mux.HandleFunc("GET /messages", n.serveMessages)
	mux.HandleFunc("POST /replies", n.serveReply)
	mux.HandleFunc("GET /rules", n.serveRules)
	mux.HandleFunc("PUT /rules", n.servePutRule)
	mux.HandleFunc("DELETE /rules", n.serveDeleteRule)
	return http.NewCrossOriginProtection().Handler(mux)
}

func (n *Network) serveMessages(w http.ResponseWriter, r *http.Request) {
	all, err := n.texts(numberIn(r))
	if err != nil {
		n.fail(w, err)
		return
	}
	now := n.config.Now()
	arrived := []message{}
	for _, t := range all {
		if !t.Inbound && t.Undelivered == "" && !t.Arrives.After(now) {
			arrived = append(arrived, message{To: t.Phone, Subject: t.Subject, Body: t.Body, SentAt: t.At.UTC(), MessageID: t.ID})
		}
	}
	answer(w, http.StatusOK, arrived)
}

func (n *Network) serveReply(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		answer(w, http.StatusBadRequest, problem{"the reply could not be read"})
		return
	}
	// What curl sends without a Content-Type is called a form too, so the text itself decides.
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	form := kind == "application/x-www-form-urlencoded" && !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
	var in struct{ From, Body string }
	if form {
		var values url.Values
		values, err = url.ParseQuery(string(text))
		in.From, in.Body = values.Get("from"), values.Get("body")
	} else {
		err = json.Unmarshal(text, &in)
	}
	if err != nil {
		answer(w, http.StatusBadRequest, problem{`send {"from": "+1…", "body": "…"}`})
		return
	}
	id, err := n.Reply(r.Context(), strings.TrimSpace(in.From), in.Body)
	if err != nil {
		n.fail(w, err)
		return
	}
	if form {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	answer(w, http.StatusAccepted, map[string]string{"message_id": id})
}

func (n *Network) serveRules(w http.ResponseWriter, r *http.Request) {
	rules, err := n.Rules()
	if err != nil {
		n.fail(w, err)
		return
	}
	answer(w, http.StatusOK, rules)
}

func (n *Network) servePutRule(w http.ResponseWriter, r *http.Request) {
	var in Rule
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in); err != nil {
		answer(w, http.StatusBadRequest, problem{`send {"to": "+1…", "behaviour": "…"}`})
		return
	}
	if err := n.SetRule(in); err != nil {
		answer(w, http.StatusBadRequest, problem{err.Error()})
		return
	}
	answer(w, http.StatusOK, in)
}

func (n *Network) serveDeleteRule(w http.ResponseWriter, r *http.Request) {
	if err := n.DeleteRule(numberIn(r)); err != nil {
		n.fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// numberIn reads the parameter to, in which an unescaped + has become a space.
func numberIn(r *http.Request) string {
	to := r.URL.Query().Get("to")
	if strings.HasPrefix(to, " ") {
		to = "+" + to[1:]
	}
	return to
}

// problem is what a caller is told that went wrong.
type problem struct {
	Error string `json:"error"`
}

func (n *Network) fail(w http.ResponseWriter, err error) {
	if errors.Is(err, ErrInvalidNumber) || errors.Is(err, ErrInvalidReply) {
		answer(w, http.StatusBadRequest, problem{err.Error()})
		return
	}
	n.config.Log.Error("phone network", "error", err)
	answer(w, http.StatusInternalServerError, problem{ErrNetwork.Error()})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
