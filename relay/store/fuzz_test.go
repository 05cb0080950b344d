package store

import (
	"bytes"
	"errors"
	"hash/crc32"
	"testing"

	"encoding/binary"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
	"github.com/rampart-chain/rampart/relay/trie"
)

// FuzzDecode reads any bytes as each kind of record: it is what was written, or
// corrupt, and costs no more memory than it must.
func FuzzDecode(f *testing.F) {
	diff := Diff{Values: []frame.Change{{Key: []byte("k"), Value: []byte("v")}, {Key: []byte("gone")}}, Nodes: []trie.NodeChange{{Path: []byte{1, 2}, Encoding: []byte{3}}}}
	f.Add(diff.encode())
	f.Add(Diff{}.encode())
	f.Add(head{ts: 7}.encode())
	f.Add(encodeSteps([]*step{{ts: 3, ops: []op{{key: []byte("a"), value: []byte("b"), meta: 1}, {key: []byte("c")}}}}))
	f.Add(body{[]byte("one"), nil}.AppendSCALE(nil))
	f.Add([]byte{0, 255, 255, 255, 255, 15, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		check(t, data, decodeDiff, Diff.encode)
		// The checksum keeps damage out; past it, too, nothing may go wrong.
		summed := binary.LittleEndian.AppendUint32(bytes.Clone(data), crc32.Checksum(data, castagnoli))
		if d, err := decodeDiff(summed); err == nil {
			if again, err := decodeDiff(d.encode()); err != nil || !bytes.Equal(again.encode(), d.encode()) {
				t.Errorf("%x decodes to what is not read again: %v", summed, err)
			}
		}
		scaletest.Bounded(t, 16*len(summed), func() { _, _ = decodeDiff(summed) }) // own records may grow in memory
		check(t, data, decodeHead, head.encode)
		if steps, err := decodeSteps(data); err == nil {
			if again, err := decodeSteps(encodeSteps(steps)); err != nil || !bytes.Equal(encodeSteps(again), encodeSteps(steps)) {
				t.Errorf("%x decodes to a journal that is not read again: %v", data, err)
			}
		} else if !errors.Is(err, ErrCorrupt) {
			t.Error(err)
		}
		scaletest.Bounded(t, 16*len(data), func() { _, _ = decodeSteps(data) })
		_ = scaletest.Type[body](t, data)
	})
}

func check[T any](t *testing.T, data []byte, decode func([]byte) (T, error), encode func(T) []byte) {
	t.Helper()
	if err := scaletest.Bytes(t, data, decode, encode); err != nil && !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
}
