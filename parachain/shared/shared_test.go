package shared_test

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

func TestBeginSession(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	keys := []primitives.SR25519Public{{0}, {1}, {2}, {3}, {4}}
	orders := map[string]bool{}
	for seed := range byte(8) {
		shared.AllowedRelayParents.Put(s, []shared.RelayParent{{Number: 1}})
		shared.BeginSession(s, primitives.SessionIndex(seed), [32]byte{seed}, keys, nil)
		active := shared.ActiveValidatorIndices.Get(s)
		seen := map[primitives.ValidatorIndex]bool{}
		for i, index := range active {
			seen[index] = true
			if shared.ActiveValidatorKeys.Get(s)[i] != keys[index] {
				t.Fatalf("validator %d has another's key", i)
			}
		}
		if len(seen) != len(keys) || len(shared.AllowedRelayParents.Get(s)) != 0 || shared.CurrentSessionIndex.Get(s) != primitives.SessionIndex(seed) {
			t.Fatalf("active %v", active)
		}
		orders[fmt.Sprint(active)] = true
		three := uint32(3)
		shared.BeginSession(s, 0, [32]byte{seed}, keys, &three)
		if got := shared.ActiveValidatorIndices.Get(s); fmt.Sprint(got) != fmt.Sprint(active[:3]) || len(shared.ActiveValidatorKeys.Get(s)) != 3 {
			t.Fatalf("first three of %v: %v", active, got)
		}
	}
	if len(orders) < 5 {
		t.Errorf("%d orders of 8 seeds", len(orders))
	}
}

func TestRelayParents(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	const ancestry = 2
	for number := primitives.BlockNumber(1); number < 8; number++ {
		system.Number.Put(s, number)
		shared.NoteRelayParent(s, shared.RelayParent{Hash: primitives.Hash{byte(number - 1)}, Number: number - 1}, ancestry)
		allowed := shared.AllowedRelayParents.Get(s)
		oldest := max(int(number)-1-ancestry, 0)
		if len(allowed) != int(number)-oldest || int(allowed[0].Number) != oldest {
			t.Fatalf("block %d: %v", number, allowed)
		}
		if _, ok := shared.Find(allowed, primitives.Hash{byte(number)}); ok {
			t.Fatalf("block %d is its own relay parent", number)
		}
		// What the child of this block will allow.
		head := primitives.Header{Number: number, StateRoot: primitives.Hash{1}}
		next := shared.RelayParentsOfChild(s, head, nil, ancestry)
		oldest = max(int(number)-ancestry, 0)
		if len(next) != int(number)-oldest+1 || int(next[0].Number) != oldest || next[len(next)-1].Hash != head.Hash() || int(shared.MinRelayParentNumber(s, ancestry)) != oldest {
			t.Fatalf("child of block %d: %v", number, next)
		}
	}
	shared.BeginSession(s, 1, [32]byte{}, nil, nil)
	if got := shared.MinRelayParentNumber(s, ancestry); got != 7 {
		t.Errorf("after the session's end: %d", got)
	}
}
