package author

import (
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/signer"
)

// heard is what hear remembers; the chain's loop owns it.
type heard struct {
	// keys are the own ones, since is the slot in which the last of them came.
	keys  []primitives.SR25519Public
	since primitives.Slot
	// distrusted says that own keys were found to be used elsewhere.
	distrusted bool
}

// hear looks whether a block from the network has a seal of an own key that the
// guard does not know. If the block is of a slot since this node got its keys, another
// node makes blocks with the key right now, and Run ends. If it is older, the key
// was in use before, on another machine or in a directory that was lost or restored:
// all keys wait.
func (a *Author) hear(i chain.Imported) {
	if i.Own {
		return
	}
	if keys := a.config.Keys(); !slices.Equal(keys, a.heard.keys) {
		a.heard.keys, a.heard.since = keys, babe.SlotAt(a.config.Now(), a.config.Chain.SlotDuration())
	}
	key, slot, preHash, ok := a.sealOf(i.Header)
	if !ok || !slices.Contains(a.heard.keys, key) {
		return
	}
	err := a.config.Signer.HeardSeal(key, slot, preHash)
	if errors.Is(err, signer.ErrForeign) && slot <= a.heard.since {
		if !a.heard.distrusted {
			a.config.Logger.Warn("own key made a block that this node's guard does not know: all keys wait", zap.Uint64("slot", uint64(slot)), zap.Stringer("block", i.Hash))
		}
		a.heard.distrusted = true
		err = a.config.Distrust() // each time: while the node syncs, it learns of later sets
	}
	if err == nil {
		return
	}
	select {
	case a.foreign <- fmt.Errorf("author: block %d in slot %d: %w", i.Header.Number, slot, err):
	default: // one is enough
	}
}

// sealOf returns what the seal of an imported block says.
func (a *Author) sealOf(header primitives.Header) (key primitives.SR25519Public, slot primitives.Slot, preHash primitives.Hash, ok bool) {
	claim, err := header.BABEPreDigest()
	if err != nil {
		return key, slot, preHash, false
	}
	index, slot := claim.Author()
	parent, known := a.config.Chain.EpochView(header.ParentHash)
	if !known {
		return key, slot, preHash, false
	}
	epoch, err := parent.Epoch(slot)
	if err != nil || uint64(index) >= uint64(len(epoch.Authorities)) {
		return key, slot, preHash, false
	}
	unsealed, _, err := header.Unsealed()
	if err != nil {
		return key, slot, preHash, false
	}
	return epoch.Authorities[index].Key, slot, primitives.Blake2b256(scale.Marshal(unsealed)), true
}
