package collator

import (
	"errors"

	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

// finalizeHead makes a block of the chain final, if it is known here.
func (c *Collator) finalizeHead(head primitives.Header) error {
	failpoint.Here(failpoint.CollatorFinalizeBefore)
	_, err := c.store.Finalize(store.Finality{Hash: head.Hash()})
	failpoint.Here(failpoint.CollatorFinalizeAfter)
	if errors.Is(err, store.ErrUnknownBlock) {
		return nil
	}
	return err
}
