package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"voice.example/infra/rig"
)

// soak is what is to be done, and what came of it.
type soak struct {
	Seed     uint64
	Duration time.Duration
	Rounds   int // 0: as many as there is time for
	From     int // the first round's number, to repeat one alone
	Progress io.Writer

	tally  *tally
	rounds int
	wrong  []string
	notes  []string // of the first round that went wrong
	took   time.Duration
}

// progressEvery is how often a line is written.
const progressEvery = 5 * time.Second

// run runs it. An error is one that kept it from going on; what is wrong is in wrong.
func (s *soak) run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "soak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	stage := &stage{Host: rig.NewHost(ctx, folder)}
	defer stage.Close()
	s.tally = newTally()
	var r *rig.Rig
	if err := rig.Guard(func() error {
		r = rig.New(stage, rig.Config{Functions: functions, Lanes: 2, DiskFull: true,
			Parameters: map[string]string{"CodesPerPhonePerHour": "20", "CodesPerHour": "100000"}})
		return nil
	}); err != nil {
		return err
	}
	began := time.Now()
	until := began.Add(s.Duration)
	done := make(chan struct{})
	defer close(done)
	go s.tell(began, done)
	logged := map[string]int{}
	for n := s.From; ctx.Err() == nil && time.Now().Before(until) && (s.Rounds == 0 || n < s.From+s.Rounds); n++ {
		err := rig.Guard(func() error {
			w := newRound(stage, r, s.tally, newDice(s.Seed, n, 0), logged)
			w.until = until
			if err := w.run(); err != nil {
				stage.Errorf("%v", err)
			}
			if stage.Failed() {
				stage.Log("the round's last steps:")
				for _, line := range w.Journal()[max(0, len(w.Journal())-60):] {
					stage.Log(line)
				}
			}
			return nil
		})
		if err != nil {
			stage.Errorf("%v", err)
		}
		s.rounds++
		wrong, notes := stage.take()
		for _, what := range wrong {
			what = fmt.Sprintf("round %d: %s", n, what)
			fmt.Fprintln(s.Progress, "VIOLATION", what)
			s.wrong = append(s.wrong, what)
		}
		if len(wrong) > 0 && s.notes == nil {
			s.notes = notes
		}
	}
	s.took = time.Since(began)
	return ctx.Err()
}

// tell writes a line of progress, now and then.
func (s *soak) tell(began time.Time, done chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-time.After(progressEvery):
		}
		t := s.tally
		t.mu.Lock()
		asked, hit := 0, 0
		for _, n := range t.requests {
			asked += n
		}
		for _, n := range t.faults {
			hit += n
		}
		fmt.Fprintf(s.Progress, "%4ds  %6d invocations  %5d with a fault  %5d texts\n", int(time.Since(began).Seconds()), asked, hit, t.texts)
		t.mu.Unlock()
	}
}
