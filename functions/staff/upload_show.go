package main

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// uploadPage is an upload as its page shows it.
type uploadPage struct {
	upload.Upload
	What, Means string
	Badge       badge
	Live        bool // it is under way, and the page comes anew by itself
	Stopped     bool // it is under way, and the page was asked not to
	Steps       []uploadStep
	Counted     *figures
	Figures     []line
	Sent        string   // who sent it
	Reasons     []string // why it is held, in sentences
	Decided     []uploadDecision
	Wanted      string // who must approve it, and who has
	MayApprove  bool
	WhyNot      string // why whoever looks may not approve
	MayReject   bool
	MayRetract  bool
	MayPlan     bool
	HasReport   bool
	Notice      string // why something was not done
}

// uploadStep is how far a step of the work is.
type uploadStep struct {
	Words    string
	Done, Of int
}

type uploadDecision struct {
	What, By, Why string
	Upload        string // by which the service decided so
	At            time.Time
}

const (
	// again is how often the page of an upload that is under way comes anew, in seconds, and forAnHour for how long: a page that
	// was left open must not keep a session alive all day.
	again     = 5
	forAnHour = time.Hour
	// arrival is how long a file that was sent may take until ingest has seen it.
	arrival = 2 * time.Minute
)

// showUpload answers GET /staff/uploads/{id}: an upload; and, for two words that are no id, the form that sends one, and where S3
// leads back to once it was sent.
func (h *handler) showUpload(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	switch r.PathValue("id") {
	case newUpload:
		return h.showSendForm(w, r, who)
	case sentUpload:
		return h.takeSent(w, r, who)
	}
	u, err := h.desk.Get(r.Context(), r.PathValue("id"))
	if errors.Is(err, upload.ErrNotFound) && h.justSent(r) {
		w.Header().Set("Refresh", "2")
		web.Outcome(r.Context(), "upload_awaited")
		return h.Render(w, r, web.Page{Template: "upload_sent", Title: "The file has arrived"})
	}
	if err != nil {
		return err
	}
	return h.renderUpload(w, r, who, u, web.Form{}, nil)
}

// justSent reports whether a file was sent a moment ago, by the address that whoever sent it was led to.
func (h *handler) justSent(r *http.Request) bool {
	at, err := strconv.ParseInt(r.URL.Query().Get("sent"), 10, 64)
	age := h.now().Sub(time.Unix(at, 0))
	return err == nil && age > -arrival && age < arrival
}

// renderUpload shows an upload. form and problem are what was sent and not done.
func (h *handler) renderUpload(w http.ResponseWriter, r *http.Request, who staff.Identity, u upload.Upload, form web.Form, problem error) error {
	page := h.uploadPage(u, who)
	underWay := !resting(u) && h.now().Sub(lastDone(u)) < forAnHour
	page.Stopped = underWay && r.URL.Query().Get("live") == "no"
	if page.Live = underWay && !page.Stopped && r.Method == http.MethodGet; page.Live {
		w.Header().Set("Refresh", strconv.Itoa(again))
	}
	answer := web.Page{Template: "upload", Title: "An upload", Form: form, Data: &page}
	if problem != nil {
		if page.Notice = decisionProblem(problem); page.Notice == "" {
			return h.RenderForm(w, r, answer, problem)
		}
		answer.Status = http.StatusConflict
	}
	web.Outcome(r.Context(), "upload")
	return h.Render(w, r, answer)
}

