package engine

import "github.com/cespare/xxhash/v2"

// Rand is a small deterministic generator (SplitMix64). The zero value is
// usable.
type Rand struct{ state uint64 }

// NewRand returns the generator of a seed.
func NewRand(seed uint64) Rand { return Rand{state: seed} }

// Stream returns the generator of a seed for one node and purpose: what one
// draws changes nothing for another.
func Stream(seed uint64, id NodeID, purpose string) *Rand {
	of := Rand{state: seed ^ xxhash.Sum64String(purpose)}
	return &Rand{state: of.Uint64() ^ uint64(id)*0xd6e8feb86659fd93}
}

// Uint64 returns the next 64 bits.
//
// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
// generators", 2014.
func (r *Rand) Uint64() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below returns a number in [0, n); n must not be 0. The bias for large n does
// not matter to a simulation.
func (r *Rand) Below(n uint64) uint64 { return r.Uint64() % n }

// Chance reports true in perMillion of a million cases.
func (r *Rand) Chance(perMillion uint64) bool { return r.Below(1_000_000) < perMillion }

// Shuffled returns the numbers below n in random order.
func (r *Rand) Shuffled(n int) []NodeID {
	out := make([]NodeID, n)
	for i := range out {
		j := r.Below(uint64(i + 1))
		out[i], out[j] = out[j], NodeID(i)
	}
	return out
}
