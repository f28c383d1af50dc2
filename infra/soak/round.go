package main

import (
	"fmt"
	"sync"
	"time"

	"voice.example/infra/local/lookout"
	"voice.example/infra/rig"
	"voice.example/infra/world"
	"voice.example/shared/custody"
)

// How large a round is.
const (
	people  = 8  // whose custody changes
	phones  = 8  // that follow some of them
	crowd   = 60 // held all along, so that there is something for the brake to hold
	steps   = 120
	working = 60
)

// functions are those that a soak invokes.
var functions = []string{"alerts", "deliver", "escalate", "inform", "ingest", "intake", "replies", "seal", "staff", "status", "volumes"}

// round is some hours of the service's life.
type round struct {
	*world.World
	stage *stage
	tally *tally
	dice  dice
	until time.Time // by the machine's clock: no step begins after

	changing []*world.Person // whose custody changes
	crowd    []*world.Person
	uploads  []*file
	asked    []*request
	words    int // code words given out
	pumps    []*pump
	logged   map[string]int // how much of each function's log has been looked through
	private  lookout.People // all that must be in no log
}

// newRound makes the world anew, with people of its own.
func newRound(s *stage, r *rig.Rig, t *tally, d dice, logged map[string]int) *round {
	w := &round{World: world.New(s, r), stage: s, tally: t, dice: d, logged: logged}
	w.Persons = nil
	w.Phones = map[string]*world.Handset{}
	for i := range people + crowd {
		first, last := name(i)
		p := &world.Person{Number: custody.ANumber(fmt.Sprintf("%09d", 271_828_000+i*37)), First: first, Last: last,
			Initials: first[:1] + "." + last[:1] + "."}
		w.Persons = append(w.Persons, p)
		w.private.Name(first)
		w.private.Name(last)
		w.private.Number(string(p.Number))
	}
	w.changing, w.crowd = w.Persons[:people], w.Persons[people:]
	for i := range phones {
		number := fmt.Sprintf("+1202555014%d", i)
		w.Phones[number] = new(world.Handset)
		w.private.Number(number)
	}
	w.pumps = []*pump{{table: "inquiries", function: "inform"}, {table: "inquiries", function: "volumes"}, {table: "alerts", function: "volumes"},
		{table: "audit", function: "seal"}}
	for _, p := range w.pumps {
		w.StreamOf(p.table) // what was before
	}
	for _, f := range functions { // clocks are never the same
		w.Skew(f, time.Duration(d.IntN(800)-400)*time.Millisecond)
	}
	return w
}

// name invents one that is nobody's. Those of the people whose custody changes have initials of their own.
func name(i int) (first, last string) {
	syllables := []string{"bax", "dwin", "fyr", "gol", "hev", "jub", "kosh", "lum", "myz", "nop"}
	letter := string(rune('A' + i%26))
	return letter + "u" + syllables[i%10] + syllables[i/10%10], letter + "ov" + syllables[i/10%10] + syllables[(i+3)%10]
}

// run goes through the round, and reports an error when it could not go on. What is wrong is in the stage.
func (w *round) run() error {
	return rig.Guard(func() error {
		w.begin()
		var lookups sync.WaitGroup
		stop := make(chan struct{})
		visitors := &visitors{round: w, dice: newDice(w.dice.Uint64(), 0, 1), stop: stop}
		lookups.Go(func() {
			if err := rig.Guard(func() error { visitors.run(); return nil }); err != nil {
				w.stage.violated(err.Error())
			}
		})
		func() {
			defer lookups.Wait()
			defer close(stop)
			for range steps {
				if time.Now().After(w.until) {
					break
				}
				pick(w.dice, w.steps())()
			}
			for range working { // what has piled up is worked off, while things go wrong
				if time.Now().After(w.until) {
					break
				}
				pick(w.dice, w.work())()
			}
		}()
		w.rest()
		w.check()
		return nil
	})
}

// steps are what can happen next, each as often as it is likely.
func (w *round) steps() []func() {
	return []func(){
		w.upload, w.upload, w.upload, w.ingest, w.ingest, w.ingest, w.ingest, w.decide, w.decide, w.retract, w.massRelease,
		w.subscribe, w.subscribe, w.subscribe, w.subscribe, w.end, w.say, w.say, w.hear, w.hear,
		w.tell, w.tell, w.tell, w.tell, w.deliver, w.deliver, w.deliver, w.deliver, w.escalate, w.escalate,
		w.ask, w.follow, w.operate, w.operate, w.pump, w.pump, w.wait, w.wait, w.wait,
	}
}

// work are the steps that make nothing new.
func (w *round) work() []func() {
	return []func(){w.ingest, w.decide, w.tell, w.tell, w.deliver, w.deliver, w.deliver, w.hear, w.escalate, w.escalate, w.pump, w.wait, w.wait}
}

// wait is time that passes.
func (w *round) wait() {
	w.Advance(pick(w.dice, []time.Duration{2 * time.Second, 20 * time.Second, 40 * time.Second, 70 * time.Second, 3 * time.Minute, 16 * time.Minute,
		70 * time.Minute}))
}
