package grandpa
import "fmt"
func (c *Core) Debug() string {
	l := c.lastState()
	s := fmt.Sprintf("last nil=%v disk %v prevDue %v pcDue %v own %+v req %+v", l == nil, c.disk, c.rounds.prevoteDue, c.rounds.precommitDue, c.own, c.request)
	if l != nil { s += fmt.Sprintf(" E=%v", l.Estimate.Number) }
	if p := c.rounds.previous; p != nil { s += fmt.Sprintf(" prevcompl %v prevnum %d fin %v", p.completable, p.number, p.finalized.name()) }
	s += fmt.Sprintf(" unplaced %d %d", c.rounds.current.votes[0].unplaced, c.rounds.current.votes[1].unplaced)
	for _, r := range c.live() { for p := range r.votes { s += fmt.Sprintf("\n  r%d p%d seen %d eq %d:", r.number, p, r.votes[p].seen, r.votes[p].equivocated); for _, b := range r.votes[p].votes { if b.first == nil { s += " -" } else { s += fmt.Sprint(" ", b.first.target.Number); if b.second != nil { s += fmt.Sprint("/", b.second.target.Number) } } } } }
	return s
}
