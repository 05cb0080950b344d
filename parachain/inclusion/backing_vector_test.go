package inclusion

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// backingVectors is what polkadot-primitives made, encoded and judged.
type backingVectors struct {
	Session    primitives.SessionIndex
	MinVotes   uint32 `json:"min_votes"`
	Validators []hexText
	Cases      []struct {
		Name, Want   string
		Group        []primitives.ValidatorIndex
		Core         primitives.CoreIndex
		Set          []int
		Hash, Backed hexText
	}
	Cores []struct {
		Claims    [][]primitives.ParaID
		Para      primitives.ParaID
		Signal    *[2]uint8
		Core      primitives.CoreIndex
		Selected  bool
		Reference string
	}
	Events       []eventVector
	EventRejects []eventVector `json:"event_rejects"`
}

type eventVector struct {
	Name, Want string
	// Blake2b256 is the hash of Hex, if the event decodes.
	Hex, Blake2b256 hexText
}

func readBackingVectors(t *testing.T) (v backingVectors) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/backing.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Cases) == 0 || len(v.Cores) == 0 || len(v.Events) == 0 || len(v.EventRejects) == 0 {
		t.Fatal("no vectors")
	}
	return v
}

func TestVectorsBacking(t *testing.T) {
	v := readBackingVectors(t)
	b := Backing{verifier: crypto.Real{}, session: v.Session, minVotes: v.MinVotes}
	for _, key := range v.Validators {
		b.validators = append(b.validators, primitives.SR25519Public(key))
	}
	reasons := map[string]error{"": nil, "ErrBackingVotes": ErrBackingVotes, "ErrCore": ErrCore, "ErrVotes": ErrVotes, "ErrSignature": ErrSignature}
	for _, c := range v.Cases {
		var backed primitives.BackedCandidate
		if err := scale.Unmarshal(c.Backed, &backed); err != nil || !bytes.Equal(scale.Marshal(backed), c.Backed) {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if got := backed.Candidate.Hash(); !bytes.Equal(got[:], c.Hash) {
			t.Errorf("%s: candidate hash %s, want %x", c.Name, got, []byte(c.Hash))
		}
		want, known := reasons[c.Want]
		votes, err := b.checkVotes(backed, backed.Candidate.Hash(), primitives.CoreIndex(backed.Candidate.Descriptor.CoreIndex), c.Group)
		if !known || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %q", c.Name, err, c.Want)
		}
		if err != nil || want != nil {
			continue
		}
		if bits := ValidatorIndices(len(c.Group), c.Set, c.Core); !bytes.Equal(scale.Marshal(bits), scale.Marshal(backed.ValidatorIndices)) {
			t.Errorf("%s: bits %v, want %v", c.Name, bits, backed.ValidatorIndices)
		}
		for i, vote := range votes {
			if vote.Validator != c.Group[c.Set[i]] {
				t.Errorf("%s: vote %d is of %d, want %d", c.Name, i, vote.Validator, c.Group[c.Set[i]])
			}
		}
		if len(votes) != len(c.Set) {
			t.Errorf("%s: %d votes, want %d", c.Name, len(votes), len(c.Set))
		}
	}
}

func TestVectorsCores(t *testing.T) {
	for i, c := range readBackingVectors(t).Cores {
		var signal *ump.SelectCore
		if c.Signal != nil {
			signal = &ump.SelectCore{CoreSelector: c.Signal[0], ClaimQueueOffset: c.Signal[1]}
		}
		if got := CoreSelected(c.Claims, c.Para, signal, c.Core); got != c.Selected {
			t.Errorf("case %d: %t, want %t %s: %+v", i, got, c.Selected, c.Reference, c)
		}
	}
}

func TestVectorsEvents(t *testing.T) {
	v := readBackingVectors(t)
	for _, c := range v.Events {
		d := scale.NewDecoder(c.Hex)
		event := DecodeCandidateEvent(d)
		if err := d.Finish(); err != nil || !bytes.Equal(AppendCandidateEvent(nil, event), c.Hex) {
			t.Errorf("%s: %+v (%v)", c.Name, event, err)
		}
		if got := primitives.Blake2b256(c.Hex); !bytes.Equal(got[:], c.Blake2b256) {
			t.Errorf("%s: hash %s, want %x", c.Name, got, []byte(c.Blake2b256))
		}
		head := primitives.HeadData{1, 2, 3}
		var want CandidateEvent
		switch e := event.(type) {
		case CandidateBacked:
			want = CandidateBacked{Receipt: e.Receipt, Head: head, Core: 5, Group: 7}
		case CandidateIncluded:
			want = CandidateIncluded{Receipt: e.Receipt, Head: head, Core: 5, Group: 7}
		case CandidateTimedOut:
			want = CandidateTimedOut{Receipt: e.Receipt, Head: head, Core: 5}
		}
		if !reflect.DeepEqual(event, want) {
			t.Errorf("%s: %+v, want %+v", c.Name, event, want)
		}
	}
	reasons := map[string]error{"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrVariant": scale.ErrVariant}
	for _, c := range v.EventRejects {
		d := scale.NewDecoder(c.Hex)
		DecodeCandidateEvent(d)
		if err := d.Finish(); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
}
