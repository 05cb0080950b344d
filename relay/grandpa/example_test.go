package grandpa_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// A lone validator: block 1 is imported, voted for when the votes are due, and
// final with its precommit.
func Example() {
	key := primitives.ED25519Public{1}
	genesis := primitives.Header{}
	block := primitives.Header{ParentHash: genesis.Hash(), Number: 1}
	core, err := grandpa.New(
		grandpa.Params{Period: 1000, Keys: []primitives.ED25519Public{key}, Verifier: crypto.Real{}},
		grandpa.Genesis(genesis.ID(), []primitives.GRANDPAAuthority{{Key: key, Weight: 1}}), nil)
	if err != nil {
		panic(err)
	}
	core.Step(0, grandpa.BlockImported{Hash: block.Hash(), Header: block})
	effects := core.Step(0, grandpa.BestBlock{Hash: block.Hash()})
	for range 2 {
		now, _ := core.Next()
		for effects = append(effects, core.Step(now, grandpa.Wake{})...); len(effects) > 0; effects = effects[1:] {
			switch e := effects[0].(type) {
			case grandpa.Sign:
				fmt.Printf("%d ms: sign %T of block %d\n", now, e.Message, e.Message.Target().Number)
				effects = append(effects, core.Step(now, grandpa.Signed{Request: e})...)
			case grandpa.Finalize:
				fmt.Printf("%d ms: block %d is final\n", now, e.Block.Number)
			}
		}
	}
	// Output:
	// 2000 ms: sign primitives.Prevote of block 1
	// 4000 ms: sign primitives.Precommit of block 1
	// 4000 ms: block 1 is final
}
