package main

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"slices"

	peer "github.com/ChainSafe/gossamer/pkg/trie"
	"github.com/ChainSafe/gossamer/pkg/trie/db"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/relay/trie/parallel"
)

const trieKeys = 100_000

func trieKey(i int) []byte {
	h := hash.Blake2b256(binary.LittleEndian.AppendUint64(nil, uint64(i)))
	return h[:]
}

func trieValue(i int) []byte {
	v := make([]byte, 80)
	binary.LittleEndian.PutUint64(v, uint64(i))
	return v
}

// changes returns 1000 of the keys, in no order, with values that no round had before.
func changes(keys [][]byte, round int) []trie.Change {
	list := make([]trie.Change, 1000)
	for j := range list {
		list[j] = trie.Change{Key: keys[(round*7919+j*97)%len(keys)], Value: trieValue(round*1000 + j + trieKeys)}
	}
	return list
}

// update makes changes in our trie, the way a node does at the end of a block: in order,
// and on all processors, as the peer does by itself.
func update(t *trie.Trie, changes []trie.Change) [32]byte {
	slices.SortFunc(changes, func(a, b trie.Change) int { return bytes.Compare(a.Key, b.Key) })
	t.Divide(parallel.Each)
	if err := t.Update(changes); err != nil {
		panic(err)
	}
	return t.Commit().Root
}

// updatePeer makes changes in the peer's.
func updatePeer(t *peer.Trie, changes []trie.Change) [32]byte {
	for _, c := range changes {
		if err := t.Put(c.Key, c.Value); err != nil {
			panic(err)
		}
	}
	return t.MustHash()
}

func allKeys() [][]byte {
	keys := make([][]byte, trieKeys)
	for i := range keys {
		keys[i] = trieKey(i)
	}
	return keys
}

func ourTrie(keys [][]byte) *trie.Trie {
	t := trie.New(nil, trie.EmptyRoot, trie.V1)
	for i, k := range keys {
		if err := t.Put(k, trieValue(i)); err != nil {
			panic(err)
		}
	}
	t.Commit()
	return t
}

// peerTrie returns gossamer's trie with the same content and every node hashed
// and clean, as after its WriteDirty: only what changes from now on is hashed
// again.
func peerTrie(keys [][]byte) *peer.Trie {
	t := peer.NewEmptyTrie()
	t.SetVersion(peer.V1)
	for i, k := range keys {
		if err := t.Put(k, trieValue(i)); err != nil {
			panic(err)
		}
	}
	t.MustHash()
	root := t.RootNode()
	clean(root)
	written := peer.NewTrie(root, db.NewEmptyMemoryDB())
	written.SetVersion(peer.V1)
	return written
}

func clean(n *peer.Node) {
	n.SetClean()
	for _, child := range n.Children {
		if child != nil {
			clean(child)
		}
	}
}

func tries() []comparison {
	return []comparison{{
		name: "trie, 1000 updates and root on 100,000 keys, old root still readable",
		peer: "gossamer pkg/trie v0.9.0, Snapshot of a written trie", goal: 5, make: updates,
	}}
}

func updates() (ours, theirs func()) {
	keys := allKeys()
	mine, peers := ourTrie(keys), peerTrie(keys)
	a, b := 0, 0
	return func() {
			update(mine.Clone(), changes(keys, a))
			a++
		}, func() {
			updatePeer(peers.Snapshot(), changes(keys, b))
			b++
		}
}

// heapPerKey returns the live heap of both tries, in bytes a key.
func heapPerKey() (ours, theirs float64) {
	keys := allKeys()
	measure := func(build func() any) float64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		v := build()
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(v)
		return float64(after.HeapAlloc-before.HeapAlloc) / trieKeys
	}
	return measure(func() any { return ourTrie(keys) }), measure(func() any { return peerTrie(keys) })
}
