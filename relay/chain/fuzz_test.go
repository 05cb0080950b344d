package chain_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// FuzzImport gives a chain any blocks, sealed by the authority if sealed: what is
// not an honest block is refused, and never for a fault of this node.
func FuzzImport(f *testing.F) {
	w := newWorld(f)
	f.Cleanup(func() { w.stop() })
	head := w.grow(w.genesis.Header.Hash(), 3)
	honest := w.child(head, 1)
	f.Add(false, scale.Marshal(honest))
	for _, change := range []func(*primitives.Block){
		func(*primitives.Block) {},
		func(b *primitives.Block) { b.Extrinsics = b.Extrinsics[:1] },
		func(b *primitives.Block) { b.Header.StateRoot[0]++ },
		func(b *primitives.Block) { b.Header.Digest = b.Header.Digest[:1] },
	} {
		b := primitives.Block{}
		if err := scale.Unmarshal(scale.Marshal(honest), &b); err != nil {
			f.Fatal(err)
		}
		b.Header.Digest = b.Header.Digest[:len(b.Header.Digest)-1]
		change(&b)
		f.Add(true, scale.Marshal(b))
	}
	f.Fuzz(func(t *testing.T, seal bool, data []byte) {
		var b primitives.Block
		if scale.Unmarshal(data, &b) != nil {
			return
		}
		if seal {
			preHash := primitives.Blake2b256(scale.Marshal(b.Header))
			b.Header = b.Header.Sealed(primitives.BABESeal(w.keys.Sr25519(preHash[:])))
		}
		checked := w.chain.CheckHeader(b.Header)
		err := w.take(b)
		if err == nil && checked != nil {
			t.Fatalf("a block was taken in whose header was refused: %v", checked)
		}
		if errors.Is(err, chain.ErrLocal) || errors.Is(err, chain.ErrStopped) {
			t.Fatal(err)
		}
		if err == nil && b.Header.Hash() != honest.Header.Hash() {
			t.Fatalf("%x was taken in", data)
		}
	})
}
