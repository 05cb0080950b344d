package blocksync

import (
	"errors"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/scale"
)

// FuzzServe asks for any blocks of a source that gives more than it is asked for,
// of any size: an answer decodes, holds at most what was asked for, and fits the
// protocol.
func FuzzServe(f *testing.F) {
	m, err := newMetrics(nil)
	if err != nil {
		f.Fatal(err)
	}
	maxResponse := 0
	for _, l := range protocol.Requests(6000) {
		if l.Name == protocol.Sync {
			maxResponse = l.MaxResponse
		}
	}
	f.Add(scale.Marshal(protocol.SyncRequest{Number: 1, Max: 128}), uint32(70_000))
	f.Add(scale.Marshal(protocol.SyncRequest{Number: 1, Max: 1}), uint32(9<<20))
	f.Add(scale.Marshal(protocol.SyncRequest{ByHash: true, Descending: true, Max: 3}), uint32(1))
	block := make([]byte, 9<<20)
	f.Fuzz(func(t *testing.T, data []byte, size uint32) {
		reports := 0
		s := &Sync{metrics: m, config: Config{
			Report: func(peer.ID, reputation.Reason) { reports++ },
			Serve: func(r protocol.SyncRequest) [][]byte {
				var out [][]byte
				for range r.Max + 2 {
					out = append(out, block[:1+size%uint32(len(block))])
				}
				return out
			},
		}}
		answer, err := s.serve(t.Context(), "p", data)
		var r protocol.SyncRequest
		if decodes := scale.Unmarshal(data, &r) == nil; decodes != (reports == 0) {
			t.Fatalf("decodes %t, %d reports", decodes, reports)
		}
		if err != nil {
			if !errors.As(err, new(request.Refusal)) {
				t.Fatal(err)
			}
			return
		}
		if len(answer) > maxResponse {
			t.Fatalf("answer of %d bytes", len(answer))
		}
		if blocks, err := protocol.DecodeBlocks(answer, int(r.Max)); err != nil || len(blocks) == 0 {
			t.Fatalf("%d blocks, %v", len(blocks), err)
		}
	})
}
