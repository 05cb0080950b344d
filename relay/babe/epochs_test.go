package babe

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// chain makes headers without seals for tests of epochs.
type chain struct {
	t      testing.TB
	epochs *Epochs
}

var (
	genesisHash = primitives.Hash{0xff}
	quarter     = primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots}
	one1        = []primitives.BABEAuthority{{Key: primitives.SR25519Public{1}, Weight: 1}}
)

const epochLength = 10

func genesis() EpochState {
	return GenesisState(genesisHash, EpochData{Length: epochLength, Authorities: one1, Config: quarter})
}

func newChain(t testing.TB) *chain {
	t.Helper()
	epochs, err := NewEpochs(genesis(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return &chain{t: t, epochs: epochs}
}

// logs returns digest items of BABE.
func logs(messages ...primitives.BABELog) []primitives.DigestItem {
	var out []primitives.DigestItem
	for _, m := range messages {
		out = append(out, primitives.Consensus{Engine: primitives.EngineBABE, Data: primitives.AppendBABELog(nil, m)})
	}
	return out
}

// announce describes the next epoch by the first byte of its randomness.
func announce(randomness byte) primitives.NextEpochData {
	return primitives.NextEpochData{Authorities: one1, Randomness: [32]byte{randomness}}
}

func configured(c0 uint64) primitives.NextConfigData {
	return primitives.NextConfigData{Descriptor: primitives.NextConfigDescriptor{C: [2]uint64{c0, 4}}}
}

// header returns a child of parent in slot.
func header(parent primitives.BlockID, slot primitives.Slot, messages ...primitives.BABELog) primitives.Header {
	claim := primitives.AppendBABEPreDigest(nil, primitives.SecondaryPlainClaim{Slot: slot})
	digest := primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: claim}}
	return primitives.Header{ParentHash: parent.Hash, Number: parent.Number + 1, Digest: append(digest, logs(messages...)...)}
}

// add imports a child of parent and returns it.
func (c *chain) add(parent primitives.BlockID, slot primitives.Slot, messages ...primitives.BABELog) primitives.BlockID {
	c.t.Helper()
	h := header(parent, slot, messages...)
	if err := c.epochs.Import(h); err != nil {
		c.t.Fatalf("block %d in slot %d: %v", h.Number, slot, err)
	}
	return h.ID()
}

// epoch returns the epoch of a child of block in slot.
func (c *chain) epoch(block primitives.BlockID, slot primitives.Slot) *Epoch {
	c.t.Helper()
	view, ok := c.epochs.At(block.Hash)
	if !ok {
		c.t.Fatalf("block %v is unknown", block)
	}
	e, err := view.Epoch(slot)
	if err != nil {
		c.t.Fatal(err)
	}
	return e
}

func (c *chain) wantEpoch(block primitives.BlockID, slot primitives.Slot, index primitives.Epoch, start primitives.Slot, randomness byte) {
	c.t.Helper()
	e := c.epoch(block, slot)
	if e.Index != index || e.Start != start || e.Randomness[0] != randomness {
		c.t.Errorf("slot %d after block %d: epoch %d from %d with randomness %d, want %d from %d with %d",
			slot, block.Number, e.Index, e.Start, e.Randomness[0], index, start, randomness)
	}
}

var root = primitives.BlockID{Hash: genesisHash}

// Reference 2.1: the genesis slot is set by block 1, which announces epoch 1.
func TestSpecEpochs_Genesis(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	c.wantEpoch(root, 777, 0, 777, 0)
	a := c.add(root, 1000, announce(1))
	c.wantEpoch(a, 1001, 0, 1000, 0)
	c.wantEpoch(a, 1009, 0, 1000, 0)
	c.wantEpoch(a, 1010, 1, 1010, 1)
}

