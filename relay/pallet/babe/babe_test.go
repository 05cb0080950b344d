package babe_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
)

const (
	duration     = 10   // slots of an epoch
	slotDuration = 2000 // milliseconds
	firstSlot    = 500
)

// chain applies claims to the pallet as a runtime does.
type chain struct {
	*frame.Context
	t *testing.T
}

func authorities(keys ...byte) []primitives.BABEAuthority {
	out := make([]primitives.BABEAuthority, len(keys))
	for i, k := range keys {
		out[i] = primitives.BABEAuthority{Key: primitives.SR25519Public{k}, Weight: 1}
	}
	return out
}

func newChain(t *testing.T) chain {
	c := chain{&frame.Context{State: frame.NewState(frame.Memory{})}, t}
	babe.Genesis(c.State, authorities(1, 2), primitives.BABEConfiguration{C: [2]uint64{1, 4}}, duration, slotDuration, [32]byte{42})
	return c
}

// vrf returns the pre-output, so that a claim's output is what it carries.
func vrf(_ primitives.SR25519Public, _ [32]byte, _ primitives.Slot, _ primitives.Epoch, preOutput [32]byte, _ string, n int) []byte {
	return preOutput[:n]
}

func primary(slot primitives.Slot, output byte) primitives.BABEPreDigest {
	return primitives.PrimaryClaim{Slot: slot, VRF: primitives.VRFSignature{PreOutput: [32]byte{output, byte(slot), byte(slot >> 8)}}}
}

func (c chain) begin(claim primitives.BABEPreDigest) error {
	c.Number++
	c.Digest = primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, claim)}}
	_, err := babe.Initialize(c.Context)
	return err
}

// block makes a block; it returns whether its epoch was over, and entered a new one
// with next announced for the one after.
func (c chain) block(claim primitives.BABEPreDigest, next ...byte) bool {
	c.t.Helper()
	if err := c.begin(claim); err != nil {
		c.t.Fatal(err)
	}
	ends := babe.ShouldEndEpoch(c.Context)
	if ends {
		babe.EnterEpoch(c.Context, babe.NextAuthorities.Get(c.State), authorities(next...))
	}
	if err := babe.NoteVRF(c.Context, claim, vrf); err != nil {
		c.t.Fatal(err)
	}
	return ends
}

// announced returns the one announcement in the block.
func (c chain) announced() primitives.NextEpochData {
	c.t.Helper()
	logs, err := primitives.Header{Digest: c.Digest}.BABELogs()
	if err != nil || len(logs) != 1 {
		c.t.Fatalf("%d messages (%v), want 1", len(logs), err)
	}
	return logs[0].(primitives.NextEpochData)
}

func mix(previous [32]byte, epoch uint64, outputs ...[32]byte) [32]byte {
	input := binary.LittleEndian.AppendUint64(previous[:], epoch)
	for _, o := range outputs {
		input = append(input, o[:]...)
	}
	return primitives.Blake2b256(input)
}

// TestFirstBlockAnnouncesGenesis checks block 1, whose slot begins epoch 0.
func TestFirstBlockAnnouncesGenesis(t *testing.T) {
	c := newChain(t)
	if c.block(primary(firstSlot, 1)) {
		t.Error("block 1 ends an epoch")
	}
	if a := c.announced(); len(a.Authorities) != 2 || a.Randomness != [32]byte{42} {
		t.Errorf("announced %+v, want the authorities and randomness of genesis", a)
	}
	if babe.GenesisSlot.Get(c.State) != firstSlot || babe.EpochStart(c.State) != firstSlot || babe.EpochIndex.Get(c.State) != 0 {
		t.Errorf("epoch %d begins at %d", babe.EpochIndex.Get(c.State), babe.EpochStart(c.State))
	}
}

