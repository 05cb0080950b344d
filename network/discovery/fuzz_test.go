package discovery

import (
	"crypto/ed25519"
	"testing"

	ma "github.com/multiformats/go-multiaddr"

	"github.com/rampart-chain/rampart/network/discovery/book"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzReceive gives a node any messages, gossiped or sent to it: it answers each
// with little, and knows nobody whose record no authority signed.
func FuzzReceive(f *testing.F) {
	keys := authorities(f, 2)
	f.Add(scaletest.Join(book.Encode(book.List{}), book.Encode(book.Digest{})))
	f.Add(scaletest.Join(book.Encode(book.List{}), book.Encode(book.List{Entries: make([]book.Entry, 2)})))
	f.Add(scaletest.Join(book.Encode(book.Announcement{Signed: book.Signed{}})))
	f.Fuzz(func(t *testing.T, data []byte) {
		sent := 0
		d, err := New(Config{
			Verifier: crypto.Real{}, Key: ed25519.NewKeyFromSeed(make([]byte, 32)), Addresses: func() []ma.Multiaddr { return nil },
			Publish: func([]byte) {}, Send: func(_ protocol.PeerID, messages [][]byte) { sent += len(messages) }, Neighbors: func() []protocol.PeerID { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		d.Session(1, keys)
		for i, piece := range scaletest.Split(data) {
			before := sent
			if i%3 == 2 {
				_, _ = d.Announced(piece)
			} else {
				_, _ = d.Receive("p", piece)
			}
			if sent > before+1 {
				t.Fatalf("%d messages answer one", sent-before)
			}
		}
		for _, key := range append(keys, primitives.SR25519Public{}) {
			if id, known := d.Peer(key); known {
				t.Fatalf("%x is said to be %s", key, id)
			}
		}
	})
}
