package discovery

import (
	"crypto/ed25519"

	ma "github.com/multiformats/go-multiaddr"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/discovery/book"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
)

// maxAddress bounds an address, in bytes.
const maxAddress = 256

// announcer makes the own records. The loop of Run owns it.
type announcer struct {
	*Discovery
	slots int // until the next records
}

// tick notes that a slot has passed.
func (a *announcer) tick() {
	if a.slots--; a.slots <= 0 {
		a.announce()
	}
}

// announce makes and publishes a record for each own key that is expected. What did
// not work is tried again in the next slot.
func (a *announcer) announce() {
	a.slots = a.config.Every
	if a.config.Signer == nil {
		return
	}
	addresses := a.addresses()
	for _, key := range a.config.Signer.Keys(signer.AuthorityDiscovery) {
		s, expected, err := a.make(key, addresses)
		if !expected {
			continue
		}
		if err == nil {
			var verdict protocol.Verdict
			if verdict, err = a.add(s); verdict == protocol.Accept {
				a.config.Publish(book.Encode(book.Announcement{Signed: s}))
			}
		}
		if err != nil {
			a.slots = 1
			a.config.Logger.Debug("own authority record is not new", zap.Error(err))
		}
	}
}

// make returns a signed record of an own key, later than the one that is known;
// false if the key is not expected.
func (a *announcer) make(key primitives.SR25519Public, addresses []book.Address) (book.Signed, bool, error) {
	a.mu.Lock()
	expected := a.book.Expects(key)
	last, _ := a.book.Record(key)
	a.mu.Unlock()
	if !expected {
		return book.Signed{}, false, nil
	}
	r := book.Record{
		Authority: key, Peer: a.own, Addresses: addresses, Sequence: max(uint64(a.config.Now()), last.Record.Sequence+1),
	}
	signature, err := a.config.Signer.SignAuthorityRecord(a.config.Genesis, r)
	s := book.Signed{Record: r, Signature: signature}
	copy(s.PeerSignature[:], ed25519.Sign(a.config.Key, r.SigningPayload(a.config.Genesis)))
	return s, true, err
}

// addresses returns where this node can be reached, as a record has it.
func (a *announcer) addresses() []book.Address {
	var out []book.Address
	for _, addr := range a.config.Addresses() {
		transport, _ := ma.SplitFunc(addr, func(c ma.Component) bool { return c.Code() == ma.P_P2P })
		if n := len(transport.Bytes()); n > 0 && n <= maxAddress && len(out) < book.MaxAddresses {
			out = append(out, transport.Bytes())
		}
	}
	return out
}
