package world

import (
	"strings"
	"time"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
)

// story is what came of a run.
type story struct {
	*World
	ledger map[string]alert.Alert // by id
	texts  []text
}

// text is one that a phone received.
type text struct {
	rig.Text
	run      *Run
	follower *Follower     // whose code word it bears, or whose second contact got it; nil for what deliver did not send
	alerts   []alert.Alert // the alert whose text it is, if the ledger knows
}

// Check compares what came of everything with what should have.
func (w *World) Check() {
	w.T.Helper()
	s := &story{World: w, ledger: map[string]alert.Alert{}}
	byMessage := map[string][]alert.Alert{}
	for _, a := range w.ledger() {
		s.ledger[a.ID] = a
		if a.MessageID != "" {
			byMessage[a.MessageID] = append(byMessage[a.MessageID], a)
		}
	}
	by := map[string]*Run{}
	for _, r := range w.Runs {
		for _, sent := range r.Result.Texts {
			by[sent.MessageID] = r
		}
	}
	for _, t := range w.Texts("") {
		one := text{Text: t, run: by[t.MessageID], alerts: byMessage[t.MessageID]}
		if one.run == nil {
			w.T.Errorf("nobody sent the text %q", t.Body)
			continue
		}
		if one.run.Function == "deliver" {
			for _, f := range w.Followers {
				if strings.Contains(t.Body, "("+f.Word+")") || t.To == f.Second { // whom the word is not told
					one.follower = f
				}
			}
			if one.follower == nil {
				w.T.Errorf("whose is the text %q?", t.Body)
				continue
			}
		}
		s.texts = append(s.texts, one)
	}
	s.checkAlerts()
	s.checkLast()
	s.checkStopped()
	s.checkHidden()
	s.checkRepeats()
	s.checkAgreement()
	if w.T.Failed() {
		s.tell()
	}
}

// tell writes down what is needed to understand a failure.
func (s *story) tell() {
	for _, line := range s.journal {
		s.T.Log(line)
	}
	for _, a := range s.ledger {
		s.T.Logf("planned %s, %s", a.PlannedAt.Format(time.TimeOnly), show(a))
	}
	for _, t := range s.texts {
		s.T.Logf("%s to %s by %s %d, hit %v: %s", t.SentAt.Format(time.TimeOnly), t.To, t.run.Function, t.run.Result.Number, t.run.Result.Hit, t.Body)
	}
}

// checkAlerts is property 1, of each alert: none is lost. Every change that matters to somebody who was subscribed before
// it, and still is, has an alert in the ledger that is settled, and for a reason if it was not sent.
func (s *story) checkAlerts() {
	for _, p := range s.Persons {
		var old *custody.Record
		for i := range p.Versions {
			v := &p.Versions[i]
			event := custody.Change(old, &v.Record, v.At)
			takesBack := v.TakesBack(old)
			old = &v.Record
			for _, f := range s.Followers {
				if f.Person != p || !f.Confirmed.Before(v.At) || !f.Ended.IsZero() || f.Born != "MX" {
					continue
				}
				id := alert.EventID(s.Keys, v.Record) + "." + f.Sub.ID
				switch {
				case event == custody.NoEvent:
				case takesBack:
					s.checkCorrected(f, *v, id)
				case custody.Disclosable(v.Record, v.At) && f.Sub.Wants(event):
					if _, ok := s.ledger[id]; !ok {
						s.T.Errorf("property 1: %s was never to be told that %s v%d %s", f.Word, p.Initials, v.Version, event)
					}
				}
			}
		}
	}
	for _, a := range s.ledger {
		s.checkOutcome(a)
	}
}

// checkCorrected: whoever got a text and had it taken back then hears that it was wrong. (One that is sent later is sent
// because newer news says the same.)
func (s *story) checkCorrected(f *Follower, r Version, id string) {
	wrong, ok := s.ledger[alert.RetractedEventID(s.Keys, r.Record)+"."+f.Sub.ID]
	if !ok || wrong.MessageID == "" || !wrong.SentAt.Before(r.At) {
		return
	}
	correction, ok := s.ledger[id]
	stopped := s.Phones[f.Phone].everStopped()
	if !ok || correction.MessageID == "" && !stopped {
		s.T.Errorf("property 1: %s was not told that v%d of %s was wrong: %s", f.Word, wrong.Version, f.Person.Initials, show(correction))
	}
}

