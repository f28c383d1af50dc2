// Package machine is the local runner's Step Functions: it runs the state machines of the template, which call functions.
//
// An execution is on disk before it is acknowledged, and one that runs when the runner ends is begun again from its first
// state by the next runner, where Step Functions would go on in the middle.
//
// Limits: of the API, StartExecution and DescribeExecution. Of the states language, Choice (StringEquals, BooleanEquals), Task
// (a function), Map (distributed, of one task), Succeed and Fail, with reference paths of names only; what else a
// definition has is an error when it is read. There are no time limits and no quotas, and no history is kept.
package machine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// Config is what a Service needs.
type Config struct {
	DB       *durable.DB
	Machines []Machine
	Now      func() time.Time // nil = time.Now
	Log      *slog.Logger     // nil = silent
}

// Machine is one state machine.
type Machine struct {
	ARN        string
	Definition json.RawMessage // of the states language
	// Invoke calls a function by its ARN, in the name of the machine's role. An error that has a method ErrorType is matched
	// by that with what the definition retries and catches.
	Invoke func(ctx context.Context, functionARN string, input []byte) ([]byte, error)
}

// Service runs executions. Its methods may be called from many goroutines.
type Service struct {
	config   Config
	machines map[string]*program // by ARN
	wake     chan struct{}

	mu      sync.Mutex
	running map[string]bool // by ARN
}

// Statuses of an execution.
const (
	Running   = "RUNNING"
	Succeeded = "SUCCEEDED"
	Failed    = "FAILED"
)

// execution is what is kept of one.
type execution struct {
	ARN     string          `json:"arn"`
	Machine string          `json:"machine"`
	Input   json.RawMessage `json:"input"`
	Status  string          `json:"status"`
	Started time.Time       `json:"started"`
	Error   string          `json:"error,omitempty"`
}

// errExists says that there is, or was, another execution of the name.
var errExists = errors.New("an execution of this name exists")

// Open reads the definitions.
func Open(c Config) (*Service, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{config: c, machines: map[string]*program{}, wake: make(chan struct{}, 1), running: map[string]bool{}}
	for _, m := range c.Machines {
		p, err := read(m)
		if err != nil {
			return nil, fmt.Errorf("the state machine %s: %w", m.ARN, err)
		}
		s.machines[m.ARN] = p
	}
	return s, nil
}

// start begins an execution. The same name with the same input, while it runs, is the same execution.
func (s *Service) start(machine, name string, input json.RawMessage) (execution, error) {
	e := execution{ARN: strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":" + name, Machine: machine, Input: input, Status: Running, Started: s.config.Now()}
	err := s.config.DB.Update(func(tx *bbolt.Tx) error {
		all, err := durable.Buckets(tx, "executions")
		if err != nil {
			return err
		}
		var earlier execution
		switch err := durable.Get(all, []byte(e.ARN), &earlier); {
		case err == nil && earlier.Status == Running && string(earlier.Input) == string(input):
			e = earlier
			return nil
		case err == nil:
			return errExists
		case !errors.Is(err, durable.ErrNotFound):
			return err
		}
		return durable.Put(all, []byte(e.ARN), e)
	})
	if err != nil {
		return execution{}, err
	}
	select {
	case s.wake <- struct{}{}:
	default: // it is awake
	}
	return e, nil
}

func (s *Service) find(arn string) (e execution, err error) {
	err = s.config.DB.View(func(tx *bbolt.Tx) error {
		all := durable.Find(tx, "executions")
		if all == nil {
			return durable.ErrNotFound
		}
		return durable.Get(all, []byte(arn), &e)
	})
	return e, err
}

// Run runs executions until ctx ends, first those that an earlier process left, and returns when none runs here any more.
func (s *Service) Run(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	for {
		for _, e := range s.waiting() {
			group.Go(func() { s.run(ctx, e) })
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
	}
}

// waiting are the executions that are to run and do not.
func (s *Service) waiting() (found []execution) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.config.DB.View(func(tx *bbolt.Tx) error {
		all := durable.Find(tx, "executions")
		if all == nil {
			return nil
		}
		return all.ForEach(func(_, text []byte) error {
			var e execution
			if err := json.Unmarshal(text, &e); err != nil {
				return err
			}
			if e.Status == Running && !s.running[e.ARN] && s.machines[e.Machine] != nil {
				s.running[e.ARN] = true
				found = append(found, e)
			}
			return nil
		})
	})
	if err != nil {
		s.config.Log.Error("executions could not be read", "error", err)
	}
	return found
}

func (s *Service) run(ctx context.Context, e execution) {
	err := s.machines[e.Machine].run(ctx, e.Input)
	if ctx.Err() != nil {
		return // the next runner begins it again
	}
	e.Status = Succeeded
	if err != nil {
		e.Status, e.Error = Failed, kind(err)
		s.config.Log.Warn("an execution failed", "execution", e.ARN, "error", e.Error)
	}
	err = s.config.DB.Update(func(tx *bbolt.Tx) error {
		all, err := durable.Buckets(tx, "executions")
		if err != nil {
			return err
		}
		return durable.Put(all, []byte(e.ARN), e)
	})
	if err != nil {
		s.config.Log.Error("an execution's end could not be kept", "error", err)
	}
}
