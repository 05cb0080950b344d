package relaystate

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Storage keys of the relay chain, twox128(pallet) ‖ twox128(item), and for maps
// Twox64Concat of the map's key after it.
//
// Source: polkadot-sdk polkadot/primitives/src/v8, well_known_keys. Babe.SlotDuration
// is an item of this relay chain's own.
const (
	CurrentSlot  = "\x1c\xb6\xf3\x6e\x02\x7a\xbb\x20\x91\xcf\xb5\x11\x0a\xb5\x08\x7f\x06\x15\x5b\x3c\xd9\xa8\xc9\xe5\xe9\xa2\x3f\xd5\xdc\x13\xa5\xed"
	SlotDuration = "\x1c\xb6\xf3\x6e\x02\x7a\xbb\x20\x91\xcf\xb5\x11\x0a\xb5\x08\x7f\x42\x1d\x96\xd4\x69\x81\xd6\xfa\x13\xc4\x9b\x46\x3f\x58\x6d\x96"
	ActiveConfig = "\x06\xde\x3d\x8a\x54\xd2\x7e\x44\xa9\xd5\xce\x18\x96\x18\xf2\x2d\xb4\xb4\x9d\x95\x32\x0d\x90\x21\x99\x4c\x85\x0f\x25\xb8\xe3\x85"

	heads         = "\xcd\x71\x0b\x30\xbd\x2e\xab\x03\x52\xdd\xcc\x26\x41\x7a\xa1\x94\x1b\x3c\x25\x2f\xcb\x29\xd8\x8e\xff\x4f\x3d\xe5\xde\x44\x76\xc3"
	downwardHeads = "\x63\xf7\x8c\x98\x72\x3d\xdc\x90\x73\x52\x3e\xf3\xbe\xef\xda\x0c\x4d\x7f\xef\xc4\x08\xaa\xc5\x9d\xbf\xe8\x0a\x72\xac\x8e\x3c\xe5"
	hrmpChannels  = "\x6a\x0d\xa0\x5c\xa5\x99\x13\xbc\x38\xa8\x63\x05\x90\xf2\x62\x7c\xb6\x60\x4c\xff\x82\x8a\x6e\x3f\x57\x9c\xa6\xc5\x9a\xce\x01\x3d"
	hrmpIngress   = "\x6a\x0d\xa0\x5c\xa5\x99\x13\xbc\x38\xa8\x63\x05\x90\xf2\x62\x7c\x1d\x37\x19\xf5\xb0\xb1\x2c\x71\x05\xc0\x73\xc5\x07\x44\x59\x48"
	hrmpEgress    = "\x6a\x0d\xa0\x5c\xa5\x99\x13\xbc\x38\xa8\x63\x05\x90\xf2\x62\x7c\xf1\x2b\x74\x6d\xcf\x32\xe8\x43\x35\x45\x83\xc9\x70\x2c\xc0\x20"
)

// mapKey returns prefix ‖ Twox64Concat(ids, each little-endian).
func mapKey(prefix string, ids ...primitives.ParaID) []byte {
	var key []byte
	for _, id := range ids {
		key = scale.AppendU32(key, uint32(id))
	}
	return frame.Twox64Concat.Append([]byte(prefix), key)
}

// Head returns the key of Paras.Heads: the included head of para.
func Head(para primitives.ParaID) []byte { return mapKey(heads, para) }

// DownwardHead returns the key of Dmp.DownwardMessageQueueHeads.
func DownwardHead(para primitives.ParaID) []byte { return mapKey(downwardHeads, para) }

// HRMPChannel returns the key of Hrmp.HrmpChannels.
func HRMPChannel(sender, recipient primitives.ParaID) []byte {
	return mapKey(hrmpChannels, sender, recipient)
}

// Ingress returns the key of Hrmp.HrmpIngressChannelsIndex: the senders to para.
func Ingress(para primitives.ParaID) []byte { return mapKey(hrmpIngress, para) }

// Egress returns the key of Hrmp.HrmpEgressChannelsIndex: the recipients of para.
func Egress(para primitives.ParaID) []byte { return mapKey(hrmpEgress, para) }

// UpwardCapacity returns the key of how much para may still send upward.
func UpwardCapacity(para primitives.ParaID) []byte {
	return scale.AppendU32([]byte(":relay_dispatch_queue_remaining_capacity"), uint32(para))
}
