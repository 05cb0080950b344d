package frame

// DoubleMap is a storage item with one value per pair of keys, at
// prefix ‖ hasher1(first) ‖ hasher2(second), where prefix is
// twox128(pallet) ‖ twox128(item).
type DoubleMap[K1, K2, V any] struct {
	Prefix  string
	Hashers [2]Hasher
	First   Codec[K1]
	Second  Codec[K2]
	Values  Codec[V]
}

// Key returns the storage key of the value at the pair.
func (m DoubleMap[K1, K2, V]) Key(first K1, second K2) []byte {
	key := m.Hashers[0].Append([]byte(m.Prefix), m.First.Append(nil, first))
	return m.Hashers[1].Append(key, m.Second.Append(nil, second))
}

// Lookup returns the value at the pair and whether there is one.
func (m DoubleMap[K1, K2, V]) Lookup(s *State, first K1, second K2) (value V, ok bool) {
	raw := s.Get(m.Key(first, second))
	if raw == nil {
		return value, false
	}
	return m.Values.decode(raw), true
}

// Put sets the value at the pair.
func (m DoubleMap[K1, K2, V]) Put(s *State, first K1, second K2, value V) {
	s.Put(m.Key(first, second), m.Values.Append(nil, value))
}

// Delete removes the value at the pair.
func (m DoubleMap[K1, K2, V]) Delete(s *State, first K1, second K2) { s.Delete(m.Key(first, second)) }
