// Package trie is Rampart's one Merkle trie: the base-16 radix tree of the
// Polkadot specification (state chapter), in layouts V0 and V1, for the relay
// chain's state, for parachain state inside guests, and for proofs of both.
//
// It decides how keys and values become nodes and a root, which nodes a change
// touches, and whether a proof is well formed. It does not store anything: a
// [Trie] pulls committed nodes from a [Source] when it needs them, and [Trie.Commit]
// hands back what changed. It starts no goroutine: [Trie.Divide] gives its work to a
// caller who does. Detached values (longer than 32 bytes under V1) belong to the
// caller's flat state; the trie only asks for them.
//
// In: keys of at most [MaxKeyLen] bytes, values, node encodings from a Source.
// Out: values, roots, node changes by path, proofs (lists of node encodings).
//
// # Paths
//
// A node's path is the list of nibbles from the root to the node, without the
// node's own partial key: the slot in which it hangs. Paths are written one nibble
// per byte (0..15), so they sort as keys do. The root's path is empty. Splitting or
// merging a node never changes the path of anything below its children.
//
// # Nodes stored apart
//
// The root, and every node whose encoding has at least 32 bytes, is stored by its
// path and referred to by hash. A shorter node lives inside its parent's encoding.
//
// # Use
//
//	t := trie.New(store, root, trie.V1)
//	_ = t.Update(changes) // of a block, by key ascending; or t.Put, t.Delete
//	c := t.Commit()
//	for _, n := range c.Nodes {
//		if n.Encoding == nil {
//			store.Delete(n.Path)
//		} else {
//			store.Put(n.Path, n.Encoding)
//		}
//	}
//
// A collator wraps its source in a [Recorder], runs the block, and turns what was
// read into a compact proof with [EncodeCompact]; the validation function decodes it
// with [DecodeCompact] and repeats the same operations in the same order.
//
// Specification: Polkadot specification, chapter State; compact proofs as in
// Substrate's sp-trie.
package trie
