package simulation

import (
	"testing"

	"voice.example/infra/rig"
	"voice.example/infra/world"
)

// TestRetractedBeforeItWasTold is what the simulation found: somebody is removed; before that is told, a wrong row says
// that they were released; before that is told either, it is taken back. The first alert was overtaken by the second, and
// the second is retracted: in the end the subscriber was told nothing, of somebody who is not in custody.
func TestRetractedBeforeItWasTold(t *testing.T) {
	r := rig.New(t, rig.Config{Functions: []string{"alerts", "deliver", "escalate", "replies"}})
	for name, told := range map[string]func(w *player){
		"InOneBatch": func(*player) {},
		"InBatchesOfTheirOwn": func(w *player) {
			w.Read()
			w.World.Tell(&w.Lanes[0], 0, 1, rig.Fault{}) // the wrong row alone: its alert waits in the queue
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newPlayer(t, r)
			f := &world.Follower{Person: w.Persons[0], Phone: w.Numbers()[1], Word: "Word0", Born: "MX"}
			w.Follow(f, nil)
			w.Observe(f.Person, world.Rows["removal"])
			w.Read()
			w.World.Tell(&w.Lanes[0], 0, 1, rig.Fault{})
			w.Observe(f.Person, world.Rows["release"])
			w.Empty(rig.Routine, "deliver") // the removal is overtaken
			told(w)
			w.World.Retract(f.Person, 1)
			w.Empty(rig.Urgent, "deliver")
			w.Drain()
			w.Check()
			if got := w.Texts(f.Phone); len(got) == 0 || world.Says(got[len(got)-1].Body) != world.Stands(f.Person.Now()) {
				t.Errorf("the subscriber got %v", got)
			}
		})
	}
}
