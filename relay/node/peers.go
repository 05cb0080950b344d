package node

import "context"

// Reserved are the ids of the peers that the operator has reserved.
func (i identity) Reserved() []string {
	kept := i.host.Kept()
	ids := make([]string, len(kept))
	for k, id := range kept {
		ids[k] = id.String()
	}
	return ids
}

// AddReserved reserves the peer at a multiaddress that ends in /p2p/<peer id>.
func (i identity) AddReserved(ctx context.Context, address string) error {
	return i.host.Keep(ctx, address)
}

// RemoveReserved ends that a peer is reserved.
func (i identity) RemoveReserved(ctx context.Context, id string) error {
	return i.host.Release(ctx, id)
}
