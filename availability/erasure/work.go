package erasure

// workspace is the scratch memory of one code. The library asks for buffers of
// 32 KiB over GF(2^8) however small the shards are, and cuts every buffer to the
// size of a shard before it uses it. So the buffers overlap in what is cut off:
// each begins stride bytes after the one before, and shards of 64 bytes for 193
// validators cost 49 KB and not 8 MB. Not safe for concurrent use.
type workspace struct {
	stride int // size of the shards that are coded, in bytes
	memory []byte
}

// Get returns n buffers of size bytes, of which the first stride are their own.
func (w *workspace) Get(n, size int) [][]byte {
	stride := min(w.stride, size)
	if need := (n-1)*stride + size; len(w.memory) < need {
		w.memory = make([]byte, need)
	}
	buffers := make([][]byte, n)
	for i := range buffers {
		buffers[i] = w.memory[i*stride:][:size:size]
	}
	return buffers
}

// Put does nothing: Get returns the same memory again.
func (*workspace) Put([][]byte) {}
