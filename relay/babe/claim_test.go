package babe

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
	"github.com/rampart-chain/rampart/relay/primitives"
)

const slotMillis = 2000

// world is an epoch whose authorities have stand-in keys.
type world struct {
	scheme cryptotest.Scheme
	keys   []cryptotest.Keys
	epoch  EpochData
}

func newWorld(n int, allowed primitives.AllowedSlots) world {
	w := world{scheme: cryptotest.NewStub([32]byte{7})}
	w.epoch = EpochData{Index: 3, Start: 100, Length: 1000, Randomness: [32]byte{5}}
	w.epoch.Config = primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: allowed}
	for i := range n {
		keys := w.scheme.Keys([32]byte{byte(i), 1})
		w.keys = append(w.keys, keys)
		w.epoch.Authorities = append(w.epoch.Authorities, primitives.BABEAuthority{Key: keys.Sr25519Public(), Weight: 1})
	}
	return w
}

// answer does what the signer would.
func (w world) answer(ask EvaluateVRF) VRFEvaluated {
	for _, keys := range w.keys {
		if keys.Sr25519Public() == ask.Key {
			pre, proof := keys.VRF(ask.Input)
			ticket := w.scheme.VRFBytes(ask.Key, ask.Input, pre, vrf.ContextBabe, TicketSize)
			return VRFEvaluated{Key: ask.Key, Slot: ask.Slot, VRF: primitives.VRFSignature{PreOutput: pre, Proof: proof}, Ticket: [TicketSize]byte(ticket)}
		}
	}
	return VRFEvaluated{Key: ask.Key, Slot: ask.Slot, Refused: true}
}

// run performs effects until there are none, and returns the claims.
func (w world) run(c *Core, now primitives.Millis, ev Event) (claims []ClaimSlot) {
	todo := c.Step(now, ev)
	for len(todo) > 0 {
		effect := todo[0]
		todo = todo[1:]
		switch effect := effect.(type) {
		case EvaluateVRF:
			todo = append(todo, c.Step(now, w.answer(effect))...)
		case ClaimSlot:
			claims = append(claims, effect)
		}
	}
	return claims
}

// seal makes the header of a claim.
func (w world) seal(claim ClaimSlot) primitives.Header {
	pre := primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, claim.Claim)}
	h := primitives.Header{ParentHash: claim.Parent.Hash, Number: claim.Parent.Number + 1, Digest: primitives.Digest{pre}}
	hash := h.Hash()
	author, _ := claim.Claim.Author()
	return h.Sealed(primitives.BABESeal(w.keys[author].Sr25519(hash[:])))
}

// TestClaimsVerify lets every authority claim for itself, for each kind of
// secondary claims: what is claimed verifies, each winner of the lottery makes a
// primary claim, and in a slot without a winner exactly the secondary author
// claims.
func TestClaimsVerify(t *testing.T) {
	t.Parallel()
	for _, allowed := range []primitives.AllowedSlots{primitives.PrimarySlots, primitives.PrimaryAndSecondaryPlainSlots, primitives.PrimaryAndSecondaryVRFSlots} {
		w := newWorld(5, allowed)
		view := viewIn(t, w.epoch, 100)
		var cores []*Core
		for _, a := range w.epoch.Authorities {
			c := New(slotMillis, 0)
			c.Step(0, Keys{[]primitives.SR25519Public{a.Key}})
			c.Step(0, Best{view})
			c.Step(0, Syncing{false})
			cores = append(cores, c)
		}
		primaries, secondaries := 0, 0
		for slot := primitives.Slot(101); slot < 300; slot++ {
			won, fallback := 0, 0
			for i, c := range cores {
				now := primitives.Millis(slot) * slotMillis
				if next, ok := c.Next(); !ok || slot > 101 && next != now {
					t.Fatalf("slot %d: Next = %d, %t, want %d", slot, next, ok, now)
				}
				for _, claim := range w.run(c, now, Wake{}) {
					author, claimed := claim.Claim.Author()
					if int(author) != i || claimed != slot || claim.Slot != slot || claim.Epoch != 3 || claim.Parent != view.Block {
						t.Fatalf("slot %d, authority %d: claim %+v", slot, i, claim)
					}
					if _, err := Verify(w.scheme, w.seal(claim), view, slot); err != nil {
						t.Fatalf("slot %d, authority %d: %v", slot, i, err)
					}
					won += int(claim.Claim.Weight())
					fallback += 1 - int(claim.Claim.Weight())
				}
			}
			wantFallback := 1
			if won > 0 || allowed == primitives.PrimarySlots {
				// The secondary author may have won the lottery itself.
				wantFallback = fallback
			}
			if fallback != wantFallback || fallback > 1 {
				t.Fatalf("slot %d: %d primary, %d secondary claims", slot, won, fallback)
			}
			primaries, secondaries = primaries+won, secondaries+fallback
		}
		// c is 1/4: of 199 slots about 50 have winners.
		if primaries < 25 || primaries > 90 || (secondaries > 0) != (allowed != primitives.PrimarySlots) {
			t.Errorf("allowed %d: %d primary and %d secondary claims", allowed, primaries, secondaries)
		}
	}
}

