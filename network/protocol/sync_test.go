package protocol

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

func TestSyncRequestLayout(t *testing.T) {
	byNumber := SyncRequest{Number: 0x0102, Descending: true, Max: 128}
	if got, want := scale.Marshal(byNumber), []byte{1, 2, 1, 0, 0, 1, 128, 0, 0, 0}; !bytes.Equal(got, want) {
		t.Errorf("by number: got %x, want %x", got, want)
	}
	byHash := SyncRequest{ByHash: true, Hash: primitives.Hash{9}, Max: 1}
	if got := scale.Marshal(byHash); len(got) != 38 || got[0] != 0 || got[1] != 9 || got[33] != 0 || got[34] != 1 {
		t.Errorf("by hash: got %x", got)
	}
}

func TestSyncRequestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		r    SyncRequest
		want error
	}{
		"none":     {SyncRequest{Max: 0}, ErrMax},
		"too many": {SyncRequest{Max: MaxBlocks + 1}, ErrMax},
	} {
		var got SyncRequest
		if err := scale.Unmarshal(scale.Marshal(c.r), &got); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestBlocks(t *testing.T) {
	blocks := [][]byte{{1}, bytes.Repeat([]byte{2}, 100), {3, 3}}
	b := AppendBlocks(nil, blocks)
	got, err := DecodeBlocks(b, 3)
	if err != nil || !slices.EqualFunc(got, blocks, bytes.Equal) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := DecodeBlocks(b, 2); !errors.Is(err, scale.ErrLength) {
		t.Errorf("more than asked: got %v", err)
	}
	if _, err := DecodeBlocks(AppendBlocks(nil, [][]byte{nil}), 2); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty block: got %v", err)
	}
}

func FuzzDecodeSyncRequest(f *testing.F) {
	f.Add(scale.Marshal(SyncRequest{Number: 1, Max: 1}))
	f.Add(scale.Marshal(SyncRequest{ByHash: true, Descending: true, Max: 128}))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = scaletest.Type[SyncRequest](t, b)
	})
}

func FuzzDecodeBlocks(f *testing.F) {
	f.Add(AppendBlocks(nil, [][]byte{{1}, {2, 2}}))
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = scaletest.Bytes(t, b, func(b []byte) ([][]byte, error) { return DecodeBlocks(b, MaxBlocks) },
			func(blocks [][]byte) []byte { return AppendBlocks(nil, blocks) })
	})
}
