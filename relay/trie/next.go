package trie

import "math/bits"

// NextKey returns the smallest key above key, and false if there is none. It reads
// nodes from the Source, never values.
func (t *Trie) NextKey(key []byte) ([]byte, bool, error) {
	t.path = appendNibbles(t.path[:0], key[:min(len(key), MaxKeyLen)])
	if t.empty() {
		return nil, false, nil
	}
	fork, side := -1, byte(0) // where a way to the right was last seen
	c, pos := t.top(), 0
	for c.k != nil {
		n, err := t.reach(c, t.path[:pos])
		if err != nil {
			return nil, false, err
		}
		m := n.match(t.path[pos:])
		rest := t.path[pos+m:]
		if m < int(n.plen) {
			if len(rest) == 0 || n.nibble(m) > rest[0] {
				return t.first(t.path[:pos])
			}
			break
		}
		pos += m
		from := byte(0)
		if len(rest) > 0 {
			from = rest[0] + 1
		}
		if right := n.bitmap >> from << from; right != 0 {
			fork, side = pos, byte(bits.TrailingZeros16(right))
		}
		if len(rest) == 0 {
			break
		}
		c = n.slot(rest[0])
		pos++
	}
	if fork < 0 {
		return nil, false, nil
	}
	return t.first(append(t.path[:fork], side))
}

// first returns the smallest key at or below path, where a slot is.
func (t *Trie) first(path []byte) ([]byte, bool, error) {
	c := t.claim(path)
	for {
		n, err := t.reach(c, path)
		if err != nil {
			return nil, false, err
		}
		path = n.appendPartial(path, 0)
		if n.flags&hasValue != 0 {
			return packKey(path), true, nil
		}
		i := byte(bits.TrailingZeros16(n.bitmap))
		path = append(path, i)
		c = n.slot(i)
	}
}

// packKey turns an even number of nibbles into the key.
func packKey(nibbles []byte) []byte {
	key := make([]byte, len(nibbles)/2)
	for i := range key {
		key[i] = nibbles[2*i]<<4 | nibbles[2*i+1]
	}
	return key
}
