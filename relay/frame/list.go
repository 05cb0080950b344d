package frame

import "github.com/rampart-chain/rampart/relay/scale"

// Push puts item at the end of the list that m has at k. What is in the list already
// is not decoded: a long list costs a copy of its bytes.
func Push[K, E any](s *State, m Map[K, []E], k K, item E) {
	key := m.Key(k)
	one := m.Values.Append(nil, []E{item})
	raw := s.Get(key)
	if raw == nil {
		s.Put(key, one)
		return
	}
	d := scale.NewTrusted(raw)
	n := d.Compact()
	if err := d.Err(); err != nil {
		panic("state value is no list: " + err.Error())
	}
	longer := scale.AppendCompact(make([]byte, 0, len(raw)+len(one)+4), n+1)
	s.Put(key, append(append(longer, raw[d.Offset():]...), one[1:]...)) // one begins with its length
}
