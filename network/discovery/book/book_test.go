package book

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

var genesis = primitives.Hash{1}

const start = primitives.Millis(1_000_000_000)

func authority(i byte) cryptotest.Keys { return cryptotest.Real{}.Keys([32]byte{i}) }

// sign makes the record of an authority whose node is node.
func sign(i, node byte, sequence primitives.Millis, genesis primitives.Hash) Signed {
	a, n := authority(i), authority(node)
	r := Record{Authority: a.Sr25519Public(), Peer: n.Ed25519Public(), Addresses: []Address{{4, 127, 0, 0, 1, node}}, Sequence: uint64(sequence)}
	payload := r.SigningPayload(genesis)
	return Signed{Record: r, Signature: a.Sr25519(payload), PeerSignature: n.Ed25519(payload)}
}

func keysOf(ids ...byte) []primitives.SR25519Public {
	var keys []primitives.SR25519Public
	for _, i := range ids {
		keys = append(keys, authority(i).Sr25519Public())
	}
	return keys
}

func newBook(ids ...byte) *Book {
	b := New(genesis, cryptotest.Real{})
	b.Expect(keysOf(ids...))
	return b
}

func TestAdd(t *testing.T) {
	b := newBook(1, 2)
	forged, stolen := sign(2, 12, start, genesis), sign(2, 12, start, genesis)
	forged.Signature[5] ^= 1
	stolen.PeerSignature = sign(2, 13, start, genesis).PeerSignature
	for _, c := range []struct {
		name   string
		now    primitives.Millis
		signed Signed
		want   protocol.Verdict
		reason error
	}{
		{"first", start, sign(1, 11, start, genesis), protocol.Accept, nil},
		{"again", start, sign(1, 11, start, genesis), protocol.Ignore, ErrOld},
		{"older", start + 5000, sign(1, 14, start-1, genesis), protocol.Ignore, ErrOld},
		{"too soon", start + 999, sign(1, 14, start+10, genesis), protocol.Ignore, ErrSoon},
		{"newer, another node", start + 1000, sign(1, 14, start+10, genesis), protocol.Accept, nil},
		{"stranger", start, sign(3, 15, start, genesis), protocol.Ignore, ErrAuthority},
		{"future", start, sign(2, 12, start+maxAhead+1, genesis), protocol.Ignore, ErrFuture},
		{"forged", start, forged, protocol.Reject, ErrSignature},
		{"node of another", start, stolen, protocol.Reject, ErrPeer},
		{"another chain", start, sign(2, 12, start, primitives.Hash{2}), protocol.Reject, ErrSignature},
		{"clock a little ahead", start, sign(2, 12, start+maxAhead, genesis), protocol.Accept, nil},
	} {
		if got, reason := b.Add(c.now, c.signed); got != c.want || !errors.Is(reason, c.reason) {
			t.Errorf("%s: %s, %v, want %s, %v", c.name, got, reason, c.want, c.reason)
		}
	}
	if s, ok := b.Record(keysOf(1)[0]); !ok || s.Record.Peer != authority(14).Ed25519Public() {
		t.Error("not the newest record counts")
	}
	if expected, known := b.Authorities(); expected != 2 || known != 2 {
		t.Errorf("knows %d of %d", known, expected)
	}
	b.Expect(keysOf(2, 3))
	if _, ok := b.Record(keysOf(1)[0]); ok || b.Expects(keysOf(1)[0]) || len(b.Records()) != 1 {
		t.Error("a record of an earlier session is kept")
	}
}