// checkOutcome: an alert is settled, and if it was not sent there is a reason that the model knows.
func (s *story) checkOutcome(a alert.Alert) {
	var f *Follower
	for _, other := range s.Followers {
		if other.Sub.ID == a.SubscriptionID {
			f = other // of two, the later
		}
	}
	if f == nil {
		s.T.Errorf("property 1: an alert of nobody: %s", show(a))
		return
	}
	p := f.Person
	since := func(holds func(custody.Record) bool) bool { // of a version that came after the alert's
		for _, v := range p.Versions {
			if v.Version > a.Version && holds(v.Record) {
				return true
			}
		}
		return false
	}
	ok := false
	switch a.State {
	case alert.Sent, alert.Delivered, alert.Acknowledged:
		ok = a.MessageID != ""
	case alert.OptedOut:
		ok = a.Outcome == "ended" && s.everEnded(f) || a.Outcome == "stopped" && s.Phones[f.Phone].everStopped()
	case alert.Failed:
		switch a.Outcome {
		case "withheld":
			ok = f.Born != "MX" || since(func(r custody.Record) bool { return !custody.Disclosable(r, s.Now()) })
		case "overtaken":
			ok = since(func(r custody.Record) bool { return r.Contradicts(a.Said()) })
		case "collapsed":
			ok = a.Event == custody.Transferred && since(func(r custody.Record) bool { return r.Status == custody.InCustody })
		case alert.Retracted:
			ok = since(func(r custody.Record) bool { return a.TakenBack(s.Keys, r) })
		case "nothing_to_correct":
			wrong := s.ledger[a.Corrects]
			ok = a.Corrects != "" && wrong.MessageID == ""
		case "acknowledged", "stopped":
			ok = a.Repeat > 0 || a.To == alert.Second
		case alert.Unknown:
			ok = a.Attempts-a.Unsent >= 3 // the model checks below that so many were hit
		}
	}
	if !ok {
		s.T.Errorf("property 1: no reason for %s", show(a))
	}
}

// everEnded reports whether a subscription of that phone to that person was ended at some time.
func (s *story) everEnded(f *Follower) bool {
	for _, other := range s.Followers {
		if other.Sub.ID == f.Sub.ID && !other.Ended.IsZero() {
			return true
		}
	}
	return false
}

// checkLast is property 1 as the subscriber sees it: whoever still subscribes and never said STOP knows where the person
// stands, from the last text that they got, if anything that they want to hear of has happened since they subscribed.
func (s *story) checkLast() {
	for _, f := range s.Followers {
		p := f.Person
		if len(p.Versions) == 0 || !f.Ended.IsZero() || f.Born != "MX" || s.Phones[f.Phone].everStopped() || !custody.Disclosable(p.Now(), s.Now()) || s.gaveUp(f) {
			continue
		}
		last := ""
		for _, t := range s.texts {
			if t.follower == f && t.To == f.Phone {
				last = t.Body
			}
		}
		now := Stands(p.Now())
		switch {
		case s.shouldKnowFree(f) && !atLarge(Says(last)):
			s.T.Errorf("property 1: %s does not know that %s is not in custody (%s), the last text: %q", f.Word, p.Initials, now, last)
		case len(f.Sub.Events) == 0 && last != "" && Says(last) != now:
			s.T.Errorf("property 1: %s is %s and the last text to %s says %q", p.Initials, now, f.Word, last)
		}
	}
}

// gaveUp reports whether an alert to a follower was given up after attempts of which nobody knows.
func (s *story) gaveUp(f *Follower) bool {
	for _, a := range s.ledger {
		if a.SubscriptionID == f.Sub.ID && a.Outcome == alert.Unknown {
			return true
		}
	}
	return false
}

// shouldKnowFree reports whether the person is not in custody now, and came to be so, in a way that the follower wants to
// hear of, after they subscribed. (Of one who hears of everything, also when that came about by a retraction.)
func (s *story) shouldKnowFree(f *Follower) bool {
	versions := f.Person.Versions
	should := false
	for i := len(versions) - 1; i >= 0 && atLarge(Stands(versions[i].Record)) && f.Confirmed.Before(versions[i].At); i-- {
		var old *custody.Record
		if i > 0 {
			old = &versions[i-1].Record
		}
		v := versions[i]
		event := custody.Change(old, &v.Record, v.At)
		if event != custody.NoEvent && !v.TakesBack(old) && !f.Person.tookBack(v) && custody.Disclosable(v.Record, v.At) && f.Sub.Wants(event) {
			should = true
		}
		if v.TakesBack(old) && len(f.Sub.Events) == 0 && !atLarge(Stands(*orNone(old))) {
			// Taken back to where they were free before: whoever subscribed before that must know.
			for j := i - 1; j >= 0; j-- {
				if f.Confirmed.Before(versions[j].At) && atLarge(Stands(versions[j].Record)) && custody.Disclosable(versions[j].Record, versions[j].At) {
					should = true
				}
			}
		}
	}
	return should
}

