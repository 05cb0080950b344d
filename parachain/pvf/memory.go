package pvf

import "github.com/tetratelabs/wazero/experimental"

// maxSpare bounds the memory an artifact keeps between calls.
const maxSpare = 32 << 20

// linearMemory backs the memory of one instance: it refuses to grow beyond limit,
// doubles its buffer when it must move, and can start from the buffer of an earlier
// call. It implements experimental.MemoryAllocator and experimental.LinearMemory.
type linearMemory struct {
	buf   []byte // as long as the guest's memory; zero beyond its length
	limit uint64 // bytes
}

func (m *linearMemory) Allocate(_, _ uint64) experimental.LinearMemory { return m }

// Reallocate grows the memory to size bytes; nil refuses, and memory.grow is -1.
func (m *linearMemory) Reallocate(size uint64) []byte {
	if size > m.limit {
		return nil
	}
	if size > uint64(cap(m.buf)) {
		grown := make([]byte, size, min(max(size, 2*uint64(cap(m.buf))), m.limit))
		copy(grown, m.buf)
		m.buf = grown
	}
	m.buf = m.buf[:size]
	return m.buf
}

// Free does nothing: the buffer is collected or kept by release.
func (m *linearMemory) Free() {}

// spare is a buffer for the next call: at most one, all zero. A channel because
// calls of one artifact may run at the same time.
type spare chan []byte

// take returns a zero buffer of length 0, perhaps without capacity.
func (s spare) take() []byte {
	select {
	case b := <-s:
		return b
	default:
		return nil
	}
}

// release keeps b for the next call if it is small enough and there is none yet.
func (s spare) release(b []byte) {
	if cap(b) > maxSpare {
		return
	}
	clear(b)
	select {
	case s <- b[:0]:
	default:
	}
}
