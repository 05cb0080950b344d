package primitives_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

func babeClaim(slot primitives.Slot) primitives.PreRuntime {
	return primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, primitives.SecondaryPlainClaim{Slot: slot})}
}

func TestBABEPreDigest(t *testing.T) {
	other := primitives.Other{}
	for name, test := range map[string]struct {
		digest primitives.Digest
		want   error
	}{
		"first":       {primitives.Digest{babeClaim(1), other}, nil},
		"missing":     {primitives.Digest{other}, primitives.ErrNoPreDigest},
		"not first":   {primitives.Digest{other, babeClaim(1)}, primitives.ErrDigestOrder},
		"twice":       {primitives.Digest{babeClaim(1), babeClaim(1)}, primitives.ErrDigestOrder},
		"of another":  {primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineGRANDPA, Data: babeClaim(1).Data}}, primitives.ErrNoPreDigest},
		"no encoding": {primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: []byte{9}}}, errAny},
		"more inside": {primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: append(babeClaim(1).Data, 0)}}, errAny},
	} {
		t.Run(name, func(t *testing.T) {
			claim, err := primitives.Header{Digest: test.digest}.BABEPreDigest()
			if test.want == errAny && err != nil && claim == nil {
				return
			}
			if !errors.Is(err, test.want) || (claim == nil) != (err != nil) {
				t.Errorf("%v (%v), want %v", claim, err, test.want)
			}
		})
	}
}

var errAny = errors.New("any error")

func TestUnsealed(t *testing.T) {
	seal := primitives.BABESeal(primitives.Signature{1})
	h := primitives.Header{Number: 3, Digest: primitives.Digest{babeClaim(1)}}
	sealed := h.Sealed(seal)
	if len(h.Digest) != 1 || len(sealed.Digest) != 2 || h.Hash() == sealed.Hash() {
		t.Fatalf("sealing left %d items and made %d", len(h.Digest), len(sealed.Digest))
	}
	got, s, err := sealed.Unsealed()
	if err != nil || got.Hash() != h.Hash() || !bytes.Equal(s.Data, seal.Data) {
		t.Errorf("unsealed %s, seal %x (%v), want %s", got.Hash(), s.Data, err, h.Hash())
	}
	// The unsealed header must not share room with the sealed one.
	got.Digest = append(got.Digest, primitives.Other{})
	if sealed.Digest[1].(primitives.Seal).Engine != primitives.EngineBABE {
		t.Error("appending to the unsealed digest changed the sealed header")
	}
	for name, digest := range map[string]primitives.Digest{
		"empty": nil, "no seal": {babeClaim(1)}, "seal before": {seal, babeClaim(1)}, "two seals": {babeClaim(1), seal, seal},
	} {
		if _, _, err := (primitives.Header{Digest: digest}).Unsealed(); !errors.Is(err, primitives.ErrNoSeal) {
			t.Errorf("%s: %v, want %v", name, err, primitives.ErrNoSeal)
		}
	}
}
