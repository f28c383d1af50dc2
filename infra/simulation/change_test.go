package simulation

import (
	"time"

	"pgregory.net/rapid"

	"voice.example/infra/world"
	"voice.example/shared/custody"
)

// Change is a row of a file: somebody is booked in, moved, released.
func (w *player) Change(t *rapid.T) {
	w.T = t
	w.drawRow(t)()
}

func (w *player) drawRow(t *rapid.T) func() {
	p := w.Persons[rapid.IntRange(0, 2).Draw(t, "person")]
	row := rapid.SampledFrom(world.RowNames).Draw(t, "row")
	return func() { w.Observe(p, world.Rows[row]) }
}

// meanwhile draws what happens to records, or subscriptions, in the midst of an invocation.
func (w *player) meanwhile(t *rapid.T) func() {
	do := rapid.SampledFrom([]func(*rapid.T) func(){w.drawRow, w.drawRow, w.drawProtect, w.drawUnlist, w.drawRetract, w.drawEnd}).Draw(t, "meanwhile")(t)
	return func() {
		w.Inside.Lock()
		defer w.Inside.Unlock()
		w.Brief = true
		do()
		w.Brief = false
	}
}

// Protect is a row that says that the law protects somebody, or no longer does, or of whom a birth date makes a minor.
func (w *player) Protect(t *rapid.T) {
	w.T = t
	w.drawProtect(t)()
}

func (w *player) drawProtect(t *rapid.T) func() {
	p := w.Persons[rapid.IntRange(0, 2).Draw(t, "person")]
	yes, no := true, false
	minor := w.Now().AddDate(-10, 0, 0).Format(time.DateOnly)
	say := rapid.SampledFrom([]string{"protected", "not protected", "not protected", "minor", "adult"}).Draw(t, "what")
	return func() {
		w.Observe(p, func(o *custody.Observation) {
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
func (w *player) Unlist(t *rapid.T) {
	w.T = t
	w.drawUnlist(t)()
}

func (w *player) drawUnlist(t *rapid.T) func() {
	p := w.Persons[rapid.IntRange(0, 2).Draw(t, "person")]
	return func() {
		if r := p.Now(); len(p.Versions) > 0 && r.Status == custody.InCustody && !r.Unlisted() {
			w.Pass()
			w.Write(p, r.Unlist(w.Now().UTC(), w.NextUpload(), w.Now().UTC()))
		}
	}
}

// Retract takes one of the last versions back.
func (w *player) Retract(t *rapid.T) {
	w.T = t
	w.drawRetract(t)()
}

func (w *player) drawRetract(t *rapid.T) func() {
	p := w.Persons[rapid.IntRange(0, 2).Draw(t, "person")]
	back := rapid.IntRange(1, 2).Draw(t, "back")
	return func() { w.World.Retract(p, back) }
}
