package trie

// ClosestMerkleValue returns the Merkle value of the node of the trie with the root
// that is closest to key: of the shortest one whose whole path begins with key. A
// Merkle value is the hash of a node's encoding, or the encoding itself if that is
// shorter than 32 bytes; of the root it is always the hash. It is nil if no key begins
// with key.
//
// Errors: ErrMissingNode, ErrBadNode, those of src.
//
// Source: JSON-RPC interface specification of Polkadot, closestDescendantMerkleValue;
// trie-db, lookup_first_descendant.
func ClosestMerkleValue(src Source, root [32]byte, key []byte) ([]byte, error) {
	t := New(src, root, V1)
	p, err := t.find(key)
	if p.n == nil || p.pos+p.match < 2*len(key) {
		return nil, err
	}
	return t.claim(appendNibbles(nil, key, p.pos)).ref(), nil
}
