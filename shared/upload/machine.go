package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"voice.example/shared/roster"
)

// A large upload's units of work are done side by side by Step Functions, in a Distributed Map for each of validate, diff
// and apply. The steps and units are those that one worker does one after the other; only who does them is different.

// Machine is the state machine for large uploads.
type Machine struct {
	Client *sfn.Client
	ARN    string
	Above  int64 // bytes: files larger than this are for the machine
}

// Order is what the state machine asks of the function that does its steps and units; see UploadMachine in template.yaml.
type Order struct {
	UploadID string `json:"upload_id"`
	Step     Step   `json:"step"`
	Unit     int    `json:"unit"` // of validate, diff and apply
	Error    string `json:"error,omitempty"`
}

// Step is one state of the machine.
type Step string

const (
	StepLook     Step = "look"     // cut the file
	StepValidate Step = "validate" // a unit: read one range
	StepRead     Step = "read"     // add up what was read
	StepDiff     Step = "diff"     // a unit: compare one part
	StepPlan     Step = "plan"     // seal and weigh the plan
	StepApply    Step = "apply"    // a unit: write one part
	StepEnd      Step = "end"      // add up what was written, and report
	StepGiveUp   Step = "give_up"  // a step failed for good
)

// Ordered is the answer to an Order: how far the upload is, and the units of the step that follows.
type Ordered struct {
	UploadID string `json:"upload_id"`
	State    State  `json:"state"`
	Rests    bool   `json:"rests"` // nothing is to be applied, or not before people decide
	Units    []int  `json:"units"`
}

// hand hands an upload over to the state machine. Doing so twice starts it once: an execution's name is used once.
func (m *Machine) hand(ctx context.Context, u *item) error {
	from := StepLook
	if u.State == PlanReady || u.State == Applying {
		from = StepApply
	}
	input, err := json.Marshal(map[string]any{"upload_id": u.ID, "from": from, "units": units(u.Parts)})
	if err != nil {
		return err
	}
	_, err = m.Client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &m.ARN, Name: ptr(u.ID + "-" + string(from)), Input: ptr(string(input))})
	var there *types.ExecutionAlreadyExists
	if errors.As(err, &there) {
		return m.lives(ctx, u.ID+"-"+string(from))
	}
	if err != nil {
		return fmt.Errorf("upload: starting the state machine: %w", err)
	}
	return nil
}

// errMachine says that an execution ended, and left its upload where it was.
var errMachine = errors.New("upload: the state machine was stopped, or failed to say that it failed")

// lives makes sure that an execution which was started before still runs, or has done what it was to.
func (m *Machine) lives(ctx context.Context, name string) error {
	arn := strings.Replace(m.ARN, ":stateMachine:", ":execution:", 1) + ":" + name
	out, err := m.Client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		return fmt.Errorf("upload: looking at the state machine: %w", err)
	}
	if out.Status != types.ExecutionStatusRunning && out.Status != types.ExecutionStatusSucceeded {
		return errMachine
	}
	return nil
}

// mapped hands an upload over if it is for the state machine, and says whether it is.
func (p *Pipeline) mapped(ctx context.Context, u *item) (bool, error) {
	if p.Machine == nil || !u.Mapped && (u.State != Received || u.Kind == Retraction) {
		return false, nil
	}
	if !u.Mapped {
		size, _, err := p.head(ctx, u.object())
		if err != nil || size <= p.Machine.Above {
			return false, err
		}
		u.Mapped = true
	}
	// Before the machine is started: from then on it is the machine that saves.
	u.LeaseUntil = p.Now().Add(handedFor).UnixMilli()
	if err := p.save(ctx, u); err != nil {
		return false, err
	}
	return true, p.Machine.hand(ctx, u)
}

// handedFor is how long nobody else takes an upload that the state machine has.
const handedFor = 15 * time.Minute

// EndedError says that an order is for an upload that has ended, so that there is no use in giving it again. The state
// machine knows it by the name of its type.
type EndedError struct{ Err error }

