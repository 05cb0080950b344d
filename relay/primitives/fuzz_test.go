package primitives_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// names are the decoders in a fixed order: an index means the same in every run
// of a corpus as long as no name is added before it.
var names = slices.Sorted(maps.Keys(decoders))

// FuzzDecode checks every decoder; the first argument chooses which.
func FuzzDecode(f *testing.F) {
	cases, rejects := vectors(f)
	for _, c := range append(cases, rejects...) {
		if i, ok := slices.BinarySearch(names, c.Type); ok {
			f.Add(uint8(i), c.bytes(f))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		_ = decoders[names[int(which)%len(names)]](t, data)
	})
}

// FuzzDecodeExtrinsic checks the envelope of extrinsics.
func FuzzDecodeExtrinsic(f *testing.F) {
	f.Add([]byte{4, 0, 0})
	f.Add([]byte(primitives.UncheckedExtrinsic{Call: []byte{1, 2}, Signature: &primitives.ExtrinsicSignature{
		Signer: primitives.AddressID{}, Signature: primitives.SR25519Signature{}, Extra: primitives.SignedExtra{Era: primitives.Era{Period: 64, Phase: 3}, Nonce: 70}}}.Encode()))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := primitives.DecodeExtrinsic(data)
		if err == nil && string(x.Encode()) != string(data) {
			t.Errorf("%x decodes, but encodes again as %x", data, x.Encode())
		}
	})
}
