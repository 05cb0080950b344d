package v1_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	v1 "github.com/rampart-chain/rampart/relay/rpc/v1"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// TestNeedsSocket: by HTTP there is nobody to be told anything, and what can be
// answered at once is.
func TestNeedsSocket(t *testing.T) {
	chain := rpctest.New(t, true)
	address := serve(t, v1.Config{Chain: chain.Chain, Archive: true, Transactions: chain.Transactions(txpool.Params{})})
	transport := &http.Transport{DisableKeepAlives: true}
	for method, there := range map[string]bool{
		"chainHead_v1_follow": false, "chainHead_v1_header": false, "chainHead_v1_unpin": false, "chainHead_v1_unfollow": false,
		"transaction_v1_broadcast": false, "transaction_v1_stop": false, "transactionWatch_v1_submitAndWatch": false, "archive_v1_storage": false,
		"archive_v1_genesisHash": true, "chainSpec_v1_chainName": true,
	} {
		answer, err := (&http.Client{Transport: transport}).Post("http://"+address, "application/json", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"`+method+`","params":[]}`))
		must(t, err)
		text, err := io.ReadAll(answer.Body)
		must(t, err)
		must(t, answer.Body.Close())
		if refused := bytes.Contains(text, []byte("-32601")); refused == there {
			t.Errorf("%s: %s", method, text)
		}
	}
}

// TestTooLarge: a value that is larger than a message may be ends the operation, not
// the follow.
func TestTooLarge(t *testing.T) {
	chain := rpctest.New(t, false)
	b := write(t, chain, chain.Genesis, frame.Change{Key: []byte("~large"), Value: make([]byte, 10_000)})
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain}, jsonrpc.Config{Limits: jsonrpc.Limits{Response: 15_000}}))
	id := c.subscribe("chainHead_v1_follow", "[true]")
	c.expect(id, "initialized "+chain.Genesis.Hash.String(), newOn(b, chain.Genesis), best(b))
	const ask = `[%q,%q,[{"key":%q,"type":%q}]]`
	for _, kind := range []string{"value", "descendantsValues"} {
		if e := c.finish(id, "chainHead_v1_storage", ask, id, b.Hash, hexOf([]byte("~large")), kind); len(e) != 1 || e[0].name() != "operationError" {
			t.Errorf("%s: %.200v", kind, e)
		}
	}
	if e := c.finish(id, "chainHead_v1_storage", ask, id, b.Hash, hexOf([]byte("~large")), "hash"); len(e) != 2 || e[1].name() != "operationStorageDone" {
		t.Errorf("hash: %v", e)
	}
}

// TestSpecStop_Share: when all follows together pin much, each has an equal part.
func TestSpecStop_Share(t *testing.T) {
	chain := rpctest.New(t, false)
	address := serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{AllPinned: 80}})
	one := dial(t, address)
	id := one.subscribe("chainHead_v1_follow", "[false]")
	one.next(id)
	one.next(id)
	grow := func(to int) (stopped bool) {
		for n := int(chain.Store.Finalized().Number); n < to; n++ {
			chain.Finalize(chain.GrowBest(1), false)
			for range 3 {
				if one.next(id).name() == "stop" {
					return true
				}
			}
		}
		return false
	}
	if grow(45) {
		t.Fatal("stopped within its share of 80")
	}
	other := dial(t, address)
	other.next(other.subscribe("chainHead_v1_follow", "[false]"))
	if !grow(46) {
		t.Fatal("not stopped beyond its share of 40")
	}
}

// TestHammer has clients check the rules of the specification, read pinned blocks and
// unpin them, while the chain forks and finalizes as fast as it can.
func TestHammer(t *testing.T) {
	chain := rpctest.New(t, false)
	address := serve(t, v1.Config{Chain: chain.Chain})
	blocks := 120
	if testing.Short() {
		blocks = 40
	}
	last := make(chan primitives.Hash, 4) // for each client
	var clients sync.WaitGroup
	for n := range cap(last) {
		c := dial(t, address)
		clients.Go(func() { hammer(c, rand.New(rand.NewPCG(1, uint64(n))), last) })
	}
	r := rand.New(rand.NewPCG(2, 2))
	tips := []primitives.BlockID{chain.Genesis}
	for n := range blocks {
		tips = append(tips, chain.Grow(tips[r.IntN(len(tips))]))
		if n%7 == 6 {
			final := tips[1+r.IntN(len(tips)-1)]
			chain.Finalize(final, false)
			tips = []primitives.BlockID{final}
			for _, b := range chain.Store.Unfinalized() {
				tips = append(tips, primitives.BlockID{Hash: b.Hash, Number: b.Header.Number})
			}
			if len(tips) == 1 {
				tips = append(tips, chain.Grow(final))
			}
		}
	}
	end := chain.Grow(chain.Store.Best())
	for range cap(last) {
		last <- end.Hash
	}
	chain.Finalize(end, false)
	clients.Wait()
}

// hammer follows until a block is final. A client that is stopped follows again.
func hammer(c *client, r *rand.Rand, last <-chan primitives.Hash) {
	var end string
	for {
		id := c.subscribe("chainHead_v1_follow", "[true]")
		told, pinned := map[string]bool{}, map[string]bool{} // told: whether it is open
		var finalized, best string
		for stopped := false; !stopped; {
			if end == "" {
				select {
				case h := <-last:
					end = h.String()
				default:
				}
			}
			if end != "" && finalized == end {
				return
			}
			e := c.next(id)
			switch e.name() {
			case "stop":
				stopped = true
			case "initialized":
				for _, h := range e.list("finalizedBlockHashes") {
					told[h], pinned[h], finalized = false, true, h
				}
			case "newBlock":
				h, parent := e["blockHash"].(string), e["parentBlockHash"].(string)
				if _, again := told[h]; again || !told[parent] && parent != finalized {
					c.t.Errorf("event %v", e)
				}
				told[h], pinned[h] = true, true
				c.readPinned(id, h, r)
			case "bestBlockChanged":
				if best = e["bestBlockHash"].(string); !told[best] && best != finalized {
					c.t.Errorf("event %v", e)
				}
			case "finalized":
				for _, h := range append(e.list("finalizedBlockHashes"), e.list("prunedBlockHashes")...) {
					if !told[h] {
						c.t.Errorf("%s is final or pruned twice, or was not told", h)
					}
					told[h] = false
				}
				finalized = e.list("finalizedBlockHashes")[len(e.list("finalizedBlockHashes"))-1]
				if !told[best] && best != finalized {
					c.t.Errorf("best is %s, event %v", best, e)
				}
				for h := range pinned {
					if !told[h] && h != finalized {
						c.readPinned(id, h, r)
						if got := c.try("chainHead_v1_unpin", `[%q,%q]`, id, h); got.Error != nil {
							c.t.Errorf("unpin: %+v", got.Error)
						}
						delete(pinned, h)
					}
				}
			}
		}
	}
}

// readPinned reads a pinned block in one of the ways.
func (c *client) readPinned(id, hash string, r *rand.Rand) {
	c.t.Helper()
	params := fmt.Sprintf(`[%q,%q`, id, hash)
	method, done := "chainHead_v1_body", "operationBodyDone"
	switch r.IntN(4) {
	case 0:
		if m := c.try("chainHead_v1_header", "%s]", params); m.Error != nil {
			c.t.Errorf("header: %+v", m.Error)
		}
		return
	case 1:
		method, done, params = "chainHead_v1_call", "operationCallDone", params+`,"Core_version",""`
	case 2:
		method, done, params = "chainHead_v1_storage", "operationStorageDone", params+`,[{"key":"0x26aa","type":"descendantsValues"}]`
	}
	m := c.try(method, "%s]", params)
	var started struct{ Result, OperationID string }
	if m.Error != nil || json.Unmarshal(m.Result, &started) != nil {
		c.t.Errorf("%s: %+v", method, m.Error)
	} else if started.Result == "started" {
		for {
			e := c.nextOf(id, started.OperationID)
			if e.name() == done {
				return
			}
			if e.name() != "operationStorageItems" {
				c.t.Errorf("%s: %v", method, e)
				return
			}
		}
	}
}
