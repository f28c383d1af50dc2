package inquiry

// Step is what whoever asked is told of by text, where they allowed that.
type Step string

// The steps.
const (
	NoStep       Step = ""
	StepReceived Step = "received"
	StepInHand   Step = "in_hand" // somebody has it
	StepTried    Step = "tried"   // somebody tried to reach them
	StepMoved    Step = "moved"   // it went to another office
	StepClosed   Step = "closed"
)

// Steps lists them, as they usually come.
func Steps() []Step { return []Step{StepReceived, StepInHand, StepTried, StepMoved, StepClosed} }

// News is the last step of an inquiry, and of how many entries of its timeline somebody knows who was told of it: whoever was
// told of as many (Told) or more has nothing new to hear. Only the last is worth a text: what came before it is over.
//
// That one person of the staff has it after another is no news, nor that it went to somebody else of the same office. Once
// somebody was in contact, what was before is none either. Whoever takes a request back wants no text about it; whoever asked
// by text was answered by text (functions/replies).
func (i Inquiry) News() (last Step, upTo int) {
	office, had := National, false // where it is, and whether they know that somebody has it
	for n, e := range i.Timeline {
		step, silent := NoStep, false
		switch e.Kind {
		case WasOpened:
			step = StepReceived
			if i.Channel == Text {
				step = NoStep
			}
		case WasAssigned, WasTaken, WasReferred, WasEscalated, WasReopened:
			switch has := e.Person != ""; {
			case e.Office != office && (e.Kind == WasReferred || e.Kind == WasEscalated):
				step, had = StepMoved, has
			case has && !had:
				step, had = StepInHand, true
			}
		case WasTried:
			step = StepTried
		case WasContacted:
			silent, had = true, true
		case WasResolved:
			step, had = StepClosed, false
			if i.Outcome == Withdrawn {
				step, silent = NoStep, true
			}
		}
		if e.Office != "" {
			office = e.Office
		}
		if step != NoStep || silent {
			last, upTo = step, n+1
		}
	}
	return last, upTo
}
