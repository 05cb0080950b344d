package txpool_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// A user submits an extrinsic and watches it.
func Example() {
	best := primitives.BlockID{Number: 7}
	pool := txpool.New(txpool.Params{}, best)
	x := primitives.Extrinsic("signed by alice")
	account := primitives.AccountID{1}

	pool.Step(0, txpool.Submit{Request: 1, Extrinsic: x, Watch: true})
	for _, effect := range pool.Step(5, txpool.Validated{Hash: txpool.Hash(x), At: best, Validity: txpool.Valid{
		Priority: 1, Provides: []txpool.Tag{txpool.Tag(primitives.NonceTag(account, 0))}, Longevity: 64, Propagate: true,
	}}) {
		switch e := effect.(type) {
		case txpool.Accepted:
			fmt.Println("accepted", e.Request)
		case txpool.Notify:
			fmt.Println(e.Status.Kind, e.Watchers)
		case txpool.Broadcast:
			fmt.Println("gossip", string(e.Extrinsic))
		}
	}
	ready := pool.Ready()
	t, _ := ready.Next()
	fmt.Println("block has", string(t.Extrinsic))
	// Output:
	// accepted 1
	// ready [1]
	// gossip signed by alice
	// block has signed by alice
}
