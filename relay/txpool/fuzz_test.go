package txpool

import (
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// signedBy is an extrinsic of account with nonce.
func signedBy(account primitives.AccountID, nonce primitives.Nonce) primitives.Extrinsic {
	return primitives.UncheckedExtrinsic{Call: []byte{0, 0, 4, 1}, Signature: &primitives.ExtrinsicSignature{
		Signer: primitives.AddressID{ID: account}, Signature: primitives.SR25519Signature{},
		Extra: primitives.SignedExtra{Nonce: nonce}}}.Encode()
}

// FuzzProvided: no extrinsic of a block breaks it, and a signed one provides one
// tag, of its account and nonce.
func FuzzProvided(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte(primitives.UncheckedExtrinsic{Call: []byte{3, 0, 0}}.Encode()))
	f.Add([]byte(signedBy(primitives.AccountID{1}, 7)))
	f.Add([]byte(signedBy(primitives.AccountID{255}, 1<<32-1)))
	f.Fuzz(func(t *testing.T, x []byte) {
		tags := Provided(x)
		u, err := primitives.DecodeExtrinsic(x)
		if err != nil || u.Signature == nil {
			if len(tags) != 0 {
				t.Fatalf("%d tags of what is not signed", len(tags))
			}
			return
		}
		signer, ok := u.Signature.Signer.(primitives.AddressID)
		if !ok {
			if len(tags) != 0 {
				t.Fatalf("%d tags of what has no account", len(tags))
			}
			return
		}
		want := slices.Concat(signer.ID[:], []byte{byte(u.Signature.Extra.Nonce), byte(u.Signature.Extra.Nonce >> 8),
			byte(u.Signature.Extra.Nonce >> 16), byte(u.Signature.Extra.Nonce >> 24)})
		if len(tags) != 1 || string(tags[0]) != string(want) {
			t.Fatalf("got %x, want %x", tags, want)
		}
	})
}
