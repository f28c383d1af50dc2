package main

import (
	"fmt"
	"net/http"

	"voice.example/infra/rig"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
)

// officer is one of three who may decide on uploads.
func (w *round) officer(i int) string {
	return w.Token(fmt.Sprintf("data-officer-%d", i), staff.DataOfficer)
}

// decide has somebody decide on an upload that is held.
func (w *round) decide() { w.decideWith(w.dice.fault(), w.dice.in(3)) }

func (w *round) decideWith(f rig.Fault, reject bool) {
	for _, u := range w.known() {
		if u.State != upload.Held {
			continue
		}
		by := 1 + w.dice.IntN(3)
		a := asking{function: "staff", name: "approve", method: "POST", path: "/v1/staff/uploads/" + u.UploadID + "/approve", token: w.officer(by),
			body: map[string]any{"plan_hash": u.PlanHash}}
		if reject {
			a.name, a.path, a.body = "reject", "/v1/staff/uploads/"+u.UploadID+"/reject", map[string]any{"why": "it was a mistake"}
		}
		answer := w.send(a, f)
		if answer.Code != http.StatusOK && answer.Code != http.StatusConflict && answer.Code != http.StatusForbidden {
			w.stage.Errorf("%s answers %d: %s", a.name, answer.Code, answer.Body)
		}
		w.tally.count("decisions on uploads", 1)
		return
	}
}

// retract has an upload taken back, which others must approve.
func (w *round) retract() {
	all := w.known()
	if len(all) == 0 || !w.dice.in(2) {
		return
	}
	u := pick(w.dice, all)
	if u.State != upload.Done || u.Kind != upload.File || u.Counts.Applied == 0 || u.Counts.Applied > people {
		return
	}
	answer := w.send(asking{function: "staff", name: "retract", method: "POST", path: "/v1/staff/uploads/" + u.UploadID + "/retract", token: w.officer(1),
		body: map[string]any{"why": "it was of another day"}}, w.dice.fault())
	if answer.Code != http.StatusCreated && answer.Code != http.StatusOK && answer.Code != http.StatusConflict {
		w.stage.Errorf("retract answers %d: %s", answer.Code, answer.Body)
	}
	w.Jot("retract %s", u.UploadID)
	w.tally.count("retractions asked for", 1)
}

// request is one for help.
type request struct {
	reference, pin string
}

// ask is somebody who asks for help.
func (w *round) ask() {
	phone := pick(w.dice, w.Numbers())
	answer := w.send(asking{function: "intake", name: "ask", method: "POST", path: "/v1/inquiries", key: fmt.Sprintf("ask-%d", len(w.asked)), body: map[string]any{
		"reason": pick(w.dice, []string{"custody_status", "victim_services", "local_contact", "other"}), "language": "en", "phone": phone,
		"safe_contact": map[string]any{"may_text": true}, "message": fmt.Sprintf("Please call, the %dth time.", len(w.asked))}}, w.dice.fault())
	if answer.Code == http.StatusTooManyRequests {
		return
	}
	var opened struct{ Reference, PIN string }
	if w.decode("ask", answer, http.StatusCreated, &opened) {
		w.asked = append(w.asked, &request{opened.Reference, opened.PIN})
		w.tally.count("requests for help", 1)
	}
}

// follow is somebody who looks how their request stands.
func (w *round) follow() {
	if len(w.asked) == 0 {
		return
	}
	q := pick(w.dice, w.asked)
	answer := w.send(asking{function: "intake", name: "follow", method: "POST", path: "/v1/inquiries/search",
		body: map[string]any{"reference": q.reference, "pin": q.pin}}, w.dice.fault())
	if answer.Code != http.StatusOK && answer.Code != http.StatusTooManyRequests {
		w.stage.Errorf("follow answers %d: %s", answer.Code, answer.Body)
	}
}

// operate is somebody who does something about a request.
func (w *round) operate() {
	if len(w.asked) == 0 {
		return
	}
	q, token := pick(w.dice, w.asked), w.Token("supervisor-1", staff.Supervisor)
	var i struct {
		Version int
		State   inquiry.State
	}
	answer := w.send(asking{function: "staff", name: "read request", method: "GET", path: "/v1/staff/inquiries/" + q.reference, token: token}, w.dice.fault())
	if !w.decode("read request", answer, http.StatusOK, &i) {
		return
	}
	act := pick(w.dice, []string{"take", "contacted", "tried", "note", "resolve"})
	answer = w.send(asking{function: "staff", name: "work", method: "POST", path: "/v1/staff/inquiries/" + q.reference + "/" + act, token: token,
		body: map[string]any{"seen": i.Version, "text": "as agreed", "outcome": "answered"}}, w.dice.fault())
	if answer.Code != http.StatusOK && answer.Code != http.StatusConflict && answer.Code != http.StatusForbidden {
		w.stage.Errorf("%s answers %d: %s", act, answer.Code, answer.Body)
	}
	w.tally.count("work on requests", 1)
}
