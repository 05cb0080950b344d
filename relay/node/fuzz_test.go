package node

import (
	"bytes"
	"encoding/hex"
	"path/filepath"
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

// FuzzParseNodeKey reads any text as a node key: what is one is written as it was
// read.
func FuzzParseNodeKey(f *testing.F) {
	f.Add("0x" + hex.EncodeToString(make([]byte, 32)))
	f.Add(hex.EncodeToString(make([]byte, 31)))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseNodeKey(text)
		if err != nil {
			return
		}
		if again, err := ParseNodeKey(hex.EncodeToString(key.Seed())); err != nil || !bytes.Equal(again, key) {
			t.Fatalf("%q is another key when it is written: %v", text, err)
		}
	})
}

// FuzzUnpackPull reads any request of the pull path.
func FuzzUnpackPull(f *testing.F) {
	f.Add(packPull(pullGRANDPA, [][]byte{{1}, {2, 2}})[0])
	f.Add([]byte{9, 0})
	f.Add(append([]byte{0, 1, 64}, make([]byte, 4096)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		subject, messages, err := unpackPull(data)
		if err == nil && len(messages) > 0 && len(data) <= maxPull {
			if again := packPull(subject, messages); len(again) != 1 || !bytes.Equal(again[0], data) {
				t.Fatalf("%x is packed as %x", data, again)
			}
		}
		scaletest.Bounded(t, len(data), func() { _, _, _ = unpackPull(data) })
	})
}

// FuzzAnnouncement reads any announcement and any fetched block.
func FuzzAnnouncement(f *testing.F) {
	header := primitives.Header{Number: 3, Digest: primitives.Digest{primitives.Other{Data: []byte{1}}}}
	f.Add(chain.AppendAnnouncement(nil, chain.AnnouncedHeader{Header: header}))
	f.Add(chain.AppendAnnouncement(nil, chain.AnnouncedBlock{Block: primitives.Block{Header: header, Extrinsics: []primitives.Extrinsic{{1}}}}))
	f.Add(scale.Marshal(chain.StoredBlock{Block: primitives.Block{Header: header}, Justification: &primitives.Justification{}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = scaletest.Bytes(t, data, decodeAnnouncement, func(a chain.Announcement) []byte { return chain.AppendAnnouncement(nil, a) })
		info, err := inspectBlock(data)
		var b chain.StoredBlock
		if scale.Unmarshal(data, &b) == nil && (err != nil || info.Hash != b.Block.Header.Hash()) {
			t.Fatalf("inspected as %+v (%v), it is block %s", info, err, b.Block.Header.Hash())
		}
		scaletest.Bounded(t, len(data), func() { _, _ = inspectBlock(data) })
	})
}

// FuzzServeBlocks asks a node with two branches for any blocks: what it gives is
// at most what was asked for, each the neighbor of the one before.
func FuzzServeBlocks(f *testing.F) {
	s, err := store.Open(store.Config{Path: filepath.Join(f.TempDir(), "db")})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := s.Close(); err != nil {
			f.Error(err)
		}
	})
	genesis := primitives.Header{StateRoot: trie.EmptyRoot}
	if err := s.InitGenesis(genesis, store.Diff{}); err != nil {
		f.Fatal(err)
	}
	n := &Node{disk: disk{store: s}}
	add := func(parent primitives.Header, salt byte, best primitives.Hash) primitives.Header {
		b := primitives.Block{Header: primitives.Header{ParentHash: parent.Hash(), Number: parent.Number + 1, StateRoot: trie.EmptyRoot, ExtrinsicsRoot: primitives.Hash{salt}}}
		if best.IsZero() {
			best = b.Header.Hash()
		}
		if err := s.Import(store.Import{Block: b, Hash: b.Header.Hash(), Best: best}); err != nil {
			f.Fatal(err)
		}
		return b.Header
	}
	head := genesis
	for range 10 {
		head = add(head, 0, primitives.Hash{})
	}
	branch := add(add(genesis, 1, head.Hash()), 1, head.Hash())
	for _, r := range []protocol.SyncRequest{
		{Number: 1, Max: 128}, {Number: 9, Max: 5}, {Number: 5, Descending: true, Max: 128}, {Number: 11, Max: 1}, {Number: 0, Max: 1},
		{ByHash: true, Hash: branch.Hash(), Max: 4}, {ByHash: true, Hash: branch.Hash(), Descending: true, Max: 4},
	} {
		f.Add(scale.Marshal(r))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r protocol.SyncRequest
		if scale.Unmarshal(data, &r) != nil {
			return
		}
		blocks := n.serveBlocks(r)
		if len(blocks) > int(r.Max) {
			t.Fatalf("%d blocks, %d were asked for", len(blocks), r.Max)
		}
		var last primitives.Header
		for i, encoded := range blocks {
			var b chain.StoredBlock
			if err := scale.Unmarshal(encoded, &b); err != nil {
				t.Fatal(err)
			}
			h := b.Block.Header
			switch {
			case h.Number == 0:
				t.Fatal("block 0 is served")
			case i == 0 && r.ByHash && h.Hash() != r.Hash, i == 0 && !r.ByHash && h.Number != r.Number:
				t.Fatalf("the first block is %d", h.Number)
			case i > 0 && r.Descending && last.ParentHash != h.Hash():
				t.Fatalf("block %d is not the parent of %d", h.Number, last.Number)
			case i > 0 && !r.Descending && h.Number != last.Number+1:
				t.Fatalf("block %d follows %d", h.Number, last.Number)
			}
			last = h
		}
	})
}
