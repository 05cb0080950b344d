package inclusion_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// raw is bytes in hexadecimal with 0x.
type raw []byte

func (r *raw) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(strings.TrimPrefix(string(text), "0x"))
	*r = decoded
	return err
}

func (r raw) hash() primitives.Hash { return primitives.Hash(r) }

type candidateVector struct {
	Descriptor struct {
		Para                                       primitives.ParaID
		RelayParent, Pvd, Pov, Erasure, Head, Code raw
		Core                                       uint16
		Session                                    primitives.SessionIndex
	}
	Commitments struct {
		UpwardMessages     []raw
		HorizontalMessages []struct {
			Recipient primitives.ParaID
			Data      raw
		}
		NewValidationCode         *raw
		HeadData                  raw
		ProcessedDownwardMessages uint32
		HRMPWatermark             primitives.BlockNumber
	}
	DescriptorEncoded, CommitmentsEncoded, CommitmentsHash, CandidateHash raw
}

func (v candidateVector) candidate() primitives.CommittedCandidateReceipt {
	d, c := v.Descriptor, v.Commitments
	out := primitives.CommittedCandidateReceipt{
		Descriptor: primitives.CandidateDescriptor{
			ParaID: d.Para, RelayParent: d.RelayParent.hash(), CoreIndex: d.Core, SessionIndex: d.Session,
			PersistedValidationDataHash: d.Pvd.hash(), PoVHash: d.Pov.hash(), ErasureRoot: d.Erasure.hash(),
			ParaHead: d.Head.hash(), ValidationCodeHash: d.Code.hash(),
		},
		Commitments: primitives.CandidateCommitments{
			HeadData: primitives.HeadData(c.HeadData), ProcessedDownwardMessages: c.ProcessedDownwardMessages, HRMPWatermark: c.HRMPWatermark,
		},
	}
	for _, m := range c.UpwardMessages {
		out.Commitments.UpwardMessages = append(out.Commitments.UpwardMessages, primitives.UpwardMessage(m))
	}
	for _, m := range c.HorizontalMessages {
		out.Commitments.HorizontalMessages = append(out.Commitments.HorizontalMessages, primitives.OutboundHRMPMessage{Recipient: m.Recipient, Data: m.Data})
	}
	if c.NewValidationCode != nil {
		code := primitives.ValidationCode(*c.NewValidationCode)
		out.Commitments.NewValidationCode = &code
	}
	return out
}

// Descriptors of version 2, commitments and candidate hashes are those of
// Polkadot's definitions.
func TestVectors(t *testing.T) {
	file, err := os.ReadFile("testdata/vectors/candidate.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct{ Cases []candidateVector }
	if err := json.Unmarshal(file, &vectors); err != nil || len(vectors.Cases) < 2 {
		t.Fatalf("%d cases, %v", len(vectors.Cases), err)
	}
	for i, v := range vectors.Cases {
		candidate := v.candidate()
		if got := candidate.Descriptor.AppendSCALE(nil); string(got) != string(v.DescriptorEncoded) || len(got) != 292 {
			t.Errorf("case %d: descriptor %x", i, got)
		}
		if got := candidate.Commitments.AppendSCALE(nil); string(got) != string(v.CommitmentsEncoded) {
			t.Errorf("case %d: commitments %x", i, got)
		}
		if got := candidate.Commitments.Hash(); got != v.CommitmentsHash.hash() {
			t.Errorf("case %d: commitments hash %s", i, got)
		}
		if got := candidate.Hash(); got != v.CandidateHash.hash() || got != candidate.Receipt().Hash() {
			t.Errorf("case %d: candidate hash %s", i, got)
		}
		for _, at := range []int{36, 43, 67, 164, 227} { // version and reserved bytes
			bad := append([]byte(nil), v.DescriptorEncoded...)
			bad[at] = 1
			var d primitives.CandidateDescriptor
			if scale.Unmarshal(bad, &d) == nil {
				t.Errorf("case %d: descriptor decodes with byte %d set", i, at)
			}
		}
	}
}
