package node

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/signer"
)

// worried is for how long a loop may be silent before the node calls itself
// unwell: three times as long as a loop with nothing to do is silent.
const worried = 15 * time.Second

// Health says how the node is, for whoever watches it.
type Health struct {
	// Peers is the number of connected peers; ShouldHavePeers is false for the
	// only validator of a chain.
	Peers           int  `json:"peers"`
	IsSyncing       bool `json:"isSyncing"`
	ShouldHavePeers bool `json:"shouldHavePeers"`
	// Best and Finalized are block numbers.
	Best      uint64 `json:"best"`
	Finalized uint64 `json:"finalized"`
	// Subsystems is for how many seconds each loop has been silent.
	Subsystems map[string]float64 `json:"subsystems"`
	// Reasons is why the node is unwell; empty if it is well.
	Reasons []string `json:"reasons"`
}

// Health may be called from any goroutine.
func (n *Node) Health() Health {
	s := n.Status()
	h := Health{
		Peers: s.Peers, IsSyncing: s.Syncing, ShouldHavePeers: !n.alone, Best: uint64(s.Best.Number), Finalized: uint64(s.Finalized.Number),
		Subsystems: map[string]float64{}, Reasons: []string{},
	}
	h.Watch("", n.loops.Silent())
	if h.IsSyncing {
		h.Reasons = append(h.Reasons, "syncing")
	}
	if h.Peers == 0 && h.ShouldHavePeers {
		h.Reasons = append(h.Reasons, "no peers")
	}
	if err := n.disk.store.Err(); err != nil {
		h.Reasons = append(h.Reasons, "database failed")
	}
	return h
}

// Watch adds loops, whose names get the prefix, and for how long each has been
// silent.
func (h *Health) Watch(prefix string, silent map[string]time.Duration) {
	for _, name := range slices.Sorted(maps.Keys(silent)) {
		h.Subsystems[prefix+name] = silent[name].Seconds()
		if silent[name] > worried {
			h.Reasons = append(h.Reasons, fmt.Sprintf("%s%s is silent for %.0f s", prefix, name, silent[name].Seconds()))
		}
	}
}

// onlyValidator reports whether the node has the key of the only validator of its
// chain, as the finalized state has it.
func (n *Node) onlyValidator() (bool, error) {
	view, err := n.disk.store.View(n.disk.store.Finalized().Hash)
	if err != nil {
		return false, err
	}
	query := runtime.NewQuery(view)
	authorities := query.BABE().Authorities
	alone := n.config.Validator && len(authorities) == 1 && slices.Contains(n.disk.signer.Keys(signer.BABE), [32]byte(authorities[0].Key))
	return alone, query.Err()
}
