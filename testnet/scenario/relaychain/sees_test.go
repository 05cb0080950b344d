package relaychain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// The observer sees what the scenarios say never happens.
func TestObserverSees(t *testing.T) {
	w := NewWorld(1, 4, Paras{})
	header := func(root byte, slot primitives.Slot) primitives.Header {
		claim := primitives.SecondaryPlainClaim{Slot: slot}
		return primitives.Header{
			ParentHash: w.genesis.Hash(), Number: 1, StateRoot: primitives.Hash{root},
			Digest: primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, claim)}},
		}
	}
	sealed := func(root byte, slot primitives.Slot) any {
		h := header(root, slot)
		preHash := h.Hash()
		h = h.Sealed(primitives.BABESeal(w.keys[0].Sr25519(preHash[:])))
		return wireNote{engine.Publish{Topic: topicBlocks, Data: primitives.Block{Header: h}.AppendSCALE(nil)}}
	}
	vote := func(target byte) any {
		m := primitives.Prevote{TargetBlock: primitives.BlockID{Hash: primitives.Hash{target}, Number: 1}}
		signature := w.keys[0].Ed25519(primitives.GRANDPAPayload(m, 1, 0))
		v := grandpa.Vote{Round: 1, Signed: primitives.SignedMessage{Message: m, Signature: signature, ID: w.keys[0].Ed25519Public()}}
		return wireNote{engine.Publish{Topic: topicFinality, Data: grandpa.Encode(v)}}
	}
	block := primitives.Block{Header: header(1, 1)}
	final := func(root byte) any { return finalizedNote{grandpa.Finalize{Block: header(root, 1).ID()}} }
	for name, test := range map[string]struct {
		first, second any
		want          string
	}{
		"two final blocks":     {final(1), final(2), "I-1"},
		"unproven final block": {final(1), final(1), "I-2"},
		"two states":           {executedNote{block: block, root: primitives.Hash{1}}, executedNote{block: block, root: primitives.Hash{2}}, "I-4"},
		"two best blocks":      {chosenNote{best: header(1, 1).ID()}, chosenNote{best: header(2, 1).ID()}, "I-4"},
		"two headers":          {sealed(1, 1), sealed(2, 1), "I-5"},
		"two slots":            {sealed(1, 1), sealed(1, 2), ""},
		"two votes":            {vote(1), vote(2), "I-5"},
		"one vote twice":       {vote(1), vote(1), ""},
		"lost finality":        {final(1), bootedNote{}, "lost finality"},
	} {
		t.Run(name, func(t *testing.T) {
			var failures []string
			o := NewObserver(w, func(format string, args ...any) { failures = append(failures, fmt.Sprintf(format, args...)) })
			for root := range byte(3) {
				o.known[header(root, 1).Hash()] = header(root, 1)
			}
			o.observe(Start, 0, test.first)
			if _, ok := test.second.(finalizedNote); ok {
				o.observe(Start, 1, test.second)
			} else {
				o.observe(Start, 0, test.second)
			}
			seen := strings.Join(failures, "\n")
			if test.want == "" && seen != "" || !strings.Contains(seen, test.want) {
				t.Errorf("got %q, want %q", seen, test.want)
			}
		})
	}
}
