package main

// The tasks.
const (
	taskLookUp    = "look-up"
	taskSubscribe = "subscribe"
	taskIngest    = "ingest"
	taskAlerts    = "alerts"
)

func (b *functionsBench) tasks() (all []task) {
	for _, t := range []task{b.lookUps(), b.subscribes(), b.uploads(), b.releases()} {
		if b.counts[t.Name] > 0 {
			all = append(all, t)
		}
	}
	return all
}
