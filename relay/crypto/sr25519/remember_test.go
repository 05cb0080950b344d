//go:build !wasip1

package sr25519

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// number returns secret key i.
func number(i int) *SecretKey {
	var seed [32]byte
	binary.LittleEndian.PutUint32(seed[:], uint32(i))
	return FromSeed(seed)
}

// noPoints are encodings that are refused: beyond the field, negative, not on
// the curve, of the Edwards form's points of small order.
func noPoints() []PublicKey {
	list := []PublicKey{
		{31: 0x7f}, {0: 1}, {0: 0xed, 31: 0x7f}, {0: 0xff}, {0: 0xec, 31: 0x7f},
		{31: 0x80}, {0: 1, 31: 0x80},
		{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
		{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
	}
	for i := 1; i < 31; i++ {
		list[0][i], list[2][i], list[4][i] = 0xff, 0xff, 0xff
	}
	list[0][0] = 0xff
	return list
}

// TestQuickRemembered: whatever was verified before, alone or together, Keys say
// what the function Verify says.
func TestQuickRemembered(t *testing.T) {
	points := make([]*SecretKey, 6)
	for i := range points {
		points[i] = number(i)
	}
	bad := append(noPoints(), PublicKey{}) // the neutral element, which decodes
	rapid.Check(t, func(t *rapid.T) {
		keys := NewKeys()
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			together := keys.NewBatch(rapid.IntRange(0, 3).Draw(t, "room"))
			var want []bool
			for range rapid.IntRange(0, 5).Draw(t, "signatures") {
				signer := rapid.SampledFrom(points).Draw(t, "signer")
				public, message := signer.Public(), []byte{byte(len(want))}
				signature := signer.Sign(message, [32]byte{})
				switch rapid.IntRange(0, 9).Draw(t, "fault") {
				case 0:
					public = rapid.SampledFrom(bad).Draw(t, "bad key")
				case 1:
					public = rapid.SampledFrom(points).Draw(t, "other key").Public()
				case 2:
					signature[rapid.IntRange(0, 63).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
				}
				verdict := Verify(public, message, signature)
				if got := keys.Verify(public, message, signature); got != verdict {
					t.Fatalf("%x: %t, want %t", public, got, verdict)
				}
				together.Add(public, message, signature)
				want = append(want, verdict)
			}
			if got := together.Verify(); !slices.Equal(got, want) {
				t.Fatalf("together %v, want %v", got, want)
			}
		}
	})
}

// TestBadKeysAreNotRemembered: they verify nothing, as often as they come, and
// push nothing out.
func TestBadKeysAreNotRemembered(t *testing.T) {
	keys := NewKeys()
	secret := number(1)
	message := []byte("message")
	signature := secret.Sign(message, [32]byte{})
	if !keys.Verify(secret.Public(), message, signature) {
		t.Fatal("a good signature refused")
	}
	bad := noPoints()
	for i := range uint32(3 * maxKeys) {
		p := bad[0]
		binary.LittleEndian.PutUint32(p[8:], i)
		p[31] = 0xff
		bad = append(bad, p)
	}
	for range 2 {
		for _, p := range bad {
			if keys.Verify(p, message, signature) {
				t.Fatalf("%x verifies", p)
			}
		}
	}
	if got := keys.decoded.Keys(); !slices.Equal(got, []PublicKey{secret.Public()}) {
		t.Errorf("%x are remembered, want the good one", got)
	}
}

// TestKeysAreBounded: a key in use is not among those forgotten.
func TestKeysAreBounded(t *testing.T) {
	keys := NewKeys()
	used := number(0).Public()
	decoded := keys.decode(used)
	for i := 1; i < 2*maxKeys; i++ {
		// Any name will do: what is under test is what is kept.
		var name PublicKey
		binary.LittleEndian.PutUint32(name[:], uint32(i))
		keys.decoded.Add(name, decoded)
		if i%(maxKeys/2) == 0 && keys.decode(used) != decoded {
			t.Fatalf("after %d others a key in use is forgotten", i)
		}
	}
	if n := keys.decoded.Len(); n != maxKeys {
		t.Errorf("%d keys are remembered, want %d", n, maxKeys)
	}
}

// TestHammerKeys: many verify with the same keys at once.
func TestHammerKeys(t *testing.T) {
	keys := NewKeys()
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 40 {
				secret := number((worker + i) % 5)
				message := fmt.Append(nil, worker, i)
				signature := secret.Sign(message, [32]byte{})
				if i%2 == 0 {
					signature[40] ^= 1
				}
				b := keys.NewBatch(1)
				b.Add(secret.Public(), message, signature)
				if got := keys.Verify(secret.Public(), message, signature); got != (i%2 == 1) || b.Verify()[0] != got {
					t.Errorf("signature %d of worker %d: %t", i, worker, got)
				}
			}
		})
	}
	group.Wait()
}
