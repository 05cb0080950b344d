package book

import (
	"bytes"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Reason says why a record was not taken. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package.
const (
	ErrVersion   = Reason("message is of another version")
	ErrAuthority = Reason("record is of no authority of the present and the next session")
	ErrOld       = Reason("record is not newer than the one that is known")
	ErrFuture    = Reason("record is from the future")
	ErrSoon      = Reason("record came too soon after another of its authority")
	ErrSignature = Reason("signature of the authority does not verify")
	ErrPeer      = Reason("signature of the node does not verify")
)

const (
	// maxAhead is how far in the future a record may be: further than any clock
	// with which a node can take part.
	maxAhead primitives.Millis = 3_600_000
	// minGap is the time between two records of one authority that are taken.
	minGap primitives.Millis = 1_000
)

// Verifier checks signatures.
type Verifier interface {
	Sr25519(public [32]byte, message []byte, signature [64]byte) bool
	Ed25519(public [32]byte, message []byte, signature [64]byte) bool
}

// entry is what is known of one authority.
type entry struct {
	signed *Signed // nil: nothing yet
	taken  primitives.Millis
}

// Book holds the records of the authorities of two sessions. It is used by one
// goroutine.
type Book struct {
	genesis  primitives.Hash
	verifier Verifier
	entries  map[primitives.SR25519Public]*entry
	keys     []primitives.SR25519Public // ascending
}

// New returns a Book of the chain with this genesis, which expects nobody.
func New(genesis primitives.Hash, v Verifier) *Book {
	return &Book{genesis: genesis, verifier: v, entries: map[primitives.SR25519Public]*entry{}}
}

// Expect says whose records count from now on; at most MaxAuthorities keys, others
// are left out. Records of other keys are forgotten.
func (b *Book) Expect(keys []primitives.SR25519Public) {
	b.keys = slices.Clone(keys)
	slices.SortFunc(b.keys, func(x, y primitives.SR25519Public) int { return bytes.Compare(x[:], y[:]) })
	b.keys = slices.Compact(b.keys)
	b.keys = b.keys[:min(len(b.keys), MaxAuthorities)]
	entries := make(map[primitives.SR25519Public]*entry, len(b.keys))
	for _, key := range b.keys {
		if entries[key] = b.entries[key]; entries[key] == nil {
			entries[key] = &entry{}
		}
	}
	b.entries = entries
}

// Expects says whether records of the key count.
func (b *Book) Expects(key primitives.SR25519Public) bool { return b.entries[key] != nil }

// Add takes a record, if it is of use: Accept. Ignore with ErrAuthority, ErrOld,
// ErrFuture or ErrSoon: it is not, which is nobody's fault. Reject with
// ErrSignature or ErrPeer: whoever sent it is at fault.
func (b *Book) Add(now primitives.Millis, s Signed) (protocol.Verdict, error) {
	e := b.entries[s.Record.Authority]
	switch {
	case e == nil:
		return protocol.Ignore, ErrAuthority
	case e.signed != nil && s.Record.Sequence <= e.signed.Record.Sequence:
		return protocol.Ignore, ErrOld
	case s.Record.Sequence > uint64(now+maxAhead):
		return protocol.Ignore, ErrFuture
	case e.signed != nil && now < e.taken+minGap:
		return protocol.Ignore, ErrSoon
	}
	payload := s.Record.SigningPayload(b.genesis)
	switch {
	case !b.verifier.Sr25519(s.Record.Authority, payload, s.Signature):
		return protocol.Reject, ErrSignature
	case !b.verifier.Ed25519(s.Record.Peer, payload, s.PeerSignature):
		return protocol.Reject, ErrPeer
	}
	e.signed, e.taken = &s, now
	return protocol.Accept, nil
}

// Record returns the record of a key, if there is one.
func (b *Book) Record(key primitives.SR25519Public) (Signed, bool) {
	if e := b.entries[key]; e != nil && e.signed != nil {
		return *e.signed, true
	}
	return Signed{}, false
}

// Records returns all records, in ascending order of their keys.
func (b *Book) Records() []Signed {
	var out []Signed
	for _, key := range b.keys {
		if s := b.entries[key].signed; s != nil {
			out = append(out, *s)
		}
	}
	return out
}

// List returns what is known and what is needed.
func (b *Book) List() List {
	l := List{Entries: make([]Entry, len(b.keys))}
	for i, key := range b.keys {
		l.Entries[i].Key = [8]byte(key[:8])
		if s := b.entries[key].signed; s != nil {
			l.Entries[i].Sequence = s.Record.Sequence
		}
	}
	return l
}

// Digest returns the digest of List.
func (b *Book) Digest() Digest {
	return Digest{primitives.Blake2b256(b.List().AppendSCALE(nil))}
}

// Missing returns the records that a node with this list needs, and whether it has
// some that are needed here.
func (b *Book) Missing(theirs List) (give []Signed, want bool) {
	known := make(map[[8]byte]uint64, len(theirs.Entries))
	for _, e := range theirs.Entries {
		known[e.Key] = e.Sequence
	}
	for _, key := range b.keys {
		their, needed := known[[8]byte(key[:8])]
		var own uint64
		if s := b.entries[key].signed; s != nil {
			own = s.Record.Sequence
			if needed && own > their {
				give = append(give, *s)
			}
		}
		want = want || their > own
	}
	return give, want
}

// Peers returns which authorities each node says it is, by ascending key. It is
// usually one; a node may hold the keys of several.
func (b *Book) Peers() map[protocol.PeerID][]primitives.SR25519Public {
	out := map[protocol.PeerID][]primitives.SR25519Public{}
	for _, s := range b.Records() {
		id := s.Record.PeerID()
		out[id] = append(out[id], s.Record.Authority)
	}
	return out
}

// Authorities returns how many keys are expected, and of how many there is a
// record.
func (b *Book) Authorities() (expected, known int) {
	for e := range maps.Values(b.entries) {
		if e.signed != nil {
			known++
		}
	}
	return len(b.entries), known
}
