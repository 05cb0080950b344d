// Command crypto is a guest that calls one function of relay/crypto, which asks the
// host. Parameters: function name, a zero byte, then the data to hash, or
// signature (64 bytes), public key (32 bytes) and message.
package main

import (
	"bytes"

	"github.com/rampart-chain/rampart/parachain/sdk/guest"
	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

func init() {
	guest.Register(func(params []byte) ([]byte, bool) {
		name, data, ok := bytes.Cut(params, []byte{0})
		if !ok {
			return nil, false
		}
		switch string(name) {
		case "blake2b_256":
			d := hash.Blake2b256(data)
			return d[:], true
		case "blake2b_128":
			d := hash.Blake2b128(data)
			return d[:], true
		case "twox_64":
			d := hash.Twox64(data)
			return d[:], true
		case "twox_128":
			d := hash.Twox128(data)
			return d[:], true
		case "keccak_256":
			d := hash.Keccak256(data)
			return d[:], true
		case "sr25519":
			ok := sr25519.Verify(sr25519.PublicKey(data[64:96]), data[96:], sr25519.Signature(data[:64]))
			return verdict(ok), true
		case "ed25519":
			ok := ed25519.Verify(ed25519.PublicKey(data[64:96]), data[96:], ed25519.Signature(data[:64]))
			return verdict(ok), true
		}
		return nil, false
	})
}

func verdict(ok bool) []byte {
	if ok {
		return []byte{1}
	}
	return []byte{0}
}

func main() {}
