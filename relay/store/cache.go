package store

import "sync"

// cache holds values and nodes of the finalized head, absent ones too, in two
// generations: what is used moves to the young one, and when that is full it
// becomes the old one and the old one is dropped.
//
// A lock, since any reader fills it and a loop of its own would cost more than the
// map accesses it guards.
type cache struct {
	mu         sync.Mutex
	ts         uint64 // of the finalized head it is about
	limit      int    // bytes of one generation
	bytes      int    // of young
	young, old map[string][]byte
}

func newCache(limit int, ts uint64) *cache {
	return &cache{ts: ts, limit: limit / 2, young: map[string][]byte{}, old: map[string][]byte{}}
}

// size returns how many bytes are held, the old generation taken for full.
func (c *cache) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.old) > 0 {
		return c.bytes + c.limit
	}
	return c.bytes
}

// get returns the value at key, nil if it is absent; ok is false if the cache does
// not know, or is not about the state at ts.
func (c *cache) get(ts uint64, key []byte) (value []byte, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ts != ts {
		return nil, false
	}
	if value, ok = c.young[string(key)]; ok {
		return value, true
	}
	if value, ok = c.old[string(key)]; ok {
		c.insert(key, value)
	}
	return value, ok
}

// put notes what was read at ts; it is dropped if the head has moved on.
func (c *cache) put(ts uint64, key, value []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ts == ts {
		c.insert(key, value)
	}
}

func (c *cache) insert(key, value []byte) {
	c.drop(key)
	size := charge(key, value)
	if size > c.limit/16 {
		return
	}
	if c.bytes+size > c.limit {
		c.old, c.young, c.bytes = c.young, map[string][]byte{}, 0
	}
	c.bytes += size
	c.young[string(key)] = value
}

// drop forgets key.
func (c *cache) drop(key []byte) {
	delete(c.old, string(key))
	if value, ok := c.young[string(key)]; ok {
		c.bytes -= charge(key, value)
		delete(c.young, string(key))
	}
}

func charge(key, value []byte) int { return len(key) + len(value) + entryOverhead }

// advance moves to the head at ts, which differs from the last one by diffs, in
// order.
func (c *cache) advance(ts uint64, diffs []*layer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ts = ts
	for _, d := range diffs {
		for _, v := range d.Values {
			c.replace(spaceValue, v.Key, v.Value)
		}
		for _, n := range d.Nodes {
			c.replace(spaceNode, n.Path, n.Encoding)
		}
	}
}

func (c *cache) replace(space byte, key, value []byte) {
	// A copy: the diff's slices would keep the whole diff in memory.
	if value != nil {
		value = append(make([]byte, 0, len(value)), value...)
	}
	c.insert(join(space, key), value)
}
