package libp2p

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// latency is how long a packet travels.
const latency = 30 * time.Millisecond

// slot is how long a slot of the local preset is.
const slot = 2 * time.Second

// genesisOf builds block 0 of a preset.
func genesisOf(t testing.TB, preset string, o spec.Options) genesis.Genesis {
	t.Helper()
	s, err := spec.Preset(preset, o)
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Build()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// key is the node key of host i.
func key(i int) ed25519.PrivateKey {
	var seed [ed25519.SeedSize]byte
	copy(seed[:], fmt.Sprint("node ", i))
	return ed25519.NewKeyFromSeed(seed[:])
}

// address is where host i is found.
func address(t testing.TB, net *nettest.Net, i int) string {
	t.Helper()
	id, err := host.PeerID(key(i).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return net.Addr(i) + "/p2p/" + id.String()
}

// validators are the real nodes of a network, numbered as its hosts.
type validators struct {
	t     *testing.T
	net   *nettest.Net
	nodes []*node.Node
}

// run runs a validator for each of n development keys until the end of the test.
func runValidators(t *testing.T, g genesis.Genesis, n int) *validators {
	t.Helper()
	v := &validators{t: t, net: nettest.New(t, latency)}
	dir := t.TempDir()
	for i := range n {
		c := node.Config{
			Name: spec.ValidatorName(i), BasePath: filepath.Join(dir, fmt.Sprint(i)), Genesis: g, CacheBytes: 1 << 20,
			Validator: true, WorkerPath: "/nonexistent", DevKeys: []string{"//" + spec.ValidatorName(i)},
			Network: node.Network{Key: key(i), Listen: []string{v.net.Addr(i)}, Options: v.net.Options(), Target: n},
		}
		if i > 0 {
			c.Network.Bootnodes = []string{address(t, v.net, 0)}
		}
		opened, err := node.New(c)
		if err != nil {
			t.Fatal(err)
		}
		v.nodes = append(v.nodes, opened)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- opened.Run(ctx) }()
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Errorf("node %d: %v", i, err)
			}
		})
	}
	return v
}

// within waits, in virtual time, until ok; it fails the test if that takes longer
// than limit, and returns how long it took.
func (v *validators) within(limit time.Duration, what string, ok func() bool) time.Duration {
	v.t.Helper()
	begin := time.Now()
	for !ok() {
		if time.Since(begin) > limit {
			v.t.Fatalf("after %s still no %s: %s", limit, what, v)
		}
		time.Sleep(slot / 20) // virtual
	}
	return time.Since(begin)
}

// least returns the lowest finalized number.
func (v *validators) least() primitives.BlockNumber {
	lowest := v.nodes[0].Snapshot().Finalized.Number
	for _, n := range v.nodes[1:] {
		lowest = min(lowest, n.Snapshot().Finalized.Number)
	}
	return lowest
}

// most returns the highest finalized number.
func (v *validators) most() primitives.BlockNumber {
	highest := primitives.BlockNumber(0)
	for _, n := range v.nodes {
		highest = max(highest, n.Snapshot().Finalized.Number)
	}
	return highest
}

// meshed reports whether every node is connected to every other.
func (v *validators) meshed() bool {
	for _, n := range v.nodes {
		if n.Status().Peers < len(v.nodes)-1 {
			return false
		}
	}
	return true
}

// split cuts, while on, the first half of the nodes off the others.
func (v *validators) split(on bool) {
	for i := range len(v.nodes) / 2 {
		for j := len(v.nodes) / 2; j < len(v.nodes); j++ {
			v.net.Cut(i, j, on)
		}
	}
}

// oneChain fails the test if nodes finalized different blocks.
func (v *validators) oneChain() {
	v.t.Helper()
	height := v.least()
	want, _, err := v.nodes[0].CanonicalHash(height)
	if err != nil {
		v.t.Fatal(err)
	}
	for i, n := range v.nodes {
		if got, ok, err := n.CanonicalHash(height); err != nil || !ok || got != want {
			v.t.Errorf("node %d finalized %s at #%d, node 0 %s (%v)", i, got, height, want, err)
		}
	}
}

// String shows every node as best/finalized and its peers.
func (v *validators) String() string {
	out := ""
	for _, n := range v.nodes {
		s := n.Status()
		out += fmt.Sprintf("%s %d/%d (%d peers) ", s.Name, s.Best.Number, s.Finalized.Number, s.Peers)
	}
	return out
}