func TestOneNodeOfSeveralAuthorities(t *testing.T) {
	b := newBook(1, 2, 3)
	for _, s := range []Signed{sign(1, 9, start, genesis), sign(2, 9, start, genesis), sign(3, 8, start, genesis)} {
		if _, err := b.Add(start, s); err != nil {
			t.Fatal(err)
		}
	}
	got := b.Peers()[peerID(authority(9).Ed25519Public())]
	want := keysOf(1, 2)
	slices.SortFunc(want, func(a, b primitives.SR25519Public) int { return bytes.Compare(a[:], b[:]) })
	if !slices.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestPeerKey(t *testing.T) {
	key := authority(1).Ed25519Public()
	if got, ok := PeerKey(peerID(key)); !ok || got != key {
		t.Errorf("got %x, %t", got, ok)
	}
	for _, id := range []protocol.PeerID{"", peerID(key)[1:], "\x12\x20" + peerID(key)[2:]} {
		if _, ok := PeerKey(id); ok {
			t.Errorf("%x is taken for an ed25519 key", id)
		}
	}
}

// TestQuickTwoBooksBecomeOne: what Missing gives makes the books of two nodes
// equal, however different they were, and equal books have equal digests.
func TestQuickTwoBooksBecomeOne(t *testing.T) {
	var records [4][3]Signed
	for i := range records {
		for j := range records[i] {
			records[i][j] = sign(byte(i), byte(10+j), start+primitives.Millis(j), genesis)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		books := []*Book{newBook(0, 1, 2, 3), newBook(0, 1, 2, 3)}
		for _, b := range books {
			for i := range records {
				if j := rapid.IntRange(-1, 2).Draw(r, "record"); j >= 0 {
					b.Add(start, records[i][j])
				}
			}
		}
		same := slices.Equal(books[0].List().Entries, books[1].List().Entries)
		if same != (books[0].Digest() == books[1].Digest()) {
			r.Fatal("digests do not tell books apart")
		}
		lists := []List{books[0].List(), books[1].List()}
		forFirst, want := books[1].Missing(lists[0])
		forSecond, _ := books[0].Missing(lists[1])
		if want != (len(forSecond) > 0) {
			r.Fatal("a book does not want what the other gives")
		}
		for i, give := range [][]Signed{forFirst, forSecond} {
			b := books[i]
			for _, s := range give {
				if verdict, err := b.Add(start+minGap, s); verdict != protocol.Accept {
					r.Fatalf("useless record: %v", err)
				}
			}
		}
		if books[0].Digest() != books[1].Digest() {
			r.Fatal("books differ still")
		}
	})
}

// What is signed can be read as nothing else that the keys of a validator sign.
func TestPayloadIsItsOwn(t *testing.T) {
	payload := sign(1, 2, start, genesis).Record.SigningPayload(genesis)
	var bits scale.BitVec
	d := scale.NewDecoder(payload)
	if bits.DecodeSCALE(d); d.Err() == nil {
		t.Error("it begins like a bitfield")
	}
	var statement primitives.CompactStatement
	d = scale.NewDecoder(payload)
	if statement.DecodeSCALE(d); d.Err() == nil {
		t.Error("it begins like a backing statement")
	}
	if len(payload) <= 32 {
		t.Error("it is as short as a hash")
	}
}

// FuzzDecode: what is decoded encodes to the same bytes.
func FuzzDecode(f *testing.F) {
	b := newBook(1, 2)
	s := sign(1, 11, start, genesis)
	b.Add(start, s)
	for _, m := range []Message{Announcement{s}, b.Digest(), b.List(), List{}} {
		f.Add(Encode(m))
	}
	f.Add([]byte{2, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		_ = scaletest.Bytes(t, raw, Decode, Encode)
	})
}

func TestDecodeIsBounded(t *testing.T) {
	long := sign(1, 11, start, genesis)
	long.Record.Addresses = make([]Address, MaxAddresses+1)
	if _, err := Decode(Encode(Announcement{long})); !errors.Is(err, scale.ErrLength) {
		t.Errorf("nine addresses: %v", err)
	}
	long.Record.Addresses = []Address{make(Address, 257)}
	if _, err := Decode(Encode(Announcement{long})); !errors.Is(err, scale.ErrLength) {
		t.Errorf("long address: %v", err)
	}
	if _, err := Decode([]byte{2, 1}); !errors.Is(err, ErrVersion) {
		t.Errorf("version: %v", err)
	}
	full := List{Entries: make([]Entry, MaxAuthorities)}
	if b := Encode(full); len(b) > 60<<10 {
		t.Errorf("a full list has %d bytes, more than a request takes", len(b))
	}
	var addresses []Address
	for range MaxAddresses {
		addresses = append(addresses, make(Address, 256))
	}
	long.Record.Addresses = addresses
	for _, limits := range protocol.Topics() {
		if b := Encode(Announcement{long}); limits.Topic == protocol.Authorities && len(b) > limits.MaxMessage {
			t.Errorf("the largest record has %d bytes, the topic takes %d", len(b), limits.MaxMessage)
		}
	}
}
