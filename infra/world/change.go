package world

import (
	"fmt"
	"time"

	"voice.example/shared/custody"
)

// Write writes a version as an upload does.
func (w *World) Write(p *Person, r custody.Record) {
	w.T.Helper()
	if err := w.People.Apply(ctx, r); err != nil {
		w.T.Fatal(err)
	}
	p.Versions = append(p.Versions, Version{Record: r, At: w.Now()})
	w.Jot("%s v%d: %s at %q, disclosable %v, retracts %v", p.Initials, r.Version, Stands(r), r.Facility, custody.Disclosable(r, w.Now()), r.Retracts)
}

// Pass lets some time go by before a version is written: in the midst of an invocation no more than one may take.
func (w *World) Pass() {
	if w.Brief {
		w.Advance(time.Second)
	} else {
		w.Advance(time.Minute)
	}
}

// NextUpload is the id of the next one.
func (w *World) NextUpload() string {
	w.uploads++
	return fmt.Sprintf("upload-%d", w.uploads)
}

// Rows is what a row may say of a person.
var Rows = map[string]func(*custody.Observation){
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

// RowNames are the keys of Rows, each as often as it is likely.
var RowNames = []string{"booked in", "transfer", "transfer", "transfer on", "in transit", "return", "return", "release", "release", "release",
	"removal", "escape", "other agency", "departure", "death"}

// Observe applies a row to a person's record. It reports whether that said anything new.
func (w *World) Observe(p *Person, edit func(*custody.Observation)) bool {
	w.T.Helper()
	w.Pass()
	no := false
	o := custody.Observation{ANumber: p.Number, FirstName: p.First, LastName: p.Last, CountryOfBirth: "MX", AsOf: w.Now().UTC()}
	var old *custody.Record
	if len(p.Versions) == 0 {
		o.DateOfBirth, o.Protected, o.Status = "1980-05-05", &no, custody.InCustody
	} else {
		r := p.Now()
		old, o.Status, o.InTransit = &r, r.Status, r.InTransit
	}
	edit(&o)
	next, isNew := o.Onto(old, w.NextUpload(), w.Now().UTC())
	if isNew {
		w.Write(p, next)
	}
	return isNew
}

// Retract takes back the last version, or the one so many before it.
func (w *World) Retract(p *Person, back int) {
	w.T.Helper()
	i := len(p.Versions) - back
	if i < 0 || p.Versions[i].Retracts != nil {
		return
	}
	for _, v := range p.Versions {
		if v.Retracts != nil && v.Retracts.Version == p.Versions[i].Version {
			return // it is taken back
		}
	}
	var old *custody.Record
	if i > 0 {
		old = &p.Versions[i-1].Record
	}
	w.Pass()
	if next, is := p.Now().Retract(old, p.Versions[i].Record, w.NextUpload(), w.Now().UTC()); is {
		w.Write(p, next)
	}
}
