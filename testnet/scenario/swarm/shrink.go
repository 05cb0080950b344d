package swarm

import (
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/testnet/scenario/engine"
	"github.com/rampart-chain/rampart/testnet/scenario/relaychain"
)

// Shrink returns a smaller plan that still fails: with fewer faults, then fewer
// validators, then less time. It asks fails at most tries times.
func Shrink(p Plan, tries int, fails func(Plan) bool) Plan {
	try := func(q Plan) bool {
		if tries--; tries < 0 || !fails(q) {
			return false
		}
		p = q
		return true
	}
	for size := (len(p.Faults) + 1) / 2; size > 0; {
		smaller := false
		for at := 0; at < len(p.Faults); {
			q := p
			q.Faults = slices.Concat(p.Faults[:at], p.Faults[min(at+size, len(p.Faults)):])
			if try(q) {
				smaller = true
			} else {
				at += size
			}
		}
		if !smaller || size > 1 {
			size /= 2
		}
	}
	for n := 4; n < p.Network.Nodes; n++ {
		if try(p.resized(n)) {
			break
		}
	}
	for p.Safety > 4*relaychain.SlotMillis {
		q := p
		q.Safety /= 2
		if !try(q) {
			break
		}
	}
	return p
}

// resized returns p for n validators: those that are no more do nothing wrong.
func (p Plan) resized(n int) Plan {
	gone := func(id engine.NodeID) bool { return int(id) >= n }
	p.Network.Nodes = n
	p.Network.Byzantine = maps.Clone(p.Network.Byzantine)
	maps.DeleteFunc(p.Network.Byzantine, func(id engine.NodeID, _ relaychain.Behavior) bool { return gone(id) })
	p.Down = slices.DeleteFunc(slices.Clone(p.Down), gone)
	f := (n - 1) / 3
	for _, id := range slices.Sorted(maps.Keys(p.Network.Byzantine)) {
		if len(p.Network.Byzantine) > f {
			delete(p.Network.Byzantine, id)
		}
	}
	p.Down = p.Down[:min(len(p.Down), f-len(p.Network.Byzantine))]
	p.Faults = slices.Clone(p.Faults)
	for i := range p.Faults {
		p.Faults[i].Nodes = slices.DeleteFunc(slices.Clone(p.Faults[i].Nodes), gone)
	}
	return p
}
