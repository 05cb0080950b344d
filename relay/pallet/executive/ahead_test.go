package executive_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// counting counts the signatures verified one by one and together.
type counting struct {
	plain
	single, together *int
}

func (v counting) Sr25519(public [32]byte, message []byte, signature [64]byte) bool {
	*v.single++
	return v.plain.Sr25519(public, message, signature)
}

func (v counting) Sr25519Batch(entries []crypto.Signed) []bool {
	*v.together += len(entries)
	return v.plain.Sr25519Batch(entries)
}

// execute runs a block of a timestamp and extrinsics with Execute.
func (c *chain) execute(extrinsics ...primitives.Extrinsic) error {
	c.t.Helper()
	x, _ := c.open()
	digest, err := x.End()
	if err != nil {
		c.t.Fatal(err)
	}
	block := primitives.Block{
		Header:     primitives.Header{ParentHash: c.head.Hash(), Number: c.head.Number + 1, Digest: digest},
		Extrinsics: append([]primitives.Extrinsic{bare(timestamp.Set{Now: c.now + 1})}, extrinsics...),
	}
	block.Header.ExtrinsicsRoot = executive.ExtrinsicsRoot(block.Extrinsics)
	return c.runtime.Execute(frame.NewState(c.state), c.head, block)
}

// TestSignaturesOfABlockAreVerifiedTogether: none twice, and a bad one is found
// wherever it is.
func TestSignaturesOfABlockAreVerifiedTogether(t *testing.T) {
	const n = 300 // more than are taken together
	c := newChain(t)
	single, together := 0, 0
	c.runtime.Verifier, c.runtime.MaxWeight, c.runtime.MaxLength = counting{single: &single, together: &together}, nil, 1<<20
	good := make([]primitives.Extrinsic, n)
	for i := range good {
		good[i] = c.signed(transaction{signer: 1, nonce: primitives.Nonce(i), call: remark(1)})
	}
	if err := c.execute(good...); err != nil || single != 0 || together != n {
		t.Errorf("%v; %d signatures alone, %d together, want none and %d", err, single, together, n)
	}
	for _, at := range []int{0, 1, 254, 255, 256, n - 1} {
		bad := append([]primitives.Extrinsic(nil), good...)
		bad[at] = c.signed(transaction{signer: 1, nonce: primitives.Nonce(at), call: remark(1), signature: func(s primitives.Signature) primitives.MultiSignature {
			s[at%64] ^= 1
			return primitives.SR25519Signature{Signature: s}
		}})
		if err := c.execute(bad...); !errors.Is(err, executive.ErrBadProof) {
			t.Errorf("bad signature of extrinsic %d: %v", at, err)
		}
	}
}