// TestClaimOnceWithTwoKeys checks that a node with all keys makes one claim a
// slot, a primary one if any key wins.
func TestClaimOnceWithTwoKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(4, primitives.PrimaryAndSecondaryVRFSlots)
	view := viewIn(t, w.epoch, 100)
	c := New(slotMillis, 0)
	var keys []primitives.SR25519Public
	for _, a := range w.epoch.Authorities {
		keys = append(keys, a.Key)
	}
	c.Step(0, Keys{keys})
	c.Step(0, Best{view})
	c.Step(0, Syncing{false})
	for slot := primitives.Slot(101); slot < 200; slot++ {
		claims := w.run(c, primitives.Millis(slot)*slotMillis, Wake{})
		if len(claims) != 1 {
			t.Fatalf("slot %d: %d claims", slot, len(claims))
		}
		wins := false
		for i, k := range keys {
			ticket := w.answer(EvaluateVRF{Key: k, Slot: slot, Input: c.best.current.VRFInput(slot)}).Ticket
			wins = wins || c.best.current.Threshold(primitives.AuthorityIndex(i)).Wins(ticket)
		}
		if _, primary := claims[0].Claim.(primitives.PrimaryClaim); primary != wins {
			t.Fatalf("slot %d: claim %T, a key wins: %t", slot, claims[0].Claim, wins)
		}
	}
}

func TestClaimRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(1, primitives.PrimaryAndSecondaryPlainSlots)
	own := Keys{[]primitives.SR25519Public{w.epoch.Authorities[0].Key}}
	best := Best{viewIn(t, w.epoch, 150)}
	at := func(slot primitives.Slot) primitives.Millis { return primitives.Millis(slot)*slotMillis + 17 }
	for _, c := range []struct {
		what        string
		lastClaimed primitives.Slot
		events      []Event
		slot        primitives.Slot
		want        int
	}{
		{"ready", 0, []Event{own, best, Syncing{false}}, 151, 1},
		{"syncing from the start", 0, []Event{own, best}, 151, 0},
		{"syncing again", 0, []Event{own, best, Syncing{false}, Syncing{true}}, 151, 0},
		{"no keys", 0, []Event{best, Syncing{false}}, 151, 0},
		{"keys of others", 0, []Event{Keys{[]primitives.SR25519Public{{1}}}, best, Syncing{false}}, 151, 0},
		{"no best block", 0, []Event{own, Syncing{false}}, 151, 0},
		{"slot of the best block", 0, []Event{own, best, Syncing{false}}, 150, 0},
		{"slot before the best block", 0, []Event{own, best, Syncing{false}}, 149, 0},
		{"last claimed slot", 151, []Event{own, best, Syncing{false}}, 151, 0},
		{"clock behind the last claimed slot", 151, []Event{own, best, Syncing{false}}, 120, 0},
		{"after the last claimed slot", 150, []Event{own, best, Syncing{false}}, 151, 1},
		{"skipped slots are not made up for", 0, []Event{own, best, Syncing{false}}, 190, 1},
	} {
		core := New(slotMillis, c.lastClaimed)
		for _, ev := range c.events {
			w.run(core, 0, ev)
		}
		claims := w.run(core, at(c.slot), Wake{})
		if len(claims) != c.want {
			t.Errorf("%s: %d claims, want %d", c.what, len(claims), c.want)
		}
		if again := w.run(core, at(c.slot)+1, Wake{}); len(again) != 0 {
			t.Errorf("%s: %d claims more in the same slot", c.what, len(again))
		}
	}
}

