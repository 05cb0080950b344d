package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Refusals of a handshake, besides the Reasons of network/protocol.
const (
	refusedGenesis = request.Refusal(protocol.ErrGenesis)
	refusedVersion = request.Refusal(protocol.ErrProtocolVersion)
	refusedFull    = request.Refusal("too many peers")
	refusedGone    = request.Refusal("connection has ended")
	malformed      = reputation.Malformed
)

// greet shakes hands with id, which we have dialed, and tells the loop.
func (h *Host) greet(ctx context.Context, id peer.ID) {
	theirs, err := h.shake(ctx, id)
	h.send(ctx, greeted{id, theirs, err})
}

func (h *Host) shake(ctx context.Context, id peer.ID) (protocol.Handshake, error) {
	ours := h.config.Status()
	var theirs protocol.Handshake
	b, err := h.requests.Do(ctx, id, protocol.Handshaking, scale.Marshal(ours))
	if err != nil {
		return theirs, err
	}
	if err := scale.Unmarshal(b, &theirs); err != nil {
		h.Report(id, malformed)
		return theirs, fmt.Errorf("handshake: %w", err)
	}
	return theirs, protocol.Check(ours, theirs)
}

// welcome answers the handshake of a peer that has dialed us.
func (h *Host) welcome(ctx context.Context, from peer.ID, b []byte) ([]byte, error) {
	ours := h.config.Status()
	var theirs protocol.Handshake
	if err := scale.Unmarshal(b, &theirs); err != nil {
		h.Report(from, malformed)
		return nil, fmt.Errorf("handshake: %w", err)
	}
	m := hello{id: from, handshake: theirs, reply: make(chan error, 1)}
	h.send(ctx, m)
	select {
	case err := <-m.reply:
		if err != nil {
			return nil, err
		}
		return scale.Marshal(ours), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// foreign says whether err means that the peer is of another chain or version.
func foreign(err error) bool {
	for _, target := range []error{protocol.ErrGenesis, protocol.ErrProtocolVersion, refusedGenesis, refusedVersion} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
