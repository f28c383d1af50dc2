package main

import "voice.example/shared/volume"

// alertImage is as much of an alert's image as is counted by.
type alertImage struct {
	State   attribute `json:"state"`
	Event   attribute `json:"event"`
	Outcome attribute `json:"outcome"`
}

// ofAlert is what a change of an alert adds: that it has come to a state, on the day of the change. One that is planned
// again, since its text did not go, is not counted as planned again; one that is sent again is sent twice.
func (h *handler) ofAlert(r record) (volume.Adds, error) {
	old, new, err := images[alertImage](r)
	if err != nil {
		return nil, err
	}
	adds := volume.Adds{}
	if new == nil || old != nil && old.State.S == new.State.S {
		return adds, nil
	}
	slot := volume.On(volume.Alerts, volume.DateOf(r.at(), h.Zone))
	switch state := new.State.S; state {
	case volume.Planned:
		if old != nil {
			return adds, nil
		}
		adds.Add(slot, volume.Name(state, new.Event.S), 1)
	case volume.Sent, volume.Delivered, volume.Acknowledged:
		adds.Add(slot, volume.Name(state, new.Event.S), 1)
	case volume.Failed:
		adds.Add(slot, volume.Name(state, new.Event.S), 1)
		adds.Add(slot, volume.Name(volume.FailedBy, new.Outcome.S), 1)
	case volume.OptedOut:
		adds.Add(slot, volume.Name(state, new.Event.S), 1)
		adds.Add(slot, volume.Name(volume.OptedOutBy, new.Outcome.S), 1)
	}
	return adds, nil
}
