package relaystate_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzVerify takes any nodes for a proof, of the true root or, if forged, of the
// root that the first one makes: nothing panics, and the true root proves one
// state only.
func FuzzVerify(f *testing.F) {
	root, proof := prove(f, relay(f))
	want, err := relaystate.Verify(proof, root, para)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(false, scaletest.Join(proof...))
	f.Add(true, scaletest.Join(proof...))
	f.Add(true, scaletest.Join(proof[:1]...))
	f.Fuzz(func(t *testing.T, forged bool, data []byte) {
		nodes := scaletest.Split(data)
		root := root
		if forged && len(nodes) > 0 {
			root = primitives.Blake2b256(nodes[0])
		}
		got, err := relaystate.Verify(nodes, root, para)
		if err == nil && !forged && (got.Limits != want.Limits || got.Slot != want.Slot || got.IncludedHead != want.IncludedHead || len(got.Ingress) != len(want.Ingress)) {
			t.Fatalf("another state is proven: %+v", got)
		}
	})
}
