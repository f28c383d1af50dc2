package simulation

import (
	"testing"

	"voice.example/infra/rig"
)

// TestRetractedBeforeItWasTold is what the simulation found: somebody is removed; before that is told, a wrong row says
// that they were released; before that is told either, it is taken back. The first alert was overtaken by the second, and
// the second is retracted: in the end the subscriber was told nothing, of somebody who is not in custody.
func TestRetractedBeforeItWasTold(t *testing.T) {
	r := rig.New(t, rig.Config{Functions: []string{"alerts", "deliver", "escalate", "replies"}})
	for name, told := range map[string]func(w *world){
		"InOneBatch": func(*world) {},
		"InBatchesOfTheirOwn": func(w *world) {
			w.read()
			w.tell(&w.lanes[0], 0, 1, rig.Fault{}) // the wrong row alone: its alert waits in the queue
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, r)
			f := &follower{person: w.persons[0], phone: w.numbers()[1], word: "Word0", born: "MX"}
			w.follow(f, nil)
			w.observe(f.person, rows["removal"])
			w.read()
			w.tell(&w.lanes[0], 0, 1, rig.Fault{})
			w.observe(f.person, rows["release"])
			w.empty(rig.Routine, "deliver") // the removal is overtaken
			told(w)
			w.retract(f.person, 1)
			w.empty(rig.Urgent, "deliver")
			w.drain()
			w.check()
			if got := w.Texts(f.phone); len(got) == 0 || says(got[len(got)-1].Body) != stands(f.person.now()) {
				t.Errorf("the subscriber got %v", got)
			}
		})
	}
}
