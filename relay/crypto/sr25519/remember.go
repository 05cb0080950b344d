//go:build !wasip1

package sr25519

import (
	"sync"

	"github.com/oasisprotocol/curve25519-voi/primitives/sr25519"
)

// generation is how many keys each of the two generations of Keys holds: the
// validators of a large session, and some. Both full take about 0.9 MB.
const generation = 1536

// Keys remembers public keys decoded, which is a quarter of what a signature
// costs in a batch: validators sign many times with the same key. It changes no
// verdict. It holds at most 2 · 1536 keys and forgets those not used the longest;
// bytes that are no key are not remembered, so they push nothing out. The zero
// Keys is empty and ready; it must not be copied, and nil remembers nothing.
//
// Keys is safe for concurrent use: whoever verifies a signature, in any
// goroutine, wants the answer at once, hence a mutex and no loop.
type Keys struct {
	mu sync.Mutex
	// A key is looked for in young and then in old, from where it moves to young.
	// Once young is full it becomes old, and what was old is forgotten.
	young, old map[PublicKey]*sr25519.PublicKey
}

// decode returns the key in pub, which is not to be written; uninitialized if
// pub is no canonical point.
func (k *Keys) decode(pub PublicKey) *sr25519.PublicKey {
	if p := k.recall(pub); p != nil {
		return p
	}
	p := new(sr25519.PublicKey)
	if p.UnmarshalBinary(pub[:]) == nil {
		k.remember(pub, p)
	}
	return p
}

func (k *Keys) recall(pub PublicKey) *sr25519.PublicKey {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.young[pub]; p != nil {
		return p
	}
	p := k.old[pub]
	if p != nil {
		k.put(pub, p)
	}
	return p
}

func (k *Keys) remember(pub PublicKey, p *sr25519.PublicKey) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.put(pub, p)
}

// put adds a key to young; the caller holds the mutex.
func (k *Keys) put(pub PublicKey, p *sr25519.PublicKey) {
	if k.young == nil || len(k.young) >= generation {
		k.young, k.old = make(map[PublicKey]*sr25519.PublicKey), k.young
	}
	k.young[pub] = p
}
