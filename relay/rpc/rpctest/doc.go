// Package rpctest is a relay chain in memory for tests of JSON-RPC methods: true
// genesis, blocks made and executed by the relay chain's rules, true signatures,
// a true store, and a feed that is told of everything.
//
// Alice is its only validator, and authors and finalizes when she is told to. The
// longest chain that can become final is the best one; of two equally long ones that
// which was best before.
//
//	c := rpctest.New(t, false)
//	a1 := c.Grow(c.Genesis, c.Transfer("//Alice", 0, "//Bob", 5))
//	b1 := c.Grow(c.Genesis)
//	b2 := c.Grow(b1)      // a reorganization: b2 is best now, a1 is retracted
//	c.Finalize(b1, true)  // a1 is pruned
//
// [Serve] and [Dial] are a true server of methods on loopback, and a client of it.
package rpctest