// TestRandomness follows randomness over three epochs by the formula
// R(n+1) = BLAKE2b-256(R(n) ‖ LE64(n+1) ‖ outputs of epoch n−1), where all
// primary outputs count and secondary ones do not.
func TestRandomness(t *testing.T) {
	c := newChain(t)
	genesis := [32]byte{42}
	output := func(slot primitives.Slot, o byte) [32]byte { return [32]byte{o, byte(slot), byte(slot >> 8)} }
	c.block(primary(firstSlot, 1))
	c.block(primary(firstSlot+1, 2))
	c.block(primitives.SecondaryVRFClaim{Slot: firstSlot + 2, VRF: primitives.VRFSignature{PreOutput: [32]byte{9}}})
	if got := babe.AuthorVrfRandomness.Get(c.State); got == nil || *got != [32]byte{9} {
		t.Errorf("output of the secondary claim is %v", got)
	}
	c.block(primitives.SecondaryPlainClaim{Slot: firstSlot + 3})
	if got := babe.AuthorVrfRandomness.Get(c.State); got != nil {
		t.Errorf("output of a plain claim is %x", *got)
	}
	if !c.block(primary(firstSlot+duration, 3), 7) {
		t.Fatal("the epoch did not end")
	}
	second := mix(genesis, 2, output(firstSlot, 1), output(firstSlot+1, 2))
	if babe.Randomness.Get(c.State) != genesis || babe.NextRandomness.Get(c.State) != second || c.announced().Randomness != second {
		t.Errorf("epoch 1: randomness %x, next %x, want %x, %x", babe.Randomness.Get(c.State), babe.NextRandomness.Get(c.State), genesis, second)
	}
	if a := babe.Authorities.Get(c.State); len(a) != 2 || len(c.announced().Authorities) != 1 {
		t.Errorf("epoch 1: %d authorities, %d announced, want 2 and 1", len(a), len(c.announced().Authorities))
	}
	c.block(primary(firstSlot+2*duration+5, 4), 8)
	third := mix(second, 3, output(firstSlot+duration, 3)) // the first block of epoch 1 counts for epoch 1
	if babe.Randomness.Get(c.State) != second || babe.NextRandomness.Get(c.State) != third {
		t.Errorf("epoch 2: randomness %x, next %x, want %x, %x", babe.Randomness.Get(c.State), babe.NextRandomness.Get(c.State), second, third)
	}
}

// TestSkippedEpochs leaves out three epochs: the index follows the slot, what was
// announced for the first of them is used for the one that is entered.
func TestSkippedEpochs(t *testing.T) {
	c := newChain(t)
	c.block(primary(firstSlot, 1))
	c.block(primary(firstSlot+duration, 2), 7)
	announced := c.announced()
	last := primitives.Slot(firstSlot + 5*duration + 9)
	if !c.block(primary(last, 3), 8) {
		t.Fatal("the epoch did not end")
	}
	if index := babe.EpochIndex.Get(c.State); index != 5 || babe.EpochStart(c.State) != firstSlot+5*duration {
		t.Errorf("epoch %d begins at %d, want 5 at %d", index, babe.EpochStart(c.State), firstSlot+5*duration)
	}
	if got := babe.Authorities.Get(c.State); len(got) != 1 || got[0] != announced.Authorities[0] || babe.Randomness.Get(c.State) != announced.Randomness {
		t.Errorf("authorities %+v, randomness %x, want what was announced: %+v", got, babe.Randomness.Get(c.State), announced)
	}
	if want := mix(announced.Randomness, 6, [32]byte{2, byte(firstSlot + duration - 256), 1}); c.announced().Randomness != want {
		t.Errorf("announced randomness %x, want that of epoch 6, %x", c.announced().Randomness, want)
	}
	if c.block(primary(last+1, 4), 9) != true {
		t.Error("the last slot of epoch 5 was not its last")
	}
}

