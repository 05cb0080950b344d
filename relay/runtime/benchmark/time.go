package benchmark

import (
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// Reference is what the yardstick takes on the reference machine, in picoseconds:
// one virtual processor of an AMD EPYC server, as rented, with nothing else to do.
const Reference = 1_150_000_000

// yardstick is work whose time tells how fast a machine is: half of it hashing,
// half signatures, as in a block.
type yardstick struct {
	public    [32]byte
	signature [64]byte
	data      []byte
}

func newYardstick() yardstick {
	keys := cryptotest.Real{}.Keys([32]byte{1})
	y := yardstick{public: keys.Sr25519Public(), data: make([]byte, 64<<10)}
	y.signature = keys.Sr25519(y.data[:100])
	return y
}

func (y yardstick) work() {
	for range 8 {
		hash.Blake2b256(y.data)
		crypto.Real{}.Sr25519(y.public, y.data[:100], y.signature)
	}
}

// scale returns how much faster the reference machine is than this one at present.
func (y yardstick) scale() float64 {
	return Reference / float64(measure(5, 4*time.Millisecond, y.work))
}

// measure returns how long f takes, in picoseconds: the least of samples, each the
// average of as many calls as take the time of a sample. Other load can only make
// it take longer. No garbage is collected meanwhile: a node does that on other
// processors, and seldom.
func measure(samples int, sample time.Duration, f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	f()
	n := 1
	for {
		spent := timeOf(n, f)
		if spent >= sample/2 || n >= 1<<20 {
			if spent < sample && spent > 0 {
				n = int(int64(n) * int64(sample) / int64(spent))
			}
			break
		}
		n *= 4
	}
	least := uint64(math.MaxUint64)
	for range max(samples, 1) {
		runtime.GC()
		least = min(least, uint64(timeOf(n, f))*1000/uint64(n))
	}
	return least
}

func timeOf(n int, f func()) time.Duration {
	begin := clock()
	for range n {
		f()
	}
	return clock() - begin
}
