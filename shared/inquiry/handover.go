package inquiry

// Handover is what somebody of the staff is told of by mail: an inquiry is theirs now, or is not any more.
type Handover struct {
	Person string // their work e-mail address
	Lost   bool   // it went to the national queue, since nobody was in contact in time; else it was given to them
}

// Handovers are those of which nobody was told yet (StaffTold), and the number of entries of the timeline up to which they are.
// What has changed since is left out: whom it was given to and who has it no more, and who lost it and has it again. Who took
// an inquiry themselves knows of it.
func (i Inquiry) Handovers() (all []Handover, upTo int) {
	holder, given, lost := "", "", ""
	for n, e := range i.Timeline {
		fresh := n >= i.StaffTold
		switch e.Kind {
		case WasAssigned, WasReferred:
			if e.Person == holder {
				continue
			}
			holder, given = e.Person, ""
			if fresh {
				given = holder
			}
		case WasTaken, WasReopened, WasPutBack, WasEscalated:
			if e.Kind == WasEscalated && fresh {
				lost = holder
			}
			holder, given = e.Person, ""
		case WasResolved:
			holder, given, lost = "", "", ""
		}
	}
	if lost != "" && lost != holder {
		all = append(all, Handover{Person: lost, Lost: true})
	}
	if given != "" {
		all = append(all, Handover{Person: given})
	}
	return all, len(i.Timeline)
}
