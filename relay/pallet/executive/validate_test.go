package executive_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestValidateAgreesWithBlocks validates extrinsics of every kind: those that need
// nothing before them are what an empty block takes, and nothing else is. Neither
// Validate nor Try changes the state.
func TestValidateAgreesWithBlocks(t *testing.T) {
	c := newChain(t)
	for range 3 {
		c.block(c.signed(transaction{signer: 1, nonce: primitives.Nonce(c.head.Number), call: remark(1)}))
	}
	ed := func(s primitives.Signature) primitives.MultiSignature {
		return primitives.ED25519Signature{Signature: s}
	}
	ecdsa := func(s primitives.Signature) primitives.MultiSignature { return primitives.ECDSASignature{} }
	parent, refused := c.head.Hash(), 0
	for name, x := range map[string]primitives.Extrinsic{
		"good":               c.signed(transaction{signer: 1, nonce: 3, call: remark(1)}),
		"other scheme":       c.signed(transaction{signer: 1, nonce: 3, call: remark(1), signature: ed}),
		"unknown scheme":     c.signed(transaction{signer: 1, nonce: 3, call: remark(1), signature: ecdsa}),
		"used":               c.signed(transaction{signer: 1, nonce: 2, call: remark(1)}),
		"false signature":    c.signed(transaction{signer: 1, nonce: 3, call: remark(1), birth: primitives.Hash{1}}),
		"mortal":             c.signed(transaction{signer: 1, nonce: 3, call: remark(1), era: primitives.MortalEra(4, 3), birth: parent}),
		"of an era to come":  c.signed(transaction{signer: 1, nonce: 3, call: remark(1), era: primitives.MortalEra(4, 4), birth: parent}),
		"fails":              c.signed(transaction{signer: 1, nonce: 3, call: transfer(2, 1e18)}),
		"cannot pay":         c.signed(transaction{signer: 1, nonce: 3, tip: 1e18, call: remark(1)}),
		"pays nothing":       c.signed(transaction{signer: 1, nonce: 3, call: urgent{}}),
		"too long":           c.signed(transaction{signer: 1, nonce: 3, call: remark(maxLength / 4 * 3)}),
		"operational":        c.signed(transaction{signer: 1, nonce: 3, call: urgent{make([]byte, maxLength/4*3)}}),
		"too heavy":          c.signed(transaction{signer: 1, nonce: 3, call: heavy{maxWeight}}),
		"of nobody":          c.signed(transaction{signer: 7, call: remark(1)}),
		"of an address":      c.signed(transaction{signer: 1, nonce: 3, call: remark(1), address: primitives.AddressRaw{}}),
		"mode":               c.signed(transaction{signer: 1, nonce: 3, mode: 1, call: remark(1)}),
		"signed inherent":    c.signed(transaction{signer: 1, nonce: 3, call: timestamp.Set{Now: 9}}),
		"unsigned":           bare(remark(1)),
		"nothing":            {},
		"the last nonce":     c.signed(transaction{signer: 1, nonce: math.MaxUint32, call: remark(1)}),
		"unknown call":       primitives.UncheckedExtrinsic{Call: []byte{98, 0}}.Encode(),
		"cut":                c.signed(transaction{signer: 1, nonce: 3, call: remark(1)})[:80],
		"bytes after":        append(c.signed(transaction{signer: 1, nonce: 3, call: remark(1)}), 0),
		"signer of all zero": c.signed(transaction{signer: 0, call: remark(1)}),
	} {
		s := frame.NewState(c.state)
		validity, err := c.runtime.Validate(s, c.head, x)
		failure, tryErr := c.runtime.Try(s, c.head, x)
		if len(s.Changes()) != 0 {
			t.Errorf("%s: the state changed", name)
		}
		execution, _ := c.open()
		applied := execution.Apply(x)
		if (err == nil) != (applied == nil) || err == nil && len(validity.Requires) > 0 || fmt.Sprint(tryErr) != fmt.Sprint(applied) {
			t.Errorf("%s: validity %+v, %v; tried: %v; applied: %v", name, validity, err, tryErr, applied)
		}
		var kind executive.InvalidTransaction
		if err != nil && !errors.As(err, &kind) {
			t.Errorf("%s: %v is no InvalidTransaction", name, err)
		}
		if err != nil {
			refused++
		}
		if (failure != nil) != (name == "fails") {
			t.Errorf("%s: failure %v", name, failure)
		}
	}
	if refused != 18 {
		t.Errorf("%d are refused, want 18", refused)
	}
	if _, err := c.runtime.Validate(frame.NewState(c.state), c.head, bare(timestamp.Set{Now: 9})); !errors.Is(err, executive.ErrInherent) {
		t.Errorf("an inherent: %v", err)
	}
}

// TestValidateAhead validates extrinsics of an account that are ahead of it: each
// requires what the one before provides, and a bad one is refused before its time.
func TestValidateAhead(t *testing.T) {
	c := newChain(t)
	validate := func(x transaction) (executive.Validity, error) {
		return c.runtime.Validate(frame.NewState(c.state), c.head, c.signed(x))
	}
	var before executive.Validity
	for nonce := range primitives.Nonce(4) {
		v, err := validate(transaction{signer: 1, nonce: nonce, call: remark(1)})
		if err != nil || fmt.Sprint(v.Requires) != fmt.Sprint(before.Provides) || len(v.Provides) != 1 {
			t.Errorf("nonce %d: %+v (%v), after %+v", nonce, v, err, before)
		}
		before = v
	}
	if _, err := validate(transaction{signer: 1, nonce: 4, call: remark(1), birth: primitives.Hash{1}}); !errors.Is(err, executive.ErrBadProof) {
		t.Errorf("a false signature ahead: %v", err)
	}
	if _, err := validate(transaction{signer: 7, nonce: 4, call: remark(1)}); !errors.Is(err, executive.ErrPayment) {
		t.Errorf("of nobody: %v", err)
	}
}

// TestPriority compares priorities with tips, lengths and classes.
func TestPriority(t *testing.T) {
	c := newChain(t)
	priority := func(tip uint64, call frame.Call) uint64 {
		v, err := c.runtime.Validate(frame.NewState(c.state), c.head, c.signed(transaction{signer: 1, tip: tip, call: call}))
		if err != nil {
			t.Fatal(err)
		}
		return v.Priority
	}
	plain := priority(0, remark(1))
	if plain == 0 || priority(1, remark(1)) != 2*plain || priority(9, remark(1)) != 10*plain {
		t.Errorf("tips of 0, 1, 9: %d, %d, %d", plain, priority(1, remark(1)), priority(9, remark(1)))
	}
	if long := priority(0, remark(2000)); long != 1 {
		t.Errorf("priority %d of one that fills a block, want 1", long)
	}
	if much := priority(0, heavy{9 * executive.SignedWeight}); much != 4 {
		t.Errorf("priority %d of one whose weight fits four times, want 4", much)
	}
	if urgent := priority(3, urgent{}); urgent < 5*4*plain/2 {
		t.Errorf("an operational call with a tip has priority %d, a plain one %d", urgent, plain)
	}
}
