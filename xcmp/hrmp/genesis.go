package hrmp

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Preopened is a channel that is open from the start.
type Preopened struct {
	From, To primitives.ParaID
	// Capacity bounds the messages waiting, Size the bytes of one.
	Capacity uint32
	Size     uint32
}

// Genesis opens channels, within the limits of the configuration in force.
// registered says which paras there are.
func Genesis(s *frame.State, channels []Preopened, registered func(primitives.ParaID) bool) error {
	config := configuration.ActiveConfig.Get(s)
	for _, c := range channels {
		id := primitives.HRMPChannelID{Sender: c.From, Recipient: c.To}
		switch {
		case c.From == c.To, !registered(c.From), !registered(c.To):
			return ErrChannelEnds
		case HrmpChannels.Has(s, id):
			return ErrChannelTwice
		case c.Capacity == 0, c.Capacity > config.HrmpChannelMaxCapacity:
			return ErrChannelCapacity
		case c.Size == 0, c.Size > config.HrmpChannelMaxMessageSize:
			return ErrChannelSize
		}
		HrmpChannels.Put(s, id, Channel{MaxCapacity: c.Capacity, MaxMessageSize: c.Size, MaxTotalSize: config.HrmpChannelMaxTotalSize})
		ingress := insert(HrmpIngressChannelsIndex.Get(s, c.To), c.From)
		egress := insert(HrmpEgressChannelsIndex.Get(s, c.From), c.To)
		if len(ingress) > int(config.HrmpMaxParachainInboundChannels) || len(egress) > int(config.HrmpMaxParachainOutboundChannels) {
			return ErrChannelCount
		}
		HrmpIngressChannelsIndex.Put(s, c.To, ingress)
		HrmpEgressChannelsIndex.Put(s, c.From, egress)
	}
	return nil
}

// insert returns the ascending paras with para among them.
func insert(paras []primitives.ParaID, para primitives.ParaID) []primitives.ParaID {
	at, _ := slices.BinarySearch(paras, para)
	return slices.Insert(paras, at, para)
}
