//go:build !wasip1

package ecdsa_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/ecdsa"
)

func ExampleFromSeed() {
	key, err := ecdsa.FromSeed([32]byte{31: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%x\n", key.Public()) // the generator
	fmt.Println(key)
	// Output:
	// 0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798
	// ecdsa.SecretKey(…)
}

// TestSeeds holds the range of scalars: 1 to the order less one.
func TestSeeds(t *testing.T) {
	order := [32]byte{
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
		0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
	}
	last := order
	last[31]--
	for name, test := range map[string]struct {
		seed [32]byte
		want error
	}{
		"zero": {[32]byte{}, ecdsa.ErrSeed}, "one": {[32]byte{31: 1}, nil}, "last": {last, nil}, "order": {order, ecdsa.ErrSeed},
	} {
		if _, err := ecdsa.FromSeed(test.seed); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

// TestSignatures changes each part of a signature that holds.
func TestSignatures(t *testing.T) {
	key, err := ecdsa.FromSeed([32]byte{5})
	if err != nil {
		t.Fatal(err)
	}
	msg := []byte("message")
	signature := key.Sign(msg)
	if !ecdsa.Verify(key.Public(), msg, signature) {
		t.Fatal("own signature does not hold")
	}
	for i := range signature {
		broken := signature
		broken[i] ^= 1
		if ecdsa.Verify(key.Public(), msg, broken) {
			t.Errorf("signature holds with another byte %d", i)
		}
	}
	if ecdsa.Verify(key.Public(), []byte("massage"), signature) {
		t.Error("signature holds for another message")
	}
	other, err := ecdsa.FromSeed([32]byte{6})
	if err != nil {
		t.Fatal(err)
	}
	if ecdsa.Verify(other.Public(), msg, signature) {
		t.Error("signature holds for another key")
	}
	signature[64] += 4
	if ecdsa.Verify(key.Public(), msg, signature) {
		t.Error("signature holds with a recovery id above 3")
	}
}
