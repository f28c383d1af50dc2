package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(run()) }

// run gives the exit code: 0, 1 for a violation, 2 when the soak could not be made.
func run() int {
	s := soak{Progress: os.Stderr}
	asJSON := flag.Bool("json", false, "write the figures as JSON")
	flag.Uint64Var(&s.Seed, "seed", rand.Uint64N(1_000_000), "what everything is drawn from")
	flag.DurationVar(&s.Duration, "duration", 10*time.Minute, "how long")
	flag.IntVar(&s.From, "round", 0, "the first round's number")
	flag.IntVar(&s.Rounds, "rounds", 0, "how many rounds; 0 for as many as there is time for")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	fmt.Fprintf(os.Stderr, "seed %d, for %s\n", s.Seed, s.Duration)
	err := s.run(ctx)
	if s.tally == nil || err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		return 2
	}
	for _, line := range s.notes {
		fmt.Fprintln(os.Stderr, line)
	}
	r := s.report()
	if *asJSON {
		if err := r.writeJSON(os.Stdout); err != nil {
			return 2
		}
	} else {
		r.write(os.Stdout)
	}
	if len(s.wrong) > 0 {
		fmt.Fprintf(os.Stderr, "to repeat a round: --seed %d --round N --rounds 1\n", s.Seed)
		return 1
	}
	return 0
}
