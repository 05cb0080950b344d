package babe

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

func TestDetector(t *testing.T) {
	t.Parallel()
	w := newWorld(2, primitives.PrimaryAndSecondaryPlainSlots)
	sealed := func(author primitives.AuthorityIndex, slot primitives.Slot, number primitives.BlockNumber) (primitives.Header, Verified) {
		claim := ClaimSlot{Parent: primitives.BlockID{Number: number - 1}, Claim: primitives.SecondaryPlainClaim{AuthorityIndex: author, Slot: slot}}
		h := w.seal(claim)
		return h, Verified{Claim: claim.Claim, Slot: slot, Author: author, Key: w.epoch.Authorities[author].Key}
	}
	d := NewDetector(10)
	for _, step := range []struct {
		what   string
		author primitives.AuthorityIndex
		slot   primitives.Slot
		number primitives.BlockNumber
		want   bool
	}{
		{"first", 0, 100, 1, false},
		{"same header again", 0, 100, 1, false},
		{"another author", 1, 100, 2, false},
		{"another slot", 0, 101, 2, false},
		{"second header", 0, 100, 2, true},
		{"third header is no news", 0, 100, 3, false},
		{"last slot of the window", 1, 109, 9, false},
		{"oldest slot of the window, second header", 1, 100, 3, true},
		{"window moves", 0, 111, 11, false},
		{"before the window", 0, 101, 3, false},
		{"still before the window", 0, 101, 4, false},
		{"oldest slot of the window now", 0, 102, 4, false},
		{"second header there", 0, 102, 5, true},
	} {
		h, verified := sealed(step.author, step.slot, step.number)
		proof, found := d.Observe(h, verified)
		if found != step.want {
			t.Fatalf("%s: found %t, want %t", step.what, found, step.want)
		}
		if found {
			if err := proof.Check(w.scheme); err != nil || proof.Slot != step.slot || proof.Offender != verified.Key {
				t.Errorf("%s: proof %+v: %v", step.what, proof, err)
			}
		}
	}
	// Many epochs pass: what is held stays within the window.
	for slot := primitives.Slot(200); slot < 2000; slot++ {
		d.Observe(sealed(0, slot, 1))
		d.Observe(sealed(1, slot, 1))
	}
	if len(d.slots) != 10 {
		t.Errorf("%d slots held, want 10", len(d.slots))
	}
}
