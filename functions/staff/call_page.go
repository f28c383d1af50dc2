package main

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// callPage is what the page of a call shows.
type callPage struct {
	Reasons   []web.Option
	Languages []web.Option
	TipLine   string
	OwnCase   string
}

// formLife is how long a call may take: what was begun earlier was left open.
const formLife = 2 * time.Hour

// began is a form's beginning, sealed, so that how long a call took is known and nobody can make it up. It also keeps two
// taps on the button from being two calls.
const beganSeal = "staff/call"

func (h *handler) began() string {
	return h.keys.Seal(beganSeal, secret.NewID()+" "+strconv.FormatInt(h.now().Unix(), 10))
}

// took reads a form's beginning: its key, and how many seconds ago it was; 0 where that is not believed.
func (h *handler) took(sealed string) (key string, seconds int) {
	text, err := h.keys.Open(beganSeal, sealed)
	key, at, ok := strings.Cut(text, " ")
	unix, numberErr := strconv.ParseInt(at, 10, 64)
	if errors.Join(err, numberErr) != nil || !ok {
		return secret.NewID(), 0
	}
	if d := h.now().Sub(time.Unix(unix, 0)); d > 0 && d <= formLife {
		return key, int(d.Seconds())
	}
	return key, 0
}

func (h *handler) callPage(form web.Form) web.Page {
	reasons := make([]web.Option, 0, len(inquiry.Asked()))
	for _, r := range inquiry.Asked() {
		reasons = append(reasons, web.Option{Value: string(r), Words: reasonWords[r]})
	}
	if form["began"] == "" {
		form["began"] = h.began()
	}
	if form["language"] == "" {
		form["language"] = string(i18n.English)
	}
	return web.Page{Template: "call", Title: "Log a call", Form: form,
		Data: callPage{Reasons: reasons, Languages: languageOptions(""), TipLine: h.tipLine, OwnCase: h.ownCase}}
}

// showCallForm answers GET /staff/call.
func (h *handler) showCallForm(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	web.Outcome(r.Context(), "call_form")
	return h.Render(w, r, h.callPage(web.Form{}))
}

// loggedPage is what the page after a call shows.
type loggedPage struct {
	loggedCall
	Spelt   []string // the reference, to be read out
	Where   string   // who has it now
	Due     time.Time
	Earlier []relatedRow // what came from the same phone before
}

// takeCall answers POST /staff/call.
func (h *handler) takeCall(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	form, err := web.DecodeForm(r, "began", "reason", "language", "name", "phone", "email", "place", "a_number", "may_text", "may_voicemail",
		"hours", "safety", "message")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, h.callPage(form), err)
	}
	key, seconds := h.took(form["began"])
	i, err := h.log(r, who, key, seconds, call{
		Reason: inquiry.Reason(form["reason"]), Language: i18n.Language(form["language"]), Name: form["name"], Phone: form["phone"], Email: form["email"],
		Place: form["place"], ANumber: form["a_number"], MayText: form["may_text"] == "yes", MayVoicemail: form["may_voicemail"] == "yes",
		Hours: form["hours"], Safety: form["safety"], Message: form["message"],
	})
	if err != nil {
		return h.RenderForm(w, r, h.callPage(form), err)
	}
	page := loggedPage{loggedCall: h.answerTo(i), Spelt: spelt(i.Reference), Where: "It waits for the next operator."}
	if i.Assignee != "" {
		page.Where = i.Assignee + " at " + i.Office + " has it."
	}
	page.Due, _ = time.Parse(time.RFC3339, i.DueBy)
	if page.Earlier, _, err = h.related(r, who, i); err != nil { // the call is logged all the same
		slog.WarnContext(r.Context(), "what came from a phone before could not be read", "error", err)
	}
	return h.Render(w, r, web.Page{Template: "logged", Title: "The call is logged", Data: page})
}

// alphabet is how letters are read out. Source: ICAO Annex 10, volume II, 5.2.1.3.
var alphabet = map[rune]string{'B': "Bravo", 'C': "Charlie", 'D': "Delta", 'F': "Foxtrot", 'G': "Golf", 'H': "Hotel", 'J': "Juliett", 'K': "Kilo",
	'M': "Mike", 'N': "November", 'P': "Papa", 'Q': "Quebec", 'R': "Romeo", 'S': "Sierra", 'T': "Tango", 'V': "Victor", 'W': "Whiskey", 'X': "X-ray", 'Z': "Zulu"}

// spelt is a reference as it is read out, a word for each character.
func spelt(reference string) (words []string) {
	for _, r := range reference {
		if word, ok := alphabet[r]; ok {
			words = append(words, word)
		} else if r != '-' {
			words = append(words, string(r))
		}
	}
	return words
}