// Reference 2.1: the first block with slot ≥ start + length enters the next
// epoch and describes the one after it; no other block may.
func TestSpecEpochs_Announcements(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	a := c.add(root, 1000, announce(1))
	b := c.add(a, 1009)
	e := c.add(b, 1010, announce(2), configured(3))
	c.wantEpoch(e, 1011, 1, 1010, 1)
	c.wantEpoch(e, 1020, 2, 1020, 2)
	if got := c.epoch(e, 1011).Config.C; got != [2]uint64{1, 4} {
		t.Errorf("a configuration applies in the epoch that announces it: %v", got)
	}
	f := c.add(e, 1020, announce(3))
	for _, slot := range []primitives.Slot{1021, 1030} { // lasts until changed
		if got := c.epoch(f, slot).Config.C; got != [2]uint64{3, 4} {
			t.Errorf("configuration in slot %d: %v, want [3 4]", slot, got)
		}
	}

	for _, step := range []struct {
		what string
		h    primitives.Header
		want error
	}{
		{"block 1 without announcement", header(root, 5), ErrNoEpochData},
		{"first block without announcement", header(b, 1010), ErrNoEpochData},
		{"first block with configuration only", header(b, 1010, configured(1)), ErrNoEpochData},
		{"two announcements", header(b, 1010, announce(1), announce(1)), ErrSurplusEpochData},
		{"two configurations", header(b, 1010, announce(1), configured(1), configured(1)), ErrSurplusEpochData},
		{"announcement inside", header(a, 1001, announce(1)), ErrSurplusEpochData},
		{"configuration inside", header(a, 1001, configured(1)), ErrSurplusEpochData},
		{"no authorities", header(b, 1010, primitives.NextEpochData{}), ErrBadAuthorities},
		{"weight 0", header(b, 1010, primitives.NextEpochData{Authorities: []primitives.BABEAuthority{{}}}), ErrBadAuthorities},
		{"weights overflow", header(b, 1010, primitives.NextEpochData{Authorities: []primitives.BABEAuthority{{Weight: 1 << 63}, {Weight: 1 << 63}}}), ErrBadAuthorities},
		{"c is 0", header(b, 1010, announce(1), configured(0)), ErrBadConfig},
		{"c above 1", header(b, 1010, announce(1), configured(5)), ErrBadConfig},
		{"slot of the parent", header(b, 1009), ErrSlotOrder},
		{"unknown parent", header(primitives.BlockID{}, 5), ErrUnknownParent},
		{"wrong number", header(primitives.BlockID{Hash: a.Hash, Number: 7}, 1001), ErrUnknownParent},
		{"known block", header(a, 1009), ErrKnownBlock},
		{"no claim", primitives.Header{ParentHash: a.Hash, Number: 2}, primitives.ErrNoPreDigest},
	} {
		if err := c.epochs.Import(step.h); err != step.want {
			t.Errorf("%s: %v, want %v", step.what, err, step.want)
		}
	}
}

// Reference 2.1: after empty epochs the announcement for the first of them
// serves the epoch that the slot is in.
func TestSpecEpochs_Skipped(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	a := c.add(root, 1000, announce(1))
	c.wantEpoch(a, 1019, 1, 1010, 1)
	c.wantEpoch(a, 1020, 2, 1020, 1)
	c.wantEpoch(a, 1075, 7, 1070, 1)
	b := c.add(a, 1075, announce(9))
	c.wantEpoch(b, 1079, 7, 1070, 1)
	c.wantEpoch(b, 1080, 8, 1080, 9)
}

func TestForks(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	a := c.add(root, 1000, announce(1))
	left, right := c.add(a, 1010, announce(2)), c.add(a, 1013, announce(3))
	c.wantEpoch(left, 1020, 2, 1020, 2)
	c.wantEpoch(right, 1020, 2, 1020, 3)
	leaf := c.add(right, 1014)
	if err := c.epochs.Finalize(right.Hash); err != nil {
		t.Fatal(err)
	}
	c.wantEpoch(leaf, 1020, 2, 1020, 3)
	if _, known := c.epochs.At(left.Hash); known || c.epochs.Len() != 1 {
		t.Errorf("%d blocks after finality, the pruned fork known: %t", c.epochs.Len(), known)
	}
	if err := c.epochs.Finalize(left.Hash); err != ErrUnknownBlock {
		t.Errorf("finalizing a pruned block: %v, want %v", err, ErrUnknownBlock)
	}
}

func TestEpochsBounded(t *testing.T) {
	t.Parallel()
	epochs, err := NewEpochs(genesis(), 1)
	if err != nil {
		t.Fatal(err)
	}
	c := &chain{t: t, epochs: epochs}
	a := c.add(root, 5, announce(0))
	if err := epochs.Import(header(a, 6)); err != ErrTooMany {
		t.Errorf("second block of one: %v, want %v", err, ErrTooMany)
	}
}

func TestBadStates(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	view, _ := c.epochs.At(c.add(root, 1000, announce(1)).Hash)
	for what, damage := range map[string]func(*EpochState){
		"index":        func(s *EpochState) { s.Next.Index++ },
		"start":        func(s *EpochState) { s.Next.Start++ },
		"length":       func(s *EpochState) { s.Next.Length++ },
		"slot too low": func(s *EpochState) { s.Slot = s.Current.Start - 1 },
		"slot too far": func(s *EpochState) { s.Slot = s.Next.Start },
	} {
		state := view.State()
		damage(&state)
		if _, err := NewEpochs(state, 1); err != ErrInconsistentState {
			t.Errorf("%s: %v, want %v", what, err, ErrInconsistentState)
		}
	}
	state := genesis()
	state.Next.Length = 0
	if _, err := NewEpochs(state, 1); err != ErrBadEpochLength {
		t.Errorf("no length: %v, want %v", err, ErrBadEpochLength)
	}
}

