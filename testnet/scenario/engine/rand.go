package engine

// Rand is a small deterministic generator (SplitMix64). The zero value is
// usable.
type Rand struct{ state uint64 }

// NewRand returns the generator of a seed.
func NewRand(seed uint64) Rand { return Rand{state: seed} }

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