func (e *EndedError) Error() string {
	if e.Err == nil {
		return "upload: it has ended"
	}
	return "upload: it has ended: " + e.Err.Error()
}

func (e *EndedError) Unwrap() error { return e.Err }

// Obey does one step or unit of a large upload. Doing it again, in any order, gives the same. An error that will not pass
// ends the upload, with its report; then, and for an upload that has ended, the error makes the machine give up.
func (p *Pipeline) Obey(ctx context.Context, o Order) (Ordered, error) {
	before := p.Meter.Read()
	u, err := p.get(ctx, o.UploadID)
	if err != nil {
		return Ordered{}, err
	}
	if u.Resting {
		if o.Step == StepPlan || o.Step == StepEnd || o.Step == StepGiveUp {
			return ordered(&u, 0), nil // done before
		}
		return Ordered{}, new(EndedError)
	}
	u.metered = before
	n, err := p.obey(ctx, &u, o)
	if err == nil {
		return ordered(&u, n), nil
	}
	if p.refused(ctx, &u, err) == nil && u.Resting {
		return Ordered{}, &EndedError{err}
	}
	return Ordered{}, err
}

func ordered(u *item, n int) Ordered {
	return Ordered{UploadID: u.ID, State: u.State, Rests: u.Resting, Units: units(n)}
}

func units(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// obey does an order, and says how many units the step after it has.
func (p *Pipeline) obey(ctx context.Context, u *item, o Order) (int, error) {
	switch o.Step {
	case StepLook:
		if err := p.look(ctx, u); err != nil {
			return 0, err
		}
		return u.Ranges, nil
	case StepValidate:
		v, err := p.validate(ctx, u, o.Unit)
		if err != nil {
			return 0, err
		}
		return 0, p.keep(ctx, u, resultKey("validated", o.Unit), v)
	case StepRead:
		u.Validated = u.Ranges
		if err := p.fileRead(ctx, u); err != nil {
			return 0, err
		}
		return u.Parts, nil
	case StepDiff:
		d, err := p.diff(ctx, u, o.Unit)
		if err != nil {
			return 0, err
		}
		d.Used = p.used(u)
		return 0, p.keep(ctx, u, resultKey("diffed", o.Unit), d)
	case StepPlan:
		u.Diffed = u.Parts
		u.Applies++ // the machine goes on to apply: from here on it may have
		return u.Parts, p.planMade(ctx, u)
	case StepApply:
		plan, err := p.readPlan(ctx, u)
		if err != nil {
			return 0, err
		}
		if o.Unit >= len(plan.Parts) {
			return 0, fmt.Errorf("upload: part %d of %d", o.Unit, len(plan.Parts))
		}
		done, err := p.applyPart(ctx, u, plan.Parts[o.Unit], o.Unit)
		if err != nil {
			return 0, err
		}
		done.Used = p.used(u)
		return 0, p.keep(ctx, u, resultKey("applied", o.Unit), done)
	case StepEnd:
		u.Applied = u.Parts
		return 0, p.planApplied(ctx, u, u.Parts)
	case StepGiveUp:
		return 0, p.refuse(ctx, u, Failed, roster.FileError{Problem: "a step failed again and again", Fix: "Have the service's operators look at the state machine's log, then upload the file again: what was applied is found unchanged."})
	}
	return 0, fmt.Errorf("upload: there is no step %q", o.Step)
}

// used is what a unit consumed; the step after it adds it up.
func (p *Pipeline) used(u *item) Used {
	now := p.Meter.Read()
	return Used{RRU: now.RRU - u.metered.RRU, WRU: now.WRU - u.metered.WRU}
}

// Used is capacity that a unit of a large upload consumed.
type Used struct {
	RRU float64 `json:"rru,omitempty"`
	WRU float64 `json:"wru,omitempty"`
}

func (u *item) use(x Used) {
	u.RRU += x.RRU
	u.WRU += x.WRU
}
