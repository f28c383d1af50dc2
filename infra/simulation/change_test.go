package simulation

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"voice.example/shared/custody"
)

// write writes a version as an upload does.
func (w *world) write(p *person, r custody.Record) {
	w.t.Helper()
	if err := w.people.Apply(ctx, r); err != nil {
		w.t.Fatal(err)
	}
	p.versions = append(p.versions, version{Record: r, at: w.Now()})
	w.jot("%s v%d: %s at %q, disclosable %v, retracts %v", p.initials, r.Version, stands(r), r.Facility, custody.Disclosable(r, w.Now()), r.Retracts)
}

// pass lets some time go by before a version is written: in the midst of an invocation no more than one may take.
func (w *world) pass() {
	if w.brief {
		w.Advance(time.Second)
	} else {
		w.Advance(time.Minute)
	}
}

// upload is the id of the next one.
func (w *world) upload() string {
	w.uploads++
	return fmt.Sprintf("upload-%d", w.uploads)
}

// what a row may say of a person.
var rows = map[string]func(*custody.Observation){
	"booked in":    func(o *custody.Observation) { o.Status, o.BookedIn, o.Facility = custody.InCustody, o.AsOf, "North" },
	"transfer":     func(o *custody.Observation) { o.Status, o.Facility = custody.InCustody, "South" },
	"transfer on":  func(o *custody.Observation) { o.Status, o.Facility = custody.InCustody, "East" },
	"in transit":   func(o *custody.Observation) { o.Status, o.InTransit = custody.InCustody, true },
	"return":       func(o *custody.Observation) { o.Status, o.Facility = custody.InCustody, "North" },
	"release":      func(o *custody.Observation) { o.Status, o.ReleaseReason = custody.Released, "Bonded Out - IJ" },
	"removal":      func(o *custody.Observation) { o.Status = custody.Removed },
	"escape":       func(o *custody.Observation) { o.Status = custody.Escaped },
	"other agency": func(o *custody.Observation) { o.Status = custody.TransferredOut },
	"departure":    func(o *custody.Observation) { o.Status = custody.Departed },
	"death":        func(o *custody.Observation) { o.Status = custody.Deceased },
}

var rowNames = []string{"booked in", "transfer", "transfer", "transfer on", "in transit", "return", "return", "release", "release", "release",
	"removal", "escape", "other agency", "departure", "death"}

// observe applies a row to a person's record. It reports whether that said anything new.
func (w *world) observe(p *person, edit func(*custody.Observation)) bool {
	w.t.Helper()
	w.pass()
	no := false
	o := custody.Observation{ANumber: p.number, FirstName: p.first, LastName: p.last, CountryOfBirth: "MX", AsOf: w.Now().UTC()}
	var old *custody.Record
	if len(p.versions) == 0 {
		o.DateOfBirth, o.Protected, o.Status = "1980-05-05", &no, custody.InCustody
	} else {
		r := p.now()
		old, o.Status, o.InTransit = &r, r.Status, r.InTransit
	}
	edit(&o)
	next, isNew := o.Onto(old, w.upload(), w.Now().UTC())
	if isNew {
		w.write(p, next)
	}
	return isNew
}

// Change is a row of a file: somebody is booked in, moved, released.
func (w *world) Change(t *rapid.T) {
	w.t = t
	w.drawRow(t)()
}

func (w *world) drawRow(t *rapid.T) func() {
	p := w.persons[rapid.IntRange(0, 2).Draw(t, "person")]
	row := rapid.SampledFrom(rowNames).Draw(t, "row")
	return func() { w.observe(p, rows[row]) }
}

// meanwhile draws what happens to records, or subscriptions, in the midst of an invocation.
func (w *world) meanwhile(t *rapid.T) func() {
	do := rapid.SampledFrom([]func(*rapid.T) func(){w.drawRow, w.drawRow, w.drawProtect, w.drawUnlist, w.drawRetract, w.drawEnd}).Draw(t, "meanwhile")(t)
	return func() {
		w.inside.Lock()
		defer w.inside.Unlock()
		w.brief = true
		do()
		w.brief = false
	}
}

// Protect is a row that says that the law protects somebody, or no longer does, or of whom a birth date makes a minor.
func (w *world) Protect(t *rapid.T) {
	w.t = t
	w.drawProtect(t)()
}

func (w *world) drawProtect(t *rapid.T) func() {
	p := w.persons[rapid.IntRange(0, 2).Draw(t, "person")]
	yes, no := true, false
	minor := w.Now().AddDate(-10, 0, 0).Format(time.DateOnly)
	say := rapid.SampledFrom([]string{"protected", "not protected", "not protected", "minor", "adult"}).Draw(t, "what")
	return func() {
		w.observe(p, func(o *custody.Observation) {
			switch say {
			case "protected":
				o.Protected = &yes
			case "not protected":
				o.Protected = &no
			case "minor":
				o.DateOfBirth = minor
			case "adult":
				o.DateOfBirth = "1980-05-05"
			}
		})
	}
}

// Unlist is a roster that lacks somebody.
func (w *world) Unlist(t *rapid.T) {
	w.t = t
	w.drawUnlist(t)()
}

func (w *world) drawUnlist(t *rapid.T) func() {
	p := w.persons[rapid.IntRange(0, 2).Draw(t, "person")]
	return func() {
		if r := p.now(); len(p.versions) > 0 && r.Status == custody.InCustody && !r.Unlisted() {
			w.pass()
			w.write(p, r.Unlist(w.Now().UTC(), w.upload(), w.Now().UTC()))
		}
	}
}

// Retract takes one of the last versions back.
func (w *world) Retract(t *rapid.T) {
	w.t = t
	w.drawRetract(t)()
}

func (w *world) drawRetract(t *rapid.T) func() {
	p := w.persons[rapid.IntRange(0, 2).Draw(t, "person")]
	back := rapid.IntRange(1, 2).Draw(t, "back")
	return func() { w.retract(p, back) }
}

// retract takes back the last version, or the one so many before it.
func (w *world) retract(p *person, back int) {
	w.t.Helper()
	i := len(p.versions) - back
	if i < 0 || p.versions[i].Retracts != nil {
		return
	}
	for _, v := range p.versions {
		if v.Retracts != nil && v.Retracts.Version == p.versions[i].Version {
			return // it is taken back
		}
	}
	var old *custody.Record
	if i > 0 {
		old = &p.versions[i-1].Record
	}
	w.pass()
	if next, is := p.now().Retract(old, p.versions[i].Record, w.upload(), w.Now().UTC()); is {
		w.write(p, next)
	}
}
