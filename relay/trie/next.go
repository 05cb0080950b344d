package trie

import "math/bits"

// NextKey returns the smallest key above key, and false if there is none. It reads
// nodes from the Source, never values.
func (t *Trie) NextKey(key []byte) ([]byte, bool, error) {
	key = key[:min(len(key), MaxKeyLen)]
	if t.empty() {
		return nil, false, nil
	}
	fork, side := -1, byte(0) // where a way to the right was last seen
	c, pos := t.top(), 0
	for c.k != nil {
		n, err := t.reach(c, key, pos)
		if err != nil {
			return nil, false, err
		}
		m := n.match(key, pos)
		end := pos + m
		over := end == 2*len(key)
		if m < int(n.plen) {
			if over || n.nibble(m) > nibble(key, end) {
				return t.first(appendNibbles(nil, key, pos))
			}
			break
		}
		from := byte(0)
		if !over {
			from = nibble(key, end) + 1
		}
		if right := n.bitmap >> from << from; right != 0 {
			fork, side = end, byte(bits.TrailingZeros16(right))
		}
		if over {
			break
		}
		c = n.slot(from - 1)
		pos = end + 1
	}
	if fork < 0 {
		return nil, false, nil
	}
	return t.first(append(appendNibbles(nil, key, fork), side))
}

// first returns the smallest key at or below path, where a slot is.
func (t *Trie) first(path []byte) ([]byte, bool, error) {
	c := t.claim(path)
	for {
		n := c.node()
		if n == nil {
			var err error
			if n, err = t.fill(c, path); err != nil {
				return nil, false, err
			}
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
