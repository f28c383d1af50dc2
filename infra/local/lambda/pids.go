package lambda

// PIDs are the processes that the pool has now, for who measures them.
func (p *Pool) PIDs() []int {
	var all []int
	for _, w := range p.processes() {
		if w.alive() {
			all = append(all, w.process.PID())
		}
	}
	return all
}
