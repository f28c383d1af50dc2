package simulation

import (
	"context"
	"flag"
	"os"
	"testing"

	"pgregory.net/rapid"

	"voice.example/infra/rig"
	"voice.example/infra/world"
)

var ctx = context.Background()

// TestMain sets how long the test is, where the command line does not.
func TestMain(m *testing.M) {
	flag.Parse()
	set := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { set[f.Name] = true })
	for name, value := range map[string]string{"rapid.checks": "60", "rapid.steps": "45"} {
		if !set[name] {
			if err := flag.Set(name, value); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(m.Run())
}

func TestAlerts(t *testing.T) {
	r := rig.New(t, rig.Config{Functions: []string{"alerts", "deliver", "escalate", "replies"}, Lanes: 2})
	rapid.Check(t, func(t *rapid.T) {
		w := newPlayer(t, r)
		t.Repeat(map[string]func(*rapid.T){
			"change": w.Change, "change too": w.Change, "change more": w.Change, "protect": w.Protect, "unlist": w.Unlist, "retract": w.Retract,
			"subscribe": w.Subscribe, "subscribe too": w.Subscribe, "end": w.End, "say": w.Say, "hear": w.Hear,
			"tell": w.Tell, "tell too": w.Tell, "tell more": w.Tell, "deliver": w.Deliver, "deliver too": w.Deliver, "deliver more": w.Deliver,
			"escalate": w.Escalate, "wait": w.Wait, "wait too": w.Wait,
		})
		w.T = t
		w.Drain()
		w.Check()
	})
}

// player is a world in which rapid draws what happens.
type player struct {
	*world.World
}

func newPlayer(t rapid.TB, r *rig.Rig) *player { return &player{world.New(t, r)} }
