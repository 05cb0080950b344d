package primitives_test

import (
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
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
	var codecs []scaletest.Codec
	for _, name := range names {
		codecs = append(codecs, scaletest.Codec(decoders[name]))
	}
	scaletest.Fuzz(f, codecs...)
}

// FuzzParseBalance reads any text as an amount: what is one is written as it was
// read, but for zeros in front and underscores.
func FuzzParseBalance(f *testing.F) {
	for _, text := range []string{"0", "00", "1", "340282366920938463463374607431768211455", "340282366920938463463374607431768211456", "-1", "1e3", "", "1_000", "_1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := primitives.ParseBalance(text)
		if want, ok := new(big.Int).SetString(strings.ReplaceAll(text, "_", ""), 10); err == nil && (!ok || b.String() != want.String()) {
			t.Errorf("%q is read as %s", text, b)
		}
		scaletest.Bounded(t, len(text), func() { _, _ = primitives.ParseBalance(text) })
	})
}

// FuzzDecodeExtrinsic checks the envelope of extrinsics.
func FuzzDecodeExtrinsic(f *testing.F) {
	f.Add([]byte{4, 0, 0})
	f.Add([]byte(primitives.UncheckedExtrinsic{Call: []byte{1, 2}, Signature: &primitives.ExtrinsicSignature{
		Signer: primitives.AddressID{}, Signature: primitives.SR25519Signature{}, Extra: primitives.SignedExtra{Era: primitives.Era{Period: 64, Phase: 3}, Nonce: 70}}}.Encode()))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = scaletest.Bytes(t, data, func(b []byte) (primitives.UncheckedExtrinsic, error) { return primitives.DecodeExtrinsic(b) },
			func(x primitives.UncheckedExtrinsic) []byte { return x.Encode() })
	})
}