// naiveEpoch works the epoch of a slot out of the whole chain of headers above
// genesis: its index from the slots alone, its randomness from the last block
// that was the first of an earlier epoch.
func naiveEpoch(path []primitives.Header, slot primitives.Slot) (index primitives.Epoch, start primitives.Slot, randomness byte) {
	slotOf := func(h primitives.Header) primitives.Slot {
		claim, err := h.BABEPreDigest()
		if err != nil {
			panic(err)
		}
		_, s := claim.Author()
		return s
	}
	first := slot
	if len(path) > 0 {
		first = slotOf(path[0])
	}
	index = primitives.Epoch((slot - first) / epochLength)
	for i, h := range path {
		own := primitives.Epoch((slotOf(h) - first) / epochLength)
		isFirst := i == 0 || primitives.Epoch((slotOf(path[i-1])-first)/epochLength) < own
		if isFirst && own < index {
			data, _, err := announcement(h)
			if err != nil || data == nil {
				panic(fmt.Sprint("no announcement in the first block of an epoch: ", err))
			}
			randomness = data.Randomness[0]
		}
	}
	return index, first + primitives.Slot(index)*epochLength, randomness
}

// TestQuickEpochs grows a random tree, compares every block's epochs with the
// naive rule, and makes sure that a restart from the finalized block changes
// nothing.
func TestQuickEpochs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		epochs, err := NewEpochs(genesis(), 100)
		if err != nil {
			t.Fatal(err)
		}
		paths := map[primitives.Hash][]primitives.Header{genesisHash: nil}
		order := []primitives.BlockID{root}
		slots := map[primitives.Hash]primitives.Slot{genesisHash: 99}
		for i := range rapid.IntRange(1, 25).Draw(t, "blocks") {
			parent := rapid.SampledFrom(order).Draw(t, "parent")
			slot := slots[parent.Hash] + primitives.Slot(rapid.IntRange(1, 35).Draw(t, "gap"))
			h := header(parent, slot)
			if err := epochs.Import(h); err == ErrNoEpochData {
				h = header(parent, slot, announce(byte(i+1)))
				err = epochs.Import(h)
				if err != nil {
					t.Fatal(err)
				}
			} else if err == ErrKnownBlock {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			id := h.ID()
			order, slots[id.Hash] = append(order, id), slot
			paths[id.Hash] = append(slices.Clip(paths[parent.Hash]), h)
		}
		check := func(e *Epochs, block primitives.BlockID) {
			view, ok := e.At(block.Hash)
			if !ok {
				t.Fatalf("block %v is unknown", block)
			}
			slot := slots[block.Hash] + primitives.Slot(rapid.IntRange(1, 45).Draw(t, "ask"))
			got, err := view.Epoch(slot)
			if err != nil {
				t.Fatal(err)
			}
			index, start, randomness := naiveEpoch(paths[block.Hash], slot)
			if got.Index != index || got.Start != start || got.Randomness[0] != randomness || !got.Contains(slot) {
				t.Fatalf("slot %d after block %d: epoch %d from %d with %d, want %d from %d with %d",
					slot, block.Number, got.Index, got.Start, got.Randomness[0], index, start, randomness)
			}
		}
		for _, block := range order {
			check(epochs, block)
		}

		final := rapid.SampledFrom(order).Draw(t, "final")
		view, _ := epochs.At(final.Hash)
		var stored EpochState
		if err := scale.Unmarshal(scale.Marshal(view.State()), &stored); err != nil {
			t.Fatal(err)
		}
		restarted, err := NewEpochs(stored, 100)
		if err != nil {
			t.Fatal(err)
		}
		if err := epochs.Finalize(final.Hash); err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, block := range order {
			path := paths[block.Hash]
			above := slices.IndexFunc(path, func(h primitives.Header) bool { return h.Hash() == final.Hash })
			if block.Hash != final.Hash && above < 0 && final.Hash != genesisHash {
				continue
			}
			if block.Hash != final.Hash {
				kept++
				if err := restarted.Import(path[len(path)-1]); err != nil {
					t.Fatal(err)
				}
			}
			check(epochs, block)
			check(restarted, block)
		}
		if epochs.Len() != kept || restarted.Len() != kept {
			t.Fatalf("%d and %d blocks above the finalized one, want %d", epochs.Len(), restarted.Len(), kept)
		}
	})
}
