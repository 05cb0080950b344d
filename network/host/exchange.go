package host

import (
	"context"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/scale"
)

const (
	// maxTold bounds the addresses of one answer.
	maxTold = 64
	// maxPeerID and maxAddress bound a peer id and an address, in bytes.
	maxPeerID, maxAddress = 64, 256

	// Peers are asked for addresses after the handshake and then, while more peers
	// are wanted, with pauses that double between these.
	firstAsk, lastAsk = time.Second, 15 * time.Second
)

// appendPeers appends the answer to a request for addresses, a SCALE vector of at
// most maxTold pairs (peer id Vec<u8>, address Vec<u8>).
func appendPeers(b []byte, infos []peer.AddrInfo) []byte {
	n := 0
	var body []byte
	for _, info := range infos {
		for _, addr := range info.Addrs {
			if n == maxTold || len(info.ID) > maxPeerID || len(addr.Bytes()) > maxAddress {
				continue
			}
			n++
			body = scale.AppendBytes(body, []byte(info.ID))
			body = scale.AppendBytes(body, addr.Bytes())
		}
	}
	return append(scale.AppendCompact(b, uint64(n)), body...)
}

// decodePeers reads what appendPeers wrote. Addresses of one peer that follow each
// other are joined.
func decodePeers(b []byte) ([]peer.AddrInfo, error) {
	d := scale.NewDecoder(b)
	var out []peer.AddrInfo
	for range d.Length(maxTold, 2, maxPeerID+maxAddress) {
		id, err := peer.IDFromBytes(d.Bytes(maxPeerID))
		if err != nil {
			d.Fail(err)
		}
		addr, err := ma.NewMultiaddrBytes(d.Bytes(maxAddress))
		if err != nil {
			d.Fail(err)
		}
		if d.Err() != nil {
			return nil, d.Err()
		}
		if n := len(out); n > 0 && out[n-1].ID == id {
			out[n-1].Addrs = append(out[n-1].Addrs, addr)
		} else {
			out = append(out, peer.AddrInfo{ID: id, Addrs: []ma.Multiaddr{addr}})
		}
	}
	return out, d.Finish()
}

// tell answers a request for addresses with those of connected peers.
func (h *Host) tell(_ context.Context, from peer.ID, _ []byte) ([]byte, error) {
	if !h.Admits(from) {
		return nil, request.NotAllowed
	}
	conns := h.host.Network().ConnsToPeer(from)
	local := len(conns) > 0 && manet.IsIPLoopback(conns[0].RemoteMultiaddr())
	var infos []peer.AddrInfo
	for _, p := range h.Peers() {
		if p.ID == from {
			continue
		}
		info := peer.AddrInfo{ID: p.ID}
		for _, addr := range h.host.Peerstore().Addrs(p.ID) {
			if len(info.Addrs) < maxTold/8 && (local || !manet.IsIPLoopback(addr)) {
				info.Addrs = append(info.Addrs, addr)
			}
		}
		infos = append(infos, info)
	}
	// With more peers than fit, every asker is told others.
	h.shuffle(len(infos), func(i, j int) { infos[i], infos[j] = infos[j], infos[i] })
	return appendPeers(nil, infos), nil
}

// ask asks id for addresses and tells the loop.
func (h *Host) ask(ctx context.Context, id peer.ID) {
	defer h.send(ctx, exchanged{id})
	b, err := h.requests.Do(ctx, id, protocol.Peers, nil)
	if err != nil {
		return
	}
	infos, err := decodePeers(b)
	if err != nil {
		h.Report(id, malformed)
		return
	}
	h.send(ctx, heard{infos})
}