// TestSegments fills more than one segment: none of it is lost or left over.
func TestSegments(t *testing.T) {
	c := newChain(t)
	babe.EpochDuration.Put(c.State, 1000)
	var outputs [][32]byte
	for i := range 600 {
		slot := primitives.Slot(firstSlot + i)
		c.block(primary(slot, 1))
		outputs = append(outputs, [32]byte{1, byte(slot), byte(slot >> 8)})
	}
	if got := babe.SegmentIndex.Get(c.State); got != 2 {
		t.Errorf("600 outputs fill up to segment %d, want 2", got)
	}
	c.block(primary(firstSlot+1000, 2), 1)
	if got, want := babe.NextRandomness.Get(c.State), mix([32]byte{42}, 2, outputs...); got != want {
		t.Errorf("randomness %x, want %x", got, want)
	}
	if babe.SegmentIndex.Get(c.State) != 0 || babe.UnderConstruction.Has(c.State, 1) || babe.UnderConstruction.Has(c.State, 2) || len(babe.UnderConstruction.Get(c.State, 0)) != 1 {
		t.Error("outputs of the old epoch are left over")
	}
}

// TestClaims refuses what an author must not put in front of the digest. Other
// pre-runtime items beside the claim were once taken over, however many.
func TestClaims(t *testing.T) {
	claim := func(slot primitives.Slot) primitives.DigestItem {
		return primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, primary(slot, 1))}
	}
	for name, test := range map[string]struct {
		digest primitives.Digest
		want   error
	}{
		"later slot":         {primitives.Digest{claim(firstSlot + 1)}, nil},
		"same slot":          {primitives.Digest{claim(firstSlot)}, babe.ErrSlot},
		"earlier slot":       {primitives.Digest{claim(firstSlot - 1)}, babe.ErrSlot},
		"none":               {nil, babe.ErrClaim},
		"two":                {primitives.Digest{claim(firstSlot + 1), claim(firstSlot + 1)}, babe.ErrClaim},
		"of another engine":  {primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineGRANDPA}}, babe.ErrClaim},
		"and another engine": {primitives.Digest{claim(firstSlot + 1), primitives.PreRuntime{Engine: primitives.EngineGRANDPA}}, babe.ErrClaim},
		"unreadable":         {primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: []byte{7}}}, babe.ErrClaim},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			c.block(primary(firstSlot, 1))
			c.Number++
			c.Digest = test.digest
			if _, err := babe.Initialize(c.Context); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestPrimaryWeight(t *testing.T) {
	c := newChain(t)
	c.block(primary(firstSlot, 1))
	c.block(primitives.SecondaryPlainClaim{Slot: firstSlot + 1})
	c.block(primary(firstSlot+2, 1))
	if got := babe.PrimaryWeight.Get(c.State); got != 2 {
		t.Errorf("weight %d, want 2", got)
	}
}

func TestUnknownAuthorOrOutput(t *testing.T) {
	c := newChain(t)
	c.block(primary(firstSlot, 1))
	claim := primitives.PrimaryClaim{AuthorityIndex: 2, Slot: firstSlot + 1}
	if err := babe.NoteVRF(c.Context, claim, vrf); !errors.Is(err, babe.ErrAuthority) {
		t.Errorf("authority 2 of 2: %v, want %v", err, babe.ErrAuthority)
	}
	claim.AuthorityIndex = 1
	none := func(primitives.SR25519Public, [32]byte, primitives.Slot, primitives.Epoch, [32]byte, string, int) []byte {
		return nil
	}
	if err := babe.NoteVRF(c.Context, claim, none); !errors.Is(err, babe.ErrClaim) {
		t.Errorf("no output: %v, want %v", err, babe.ErrClaim)
	}
}

func TestTimestampMustBeInTheSlot(t *testing.T) {
	c := newChain(t)
	c.block(primary(firstSlot, 1))
	for now, want := range map[primitives.Millis]error{
		firstSlot*slotDuration - 1: babe.ErrTimestamp, firstSlot * slotDuration: nil,
		(firstSlot+1)*slotDuration - 1: nil, (firstSlot + 1) * slotDuration: babe.ErrTimestamp,
	} {
		timestamp.Now.Put(c.State, now)
		if err := babe.CheckTimestamp(c.Context); !errors.Is(err, want) {
			t.Errorf("time %d: %v, want %v", now, err, want)
		}
	}
}