// tookBack reports whether a version was taken back later.
func (p *Person) tookBack(v Version) bool {
	for _, later := range p.Versions {
		if later.Retracts != nil && later.Retracts.Version == v.Version {
			return true
		}
	}
	return false
}

func orNone(r *custody.Record) *custody.Record {
	if r == nil {
		return &custody.Record{Status: custody.InCustody}
	}
	return r
}

// checkStopped is property 2: no text follows a STOP that was heard, but one answer to each word, or the end of the
// subscription.
func (s *story) checkStopped() {
	answers := map[string]int{}
	for _, t := range s.texts {
		switch t.run.Function {
		case "replies":
			answers[t.To]++
			continue
		case "intake":
			continue // a code, for which somebody asked
		}
		if t.run.Stopped[t.To] {
			s.T.Errorf("property 2: %s had said STOP, and got %q by invocation %d", t.To, t.Body, t.run.Result.Number)
		}
		if t.follower == nil {
			continue
		}
		if t.run.Ended[t.follower] {
			s.T.Errorf("property 2: %s had ended, and got %q by invocation %d", t.follower.Word, t.Body, t.run.Result.Number)
		}
		if t.To == t.follower.Second && t.run.Stopped[t.follower.Phone] && len(t.alerts) > 0 && t.alerts[0].Corrects == "" {
			s.T.Errorf("property 2: %s had said STOP, and their second contact got %q", t.follower.Phone, t.Body)
		}
	}
	for number, n := range answers {
		if n > len(s.Phones[number].Words) {
			s.T.Errorf("property 2: %d answers to %d words of %s", n, len(s.Phones[number].Words), number)
		}
	}
}

// checkHidden is property 3: no text names somebody who was a minor, or protected, when the delivery began, and none goes
// to a subscriber who had the country of birth wrong.
func (s *story) checkHidden() {
	for _, t := range s.texts {
		if t.follower == nil {
			for _, p := range s.Persons {
				if strings.Contains(t.Body, p.Initials) {
					s.T.Errorf("property 3: an answer names %s: %q", p.Initials, t.Body)
				}
			}
			continue
		}
		p := t.follower.Person
		if t.run.Hidden[p] && (strings.Contains(t.Body, p.Initials) || Says(t.Body) != disregard) {
			s.T.Errorf("property 3: %s may not be named, and invocation %d sent %q", p.Initials, t.run.Result.Number, t.Body)
		}
		if t.follower.Born != "MX" {
			s.T.Errorf("property 3: %s had the country wrong, and got %q", t.follower.Word, t.Body)
		}
	}
}

// checkRepeats is property 4: a text that the ledger does not know is one whose sender died, or lost the answer, and each
// such invocation repeats no text twice.
func (s *story) checkRepeats() {
	type sent struct {
		run      *Run
		to, body string
	}
	lost := map[sent]int{}
	for _, t := range s.texts {
		if t.run.Function != "deliver" || len(t.alerts) > 0 {
			continue
		}
		if !t.run.mayLose() {
			s.T.Errorf("property 4: invocation %d went well (%v, hit %v), and the ledger does not know its text %q", t.run.Result.Number, t.run.Fault,
				t.run.Result.Hit, t.Body)
		}
		key := sent{t.run, t.To, t.Body}
		if lost[key]++; lost[key] > 1 {
			s.T.Errorf("property 4: invocation %d sent twice: %q", t.run.Result.Number, t.Body)
		}
	}
}

// checkAgreement is property 5: what the ledger says was sent is on the phone, once, and on the phone of the recipient.
func (s *story) checkAgreement() {
	on := map[string]text{}
	for _, t := range s.texts {
		on[t.MessageID] = t
		if len(t.alerts) > 1 {
			s.T.Errorf("property 5: two alerts have one text: %s, %s", show(t.alerts[0]), show(t.alerts[1]))
		}
	}
	for _, a := range s.ledger {
		switch a.State {
		case alert.Sent, alert.Delivered, alert.Acknowledged:
		default:
			continue
		}
		t, ok := on[a.MessageID]
		if !ok {
			s.T.Errorf("property 5: no phone has the text of %s", show(a))
			continue
		}
		to := t.follower.Phone
		if a.To == alert.Second {
			to = t.follower.Second
		}
		if t.follower.Sub.ID != a.SubscriptionID || t.To != to {
			s.T.Errorf("property 5: the text of %s is on %s", show(a), t.To)
		}
	}
}
