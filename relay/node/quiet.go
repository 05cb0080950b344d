package node

import "time"

// quietSlots is for how many slots after it has met the first peer a validator
// neither votes nor makes blocks: if another node uses its keys, that is heard
// first.
const quietSlots = 2

// quiet reports whether the node only listens yet. The only validator of a chain
// never does: it may have no peers, and none would use its keys. One that is forced
// to author does so once it has met somebody.
func (n *Node) quiet() bool {
	if n.alone {
		return false
	}
	met := n.met.Load()
	if met == nil {
		return !n.config.ForceAuthoring
	}
	return time.Since(*met) < quietSlots*time.Duration(n.chain.SlotDuration())*time.Millisecond
}

// meet notes that a peer is connected.
func (n *Node) meet() {
	now := time.Now()
	n.met.CompareAndSwap(nil, &now)
}
