package host

import (
	"encoding/hex"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/discovery/mdns"
)

// discover finds nodes of the same chain on the local network until stop is
// called: the name of the service contains the genesis hash.
func (h *Host) discover() (stop func(), err error) {
	genesis := h.config.Status().Genesis
	service := mdns.NewMdnsService(h.host, "_rampart-"+hex.EncodeToString(genesis[:8])+"._udp", found{h})
	if err := service.Start(); err != nil {
		service.Close()
		return nil, err
	}
	return func() { service.Close() }, nil
}

// found receives what mDNS finds, from its own goroutine. mDNS repeats itself, so
// what does not fit the queue is dropped.
type found struct{ host *Host }

func (f found) HandlePeerFound(info peer.AddrInfo) {
	select {
	case f.host.inputs <- heard{[]peer.AddrInfo{info}}:
	default:
	}
}