// TestLateAnswer checks that an evaluation which ends after its slot, or is for
// nobody, claims nothing.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(1, primitives.PrimaryAndSecondaryPlainSlots)
	ready := func() (*Core, EvaluateVRF) {
		c := New(slotMillis, 0)
		c.Step(0, Keys{[]primitives.SR25519Public{w.epoch.Authorities[0].Key}})
		c.Step(0, Syncing{false})
		effects := c.Step(151*slotMillis, Best{viewIn(t, w.epoch, 150)})
		if len(effects) != 1 {
			t.Fatalf("effects %v", effects)
		}
		return c, effects[0].(EvaluateVRF)
	}
	c, ask := ready()
	for _, effect := range c.Step(152*slotMillis, w.answer(ask)) {
		if late, ok := effect.(ClaimSlot); ok {
			t.Errorf("claim after the slot: %+v", late)
		}
	}
	c, ask = ready()
	other := w.answer(ask)
	other.Key[0]++
	if effects := c.Step(151*slotMillis, other); len(effects) != 0 {
		t.Errorf("answer for another key: %v", effects)
	}
	if effects := c.Step(151*slotMillis, VRFEvaluated{Key: ask.Key, Slot: ask.Slot, Refused: true}); len(effects) != 0 {
		t.Errorf("refused evaluation: %v", effects)
	}
	if effects := c.Step(151*slotMillis, w.answer(ask)); len(effects) != 0 {
		t.Errorf("answer after the refusal: %v", effects)
	}
}

// TestQuickClaims checks under random events, with answers lost, late and
// doubled, that slots are claimed in order, once, in time, never while syncing.
func TestQuickClaims(t *testing.T) {
	t.Parallel()
	w := newWorld(2, primitives.PrimaryAndSecondaryVRFSlots)
	views := []View{viewIn(t, w.epoch, 110), viewIn(t, w.epoch, 140)}
	rapid.Check(t, func(t *rapid.T) {
		last := primitives.Slot(rapid.IntRange(0, 120).Draw(t, "last"))
		c := New(slotMillis, last)
		now := primitives.Millis(100 * slotMillis)
		syncing := true
		var asked []EvaluateVRF
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now += primitives.Millis(rapid.IntRange(0, 3*slotMillis).Draw(t, "later"))
			var ev Event = Wake{}
			switch rapid.IntRange(0, 6).Draw(t, "event") {
			case 0:
				ev = Best{rapid.SampledFrom(views).Draw(t, "view")}
			case 1:
				ev = Keys{[]primitives.SR25519Public{w.epoch.Authorities[0].Key, w.epoch.Authorities[1].Key}}
			case 2:
				syncing = rapid.IntRange(0, 3).Draw(t, "syncing") == 0
				ev = Syncing{syncing}
			case 3, 4:
				if len(asked) > 0 {
					ev = w.answer(rapid.SampledFrom(asked).Draw(t, "answer"))
				}
			}
			for _, effect := range c.Step(now, ev) {
				switch effect := effect.(type) {
				case EvaluateVRF:
					asked = append(asked, effect)
				case ClaimSlot:
					if syncing || effect.Slot <= last || effect.Slot != SlotAt(now, slotMillis) {
						t.Fatalf("claim of slot %d at %d, last %d, syncing %t", effect.Slot, now, last, syncing)
					}
					last = effect.Slot
				}
			}
		}
	})
}
