package subsystem

import (
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzHear gives a subsystem any bitfields and summaries: only what a validator
// of the block signed is kept, once each, and answers hold only what is kept.
func FuzzHear(f *testing.F) {
	stub := cryptotest.NewStub([32]byte{7})
	leaf := &prospective.Leaf{Hash: primitives.Hash{1}, Session: 3, Cores: make([]inclusion.Core, 2)}
	var keys []cryptotest.Keys
	for i := range 4 {
		keys = append(keys, stub.Keys([32]byte{byte(i)}))
		leaf.Validators = append(leaf.Validators, keys[i].Sr25519Public())
	}
	context := primitives.SigningContext{SessionIndex: leaf.Session, Parent: leaf.Hash}
	signed := func(v int, bits ...int) []byte {
		b := scale.NewBitVec(2)
		for _, i := range bits {
			b.Set(i, true)
		}
		return AppendbitfieldMessage(nil, signedBitfield{Block: leaf.Hash, Bitfield: primitives.SignedBitfield{
			Bitfield: b, ValidatorIndex: primitives.ValidatorIndex(v), Signature: keys[v].Sr25519(primitives.BitfieldPayload(b, context))}})
	}
	summary := AppendbitfieldMessage(nil, bitfieldSummary{Block: leaf.Hash, Held: scale.NewBitVec(4)})
	f.Add(scaletest.Join(signed(0), signed(3, 0, 1), summary))
	f.Add(scaletest.Join(signed(1, 1), signed(1), signed(1, 1), summary))
	f.Add(scaletest.Join(AppendbitfieldMessage(nil, bitfieldSummary{Block: primitives.Hash{2}, Held: scale.NewBitVec(9)})))
	f.Fuzz(func(t *testing.T, data []byte) {
		sent := 0
		s := &Subsystem{
			config:  Config{Verifier: stub, SendBitfields: func(_ protocol.PeerID, messages [][]byte) { sent += len(messages) }},
			metrics: newMetrics(nil),
			leaves:  map[primitives.Hash]*leafState{leaf.Hash: {leaf: leaf, active: true}}, bitfields: map[primitives.Hash]*bitfields{},
		}
		for _, piece := range scaletest.Split(data) {
			m, err := decodeBitfieldMessage(piece)
			if err != nil {
				continue
			}
			before, kept := sent, len(s.bitfieldsFor(leaf.Hash))
			v, err := s.hear("p", m)
			if err != nil {
				t.Fatalf("no own keys, and heard: %v", err)
			}
			after := len(s.bitfieldsFor(leaf.Hash))
			if accepted := v.judgment == protocol.Accept; after-kept > 1 || after > kept && !accepted {
				t.Fatalf("%d bitfields are kept after %d, accepted %t", after, kept, accepted)
			}
			if sent-before > kept {
				t.Fatalf("%d messages sent, %d are held", sent-before, kept)
			}
		}
		for _, b := range s.bitfieldsFor(leaf.Hash) {
			if !stub.Sr25519(leaf.Validators[b.ValidatorIndex], primitives.BitfieldPayload(b.Bitfield, context), b.Signature) {
				t.Fatal("a bitfield is kept that nobody signed")
			}
		}
		if len(s.bitfields) > len(s.leaves) {
			t.Fatalf("bitfields of %d blocks are kept", len(s.bitfields))
		}
	})
}
