package main

import (
	"crypto/ed25519"
	"encoding/binary"
	"slices"

	schnorrkel "github.com/ChainSafe/go-schnorrkel"
	"github.com/gtank/merlin"

	"github.com/rampart-chain/rampart/relay/crypto"
	oured "github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
)

const votes = 1024

// vote is what a validator of index Voter says of a candidate: 100 bytes.
type vote struct {
	voter     uint32
	candidate [32]byte
	signature [64]byte
}

const voteSize = 100

func readVote(b []byte) vote {
	return vote{binary.LittleEndian.Uint32(b), [32]byte(b[4:36]), [64]byte(b[36:100])}
}

func signatures() []comparison {
	return []comparison{
		{"1024 sr25519 votes decoded, looked up, verified", "go-schnorrkel v1.1.0, one by one", 3.5, sr25519Votes},
		{"GRANDPA justification of 667 precommits verified", "crypto/ed25519, one by one, no other checks", 3, justification},
		{"VRF verify", "go-schnorrkel v1.1.0", 1.5, vrfVerify},
	}
}

func sr25519Votes() (ours, theirs func()) {
	keys := make([]sr25519.PublicKey, votes)
	var wire []byte
	for i := range keys {
		secret := sr25519.FromSeed([32]byte{byte(i), byte(i >> 8), 1})
		keys[i] = secret.Public()
		var candidate [32]byte
		fill(candidate[:])
		signature := secret.Sign(candidate[:], [32]byte{byte(i)})
		wire = binary.LittleEndian.AppendUint32(wire, uint32(i))
		wire = append(append(wire, candidate[:]...), signature[:]...)
	}
	verifier := crypto.NewRemembering() // as a node has it, which meets the same validators again
	return func() {
			entries := make([]crypto.Signed, votes)
			for i := range entries {
				v := readVote(wire[i*voteSize:])
				entries[i] = crypto.Signed{Public: keys[v.voter], Message: v.candidate[:], Signature: v.signature}
			}
			if slices.Contains(verifier.Sr25519Batch(entries), false) {
				panic("a good vote refused")
			}
		}, func() {
			for i := range votes {
				v := readVote(wire[i*voteSize:])
				public := must(schnorrkel.NewPublicKey(keys[v.voter]))
				var s schnorrkel.Signature
				if err := s.Decode(v.signature); err != nil {
					panic(err)
				}
				if !must(public.Verify(&s, schnorrkel.NewSigningContext([]byte("substrate"), v.candidate[:]))) {
					panic("a good vote refused")
				}
			}
		}
}

func justification() (ours, theirs func()) {
	const voters, signed, round, set = 1000, 667, 5, 3
	target := primitives.BlockID{Hash: primitives.Hash{9}, Number: 100}
	authorities := make([]primitives.GRANDPAAuthority, voters)
	j := primitives.GRANDPAJustification{Round: round, Commit: primitives.Commit{Target: target}}
	for i := range authorities {
		secret := oured.FromSeed([32]byte{byte(i), byte(i >> 8), 2})
		authorities[i] = primitives.GRANDPAAuthority{Key: primitives.ED25519Public(secret.Public()), Weight: 1}
		if i < signed {
			p := primitives.Precommit{TargetBlock: target}
			j.Commit.Precommits = append(j.Commit.Precommits, primitives.SignedPrecommit{
				Precommit: p, Signature: primitives.Signature(secret.Sign(primitives.GRANDPAPayload(p, round, set))), ID: authorities[i].Key,
			})
		}
	}
	voterSet := must(grandpa.NewVoterSet(authorities))
	return func() {
			if err := grandpa.VerifyJustification(voterSet, set, j, crypto.Real{}); err != nil {
				panic(err)
			}
		}, func() {
			for _, p := range j.Commit.Precommits {
				if !ed25519.Verify(p.ID[:], primitives.GRANDPAPayload(p.Precommit, round, set), p.Signature[:]) {
					panic("a good precommit refused")
				}
			}
		}
}

// slotTranscript is BABE's, built with the peer's library.
func slotTranscript(randomness [32]byte, slot, epoch uint64) *merlin.Transcript {
	number := func(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }
	t := merlin.NewTranscript("BABE")
	t.AppendMessage([]byte("slot number"), number(slot))
	t.AppendMessage([]byte("current epoch"), number(epoch))
	t.AppendMessage([]byte("chain randomness"), randomness[:])
	return t
}

func vrfVerify() (ours, theirs func()) {
	const slot, epoch = 1000, 7
	randomness := [32]byte{3}
	secret := sr25519.FromSeed([32]byte{4})
	public := secret.Public()
	transcript := vrf.BabeTranscript(randomness, slot, epoch)
	output, proof := vrf.Sign(secret, transcript, [32]byte{5})

	peerKey := must(schnorrkel.NewPublicKey(public))
	peerOutput := must(schnorrkel.NewOutput(output))
	var peerProof schnorrkel.VrfProof
	if err := peerProof.Decode(proof); err != nil {
		panic(err)
	}
	return func() {
			if _, ok := vrf.Verify(public, transcript, output, proof); !ok {
				panic("a good proof refused")
			}
		}, func() {
			if !must(peerKey.VrfVerify(slotTranscript(randomness, slot, epoch), peerOutput, &peerProof)) {
				panic("a good proof refused")
			}
		}
}
