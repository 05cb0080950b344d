package babe

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"strconv"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

type vectors struct {
	Source  string `json:"source"`
	Version string `json:"version"`
	MadeBy  string `json:"made_by"`
	Epoch   struct {
		Index, Start, Length uint64
		Authorities          []struct {
			Key    string
			Weight uint64
		}
		Randomness string
		C          [2]uint64
	}
	Headers []struct {
		Name       string
		Allowed    uint8
		Header     string
		Hash       string
		PreHash    string `json:"pre_hash"`
		ParentSlot uint64 `json:"parent_slot"`
		Now        uint64
		Author     *uint32
		Slot       *uint64
		Primary    *bool
		Ticket     *string
		Want       string
	}
	Equivocations []struct {
		Name  string
		Proof string
		Valid bool
	}
	Thresholds []struct {
		C             [2]uint64
		Weight, Total uint64
		Threshold     string
	}
	Secondary []struct {
		Randomness string
		Slot       string
		N          int
		Author     uint32
	}
}

func readVectors(t testing.TB) vectors {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors/babe.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// epoch returns the epoch of the vectors with the kinds of claims allowed.
func (v vectors) epoch(t testing.TB, allowed uint8) EpochData {
	t.Helper()
	e := EpochData{
		Index:      primitives.Epoch(v.Epoch.Index),
		Start:      primitives.Slot(v.Epoch.Start),
		Length:     v.Epoch.Length,
		Randomness: [32]byte(unhex(t, v.Epoch.Randomness)),
		Config:     primitives.BABEConfiguration{C: v.Epoch.C, AllowedSlots: primitives.AllowedSlots(allowed)},
	}
	for _, a := range v.Epoch.Authorities {
		e.Authorities = append(e.Authorities, primitives.BABEAuthority{Key: primitives.SR25519Public(unhex(t, a.Key)), Weight: a.Weight})
	}
	return e
}

// viewIn returns the View of a block of epoch in slot parent, which may lie
// before the epoch.
func viewIn(t testing.TB, epoch EpochData, parent primitives.Slot) View {
	t.Helper()
	state := EpochState{Slot: parent, Started: true, Current: epoch, Next: epoch}
	state.Next.Index++
	state.Next.Start += primitives.Slot(epoch.Length)
	view, err := state.view()
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// wanted are the verdicts that the vectors name.
var wanted = map[string]error{
	"": nil, "ErrSlotOrder": ErrSlotOrder, "ErrFuture": ErrFuture, "ErrAuthorityIndex": ErrAuthorityIndex,
	"ErrClaimKind": ErrClaimKind, "ErrSeal": ErrSeal, "ErrVRF": ErrVRF, "ErrThreshold": ErrThreshold,
	"ErrSecondary": ErrSecondary, "form:ErrSealForm": ErrSealForm,
	"form:primitives.ErrNoSeal":      primitives.ErrNoSeal,
	"form:primitives.ErrNoPreDigest": primitives.ErrNoPreDigest,
	"form:primitives.ErrDigestOrder": primitives.ErrDigestOrder,
}

func TestVectorsHeaders(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	for _, c := range v.Headers {
		want, known := wanted[c.Want]
		if !known {
			t.Fatalf("%s: verdict %q has no meaning here", c.Name, c.Want)
		}
		var h primitives.Header
		if err := scale.Unmarshal(unhex(t, c.Header), &h); err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if got := h.Hash(); hex.EncodeToString(got[:]) != c.Hash {
			t.Errorf("%s: hash %s, want %s", c.Name, got, c.Hash)
		}
		got, err := Verify(crypto.Real{}, h, viewIn(t, v.epoch(t, c.Allowed), primitives.Slot(c.ParentSlot)), primitives.Slot(c.Now))
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%s: %v, want %v", c.Name, err, want)
		}
		if err != nil || want != nil {
			continue
		}
		primary := got.Weight() == 1
		if uint32(got.Author) != *c.Author || uint64(got.Slot) != *c.Slot || primary != *c.Primary || hex.EncodeToString(got.PreHash[:]) != c.PreHash {
			t.Errorf("%s: %+v, want author %d, slot %d, primary %t, pre-hash %s", c.Name, got, *c.Author, *c.Slot, *c.Primary, c.PreHash)
		}
		if signature, has := got.VRF(); has {
			ticket := crypto.Real{}.VRFBytes(got.Key, got.Epoch.VRFInput(got.Slot), signature.PreOutput, vrf.ContextBabe, 16)
			if hex.EncodeToString(ticket) != *c.Ticket {
				t.Errorf("%s: ticket %x, want %s", c.Name, ticket, *c.Ticket)
			}
		}
	}
}

func TestVectorsEquivocations(t *testing.T) {
	t.Parallel()
	for _, c := range readVectors(t).Equivocations {
		raw := unhex(t, c.Proof)
		var p EquivocationProof
		if err := scale.Unmarshal(raw, &p); err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if string(scale.Marshal(p)) != string(raw) {
			t.Errorf("%s: encodes differently", c.Name)
		}
		if err := p.Check(crypto.Real{}); (err == nil) != c.Valid {
			t.Errorf("%s: %v, want valid %t", c.Name, err, c.Valid)
		}
	}
}

// TestVectorsEquivocationReasons checks why proofs that sp-consensus-babe refuses
// are refused.
func TestVectorsEquivocationReasons(t *testing.T) {
	t.Parallel()
	reasons := map[string]error{
		"same header twice": ErrSameHeader, "two slots": ErrProofSlot, "another slot in the proof": ErrProofSlot, "two authorities": ErrProofAuthority,
		"first seal of another": ErrSeal, "second seal of another": ErrSeal, "another offender": ErrSeal, "first header unsealed": primitives.ErrNoSeal,
	}
	found := 0
	for _, c := range readVectors(t).Equivocations {
		if c.Valid {
			continue
		}
		found++
		var p EquivocationProof
		if err := scale.Unmarshal(unhex(t, c.Proof), &p); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if err := p.Check(crypto.Real{}); reasons[c.Name] == nil || !errors.Is(err, reasons[c.Name]) {
			t.Errorf("%s: %v, want %v", c.Name, err, reasons[c.Name])
		}
	}
	if found != len(reasons) {
		t.Errorf("%d proofs are refused in the file, %d here", found, len(reasons))
	}
}

// TestVectorsThresholds compares with the floating-point rule of Substrate,
// which may differ by 2^−50 of the whole range.
func TestVectorsThresholds(t *testing.T) {
	t.Parallel()
	tolerance := new(big.Int).Lsh(big.NewInt(1), 128-50)
	for _, c := range readVectors(t).Thresholds {
		got := PrimaryThreshold(c.C, c.Weight, c.Total).big()
		want, ok := new(big.Int).SetString(c.Threshold, 10)
		if !ok {
			t.Fatalf("%q is no number", c.Threshold)
		}
		if new(big.Int).Abs(new(big.Int).Sub(got, want)).Cmp(tolerance) > 0 {
			t.Errorf("c %v, weight %d of %d: %d, want %d", c.C, c.Weight, c.Total, got, want)
		}
	}
}

func (t Threshold) big() *big.Int {
	b := new(big.Int).SetUint64(t.Hi)
	return b.Lsh(b, 64).Add(b, new(big.Int).SetUint64(t.Lo))
}

func TestVectorsSecondary(t *testing.T) {
	t.Parallel()
	for _, c := range readVectors(t).Secondary {
		slot, err := strconv.ParseUint(c.Slot, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := SecondaryAuthor([32]byte(unhex(t, c.Randomness)), primitives.Slot(slot), c.N); uint32(got) != c.Author {
			t.Errorf("randomness %s, slot %d, %d authorities: %d, want %d", c.Randomness, slot, c.N, got, c.Author)
		}
	}
}