func (h *handler) uploadPage(u upload.Upload, who staff.Identity) uploadPage {
	p := uploadPage{Upload: u, What: whatIs(u), Means: uploadMeans(u), Badge: uploadBadge(u), Sent: sentBy(u, who),
		MayPlan: u.PlanHash != "" && who.May(staff.ReadPlans), HasReport: resting(u) && who.May(staff.ReadPlans),
		MayReject: u.State == upload.Held && who.May(staff.Reject), MayRetract: retractable(u) && who.May(staff.Retract)}
	steps := []uploadStep{{"Read", u.Progress.Validated, u.Progress.Ranges}, {"Compared", u.Progress.Diffed, u.Progress.Parts}, {"Applied", u.Progress.Applied, u.Progress.Parts}}
	for _, s := range steps {
		if s.Of > 0 && !resting(u) {
			p.Steps = append(p.Steps, s)
		}
	}
	if u.Counts.Rows+unapplied(u) > 0 {
		counted := rowsInWords(u)
		p.Counted = &counted
	}
	if u.Brake != nil {
		p.Figures = brakeInWords(*u.Brake)
	}
	for _, d := range u.Decisions {
		decision := uploadDecision{What: decisionWords[d.What], By: byWhom(d.By, d.ByName, who), Why: d.Why, At: d.At}
		if id, ok := strings.CutPrefix(d.By, "upload "); ok {
			decision.By, decision.Upload = "", id
		}
		p.Decided = append(p.Decided, decision)
	}
	if u.State == upload.Held {
		if u.Brake != nil {
			for _, reason := range u.Brake.Reasons {
				p.Reasons = append(p.Reasons, sentence(reason))
			}
		}
		p.Wanted = wanted(u)
		p.WhyNot = whyNotApprove(u, who)
		p.MayApprove = p.WhyNot == "" && who.May(staff.Approve)
	}
	return p
}

// wanted says who must approve an upload that is held, and who has.
func wanted(u upload.Upload) string {
	if u.Kind == upload.Retraction {
		return "One person must approve it, another than who asked for it."
	}
	others := ""
	if u.UploadedByName != "" {
		others = ", neither of them " + u.UploadedByName + ", who sent it"
	}
	for _, d := range u.Decisions {
		if d.What == upload.Approved {
			return "Two people must approve it" + others + ". One has."
		}
	}
	return "Two people must approve it" + others + ". Nobody has yet."
}

// whyNotApprove says why somebody whose role allows it may not approve an upload. shared/upload decides; this only says it first.
func whyNotApprove(u upload.Upload, who staff.Identity) string {
	switch {
	case !who.May(staff.Approve):
		return ""
	case u.UploadedBy == who.Subject && u.Kind == upload.Retraction:
		return "You asked for this yourself, so somebody else must approve it."
	case u.UploadedBy == who.Subject:
		return "You sent this file yourself, so two others must approve it."
	case decided(u, who.Subject, upload.Approved):
		return "You have approved it. Somebody else must, too."
	}
	return ""
}

// resting reports whether nothing more becomes of an upload unless people decide.
func resting(u upload.Upload) bool {
	switch u.State {
	case upload.Held, upload.Done, upload.Rejected, upload.Failed:
		return true
	case upload.PlanReady:
		return u.DryRun
	}
	return false
}

// lastDone is when an upload was received, or decided on last.
func lastDone(u upload.Upload) time.Time {
	at := u.ReceivedAt
	for _, d := range u.Decisions {
		if d.At.After(at) {
			at = d.At
		}
	}
	return at
}

// retractable reports whether an upload may be taken back, as upload.Desk does.
func retractable(u upload.Upload) bool {
	return (u.State == upload.Done || u.State == upload.Failed && u.PlanHash != "") && !u.DryRun && u.Kind != upload.Retraction
}

// decisionWords are what can be decided.
var decisionWords = map[string]string{upload.Approved: "Approved", upload.Refused: "Rejected", upload.Requested: "Asked for", upload.Outdated: "Dropped"}

// sentBy says who sent an upload.
func sentBy(u upload.Upload, who staff.Identity) string {
	return byWhom(u.UploadedBy, u.UploadedByName, who)
}

// byWhom says who did something, to whoever looks.
func byWhom(subject, name string, who staff.Identity) string {
	switch {
	case subject == "":
		return "somebody unknown"
	case subject == who.Subject:
		return "you"
	case strings.HasPrefix(subject, "AWS:"):
		return "somebody with access to the bucket, " + subject
	}
	return cmp.Or(name, subject)
}

// decisionProblem says on a page why a decision was not made; "" for an error that is no answer to a person.
func decisionProblem(err error) string {
	var known *web.Error
	code := web.Code("")
	if errors.As(err, &known) {
		code = known.Code
	}
	switch {
	case errors.Is(err, upload.ErrSamePerson):
		return "Somebody else must decide: whoever sent a file, or has approved it already, cannot approve it."
	case errors.Is(err, upload.ErrOtherPlan):
		return "Its plan has changed since you looked. Look at it again."
	case code == web.NotHeld:
		return "It is not held any more. Somebody else was faster."
	case code == web.NotDone:
		return "It cannot be taken back now: it is not done, or somebody else has asked for that already."
	}
	return ""
}
