package frame

import (
	"iter"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Codec is how a type is encoded, as generated code hands it to storage items.
type Codec[T any] struct {
	Append func(b []byte, v T) []byte
	Decode func(d *scale.Decoder, v *T)
}

// decode reads a value that this program wrote into the state itself. State
// that does not decode means a damaged store or a runtime that does not match
// it: there is no way on.
func (c Codec[T]) decode(raw []byte) T {
	var v T
	d := scale.NewTrusted(raw)
	c.Decode(d, &v)
	if err := d.Finish(); err != nil {
		panic("state value does not decode: " + err.Error())
	}
	return v
}

// Value is a storage item that is one value, at
// twox128(pallet) ‖ twox128(item).
type Value[T any] struct {
	// Key is the whole storage key.
	Key   string
	Codec Codec[T]
}

// Get returns the value, or the zero value of T if there is none.
func (v Value[T]) Get(s *State) T {
	value, _ := v.Lookup(s)
	return value
}

// Lookup returns the value and whether there is one.
func (v Value[T]) Lookup(s *State) (value T, ok bool) {
	raw := s.Get([]byte(v.Key))
	if raw == nil {
		return value, false
	}
	return v.Codec.decode(raw), true
}

// Put sets the value.
func (v Value[T]) Put(s *State, value T) { s.Put([]byte(v.Key), v.Codec.Append(nil, value)) }

// Delete removes the value.
func (v Value[T]) Delete(s *State) { s.Delete([]byte(v.Key)) }

// Hasher says how a key enters the storage key of a map.
type Hasher uint8

// Hashers whose result ends with the key itself, with the index that metadata
// gives them.
const (
	Blake2_128Concat Hasher = 2
	Twox64Concat     Hasher = 5
	Identity         Hasher = 6
)

// Append appends the hashed form of an encoded key.
func (h Hasher) Append(b, key []byte) []byte {
	switch h {
	case Blake2_128Concat:
		digest := hash.Blake2b128(key)
		b = append(b, digest[:]...)
	case Twox64Concat:
		digest := hash.Twox64(key)
		b = append(b, digest[:]...)
	case Identity:
	default:
		panic("unknown storage hasher")
	}
	return append(b, key...)
}

// size returns how many bytes precede the key in its hashed form.
func (h Hasher) size() int {
	switch h {
	case Blake2_128Concat:
		return 16
	case Twox64Concat:
		return 8
	}
	return 0
}

// Map is a storage item with one value per key, at prefix ‖ hasher(key), where
// prefix is twox128(pallet) ‖ twox128(item).
type Map[K, V any] struct {
	Prefix string
	Hasher Hasher
	Keys   Codec[K]
	Values Codec[V]
}

// Key returns the storage key of the value at k.
func (m Map[K, V]) Key(k K) []byte {
	key := m.Keys.Append(nil, k)
	whole := make([]byte, 0, len(m.Prefix)+m.Hasher.size()+len(key))
	return m.Hasher.Append(append(whole, m.Prefix...), key)
}

// Get returns the value at k, or the zero value of V if there is none.
func (m Map[K, V]) Get(s *State, k K) V {
	value, _ := m.Lookup(s, k)
	return value
}

// Lookup returns the value at k and whether there is one.
func (m Map[K, V]) Lookup(s *State, k K) (value V, ok bool) {
	raw := s.Get(m.Key(k))
	if raw == nil {
		return value, false
	}
	return m.Values.decode(raw), true
}

// Has reports whether there is a value at k.
func (m Map[K, V]) Has(s *State, k K) bool { return s.Get(m.Key(k)) != nil }

// Put sets the value at k.
func (m Map[K, V]) Put(s *State, k K, value V) { s.Put(m.Key(k), m.Values.Append(nil, value)) }

// Delete removes the value at k.
func (m Map[K, V]) Delete(s *State, k K) { s.Delete(m.Key(k)) }

// All yields every key and value, in the order of storage keys: as good as any
// to be deterministic, but not the order of K. The map may be changed meanwhile;
// what is yielded is what was there at the start.
func (m Map[K, V]) All(s *State) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, key := range s.Keys([]byte(m.Prefix)) {
			raw := s.Get(key)
			if raw == nil {
				continue
			}
			if !yield(m.Keys.decode(key[len(m.Prefix)+m.Hasher.size():]), m.Values.decode(raw)) {
				return
			}
		}
	}
}
