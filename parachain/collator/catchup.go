package collator

import (
	"context"
	"fmt"
	"slices"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/recovery"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// searched is how many relay blocks back the candidates of the chain are looked
// for: as far as relay states are kept.
const searched = 250

// ErrNoReceipt says that the relay blocks at hand do not show the candidate of a
// block that is missing.
const ErrNoReceipt = Reason("candidate of a missing block is not in recent relay blocks")

// missing is a block of the chain that is not known here, as the relay chain
// shows it.
type missing struct {
	target  recovery.Target
	session sessionInfo
}

type sessionInfo struct{ discovery []primitives.SR25519Public }

// recovered answers catchUp: the missing blocks, parents first.
type recovered struct {
	blocks []primitives.Block
	err    error
}

// catchUp recovers the blocks up to the one with the hash head, which the relay
// chain shows at the relay block, from the chunks that validators hold. It works
// beside the loop and answers through c.recovered.
func (c *Collator) catchUp(ctx context.Context, head, relay primitives.Hash) {
	if c.recovering {
		return
	}
	c.recovering = true
	c.sending.Go(func() {
		blocks, err := c.recover(ctx, head, relay)
		select {
		case c.recovered <- recovered{blocks, err}:
		case <-ctx.Done():
		}
	})
}

// recover returns the unknown blocks that lead to head, parents first.
func (c *Collator) recover(ctx context.Context, head, relay primitives.Hash) ([]primitives.Block, error) {
	candidates, err := c.candidatesBefore(relay)
	if err != nil {
		return nil, err
	}
	var blocks []primitives.Block
	for !c.has(head) {
		wanted, ok := candidates[head]
		if !ok {
			return nil, fmt.Errorf("block %s: %w", head.Short(), ErrNoReceipt)
		}
		data, err := c.fetchData(ctx, wanted)
		if err != nil {
			return nil, fmt.Errorf("block %s: %w", head.Short(), err)
		}
		block, err := sdk.BlockOf(data.PoV)
		if err != nil {
			return nil, fmt.Errorf("block %s: %w", head.Short(), err)
		}
		blocks = append(blocks, block)
		head = block.Header.ParentHash
	}
	slices.Reverse(blocks)
	return blocks, nil
}

func (c *Collator) has(block primitives.Hash) bool {
	_, err := c.store.Header(block)
	return err == nil
}

// candidatesBefore returns the candidates of the chain that were backed in the
// relay block and those before it, by the hash of the block that each leads to.
func (c *Collator) candidatesBefore(relay primitives.Hash) (map[primitives.Hash]missing, error) {
	found := map[primitives.Hash]missing{}
	for range searched {
		header, err := c.relay.Header(relay)
		if err != nil || header.Number == 0 {
			return found, nil
		}
		view, err := c.relay.View(relay)
		if err != nil {
			return found, nil // older states are not kept
		}
		state := frame.NewState(view)
		for _, event := range inclusion.CandidateEvents.Get(state) {
			if backed, ok := event.(inclusion.CandidateBacked); ok && backed.Receipt.Descriptor.ParaID == c.config.Para {
				c.note(state, backed, found)
			}
		}
		if err := state.Err(); err != nil {
			return nil, err
		}
		relay = header.ParentHash
	}
	return found, nil
}

// note adds a candidate that was backed.
func (c *Collator) note(state *frame.State, backed inclusion.CandidateBacked, found map[primitives.Hash]missing) {
	d := backed.Receipt.Descriptor
	info, ok := sessioninfo.Sessions.Lookup(state, d.SessionIndex)
	if !ok {
		return
	}
	m := missing{
		target:  recovery.Target{Receipt: backed.Receipt, Validators: len(info.Validators)},
		session: sessionInfo{discovery: info.DiscoveryKeys},
	}
	if int64(backed.Group) < int64(len(info.ValidatorGroups)) {
		m.target.Backers = info.ValidatorGroups[backed.Group]
	}
	found[d.ParaHead] = m
}

// fetchData recovers the available data of a candidate.
func (c *Collator) fetchData(ctx context.Context, m missing) (primitives.AvailableData, error) {
	r, err := c.relay.Recovery(func(_ primitives.SessionIndex, v primitives.ValidatorIndex) (peer.ID, bool) {
		if int64(v) >= int64(len(m.session.discovery)) {
			return "", false
		}
		return c.relay.Validator(m.session.discovery[v])
	})
	if err != nil {
		return primitives.AvailableData{}, err
	}
	return r.Recover(ctx, m.target)
}

// take executes recovered blocks and keeps them. An error means that the disk
// failed.
func (c *Collator) take(r recovered) error {
	c.recovering = false
	if r.err != nil {
		c.log.Warn("missing blocks not recovered", zap.Error(r.err))
		return nil
	}
	for _, block := range r.blocks {
		err := c.execute(block)
		if c.store.Err() != nil {
			return c.store.Err()
		}
		if err != nil {
			c.log.Error("recovered block does not execute", zap.Uint32("number", uint32(block.Header.Number)), zap.Error(err))
			return nil
		}
		c.metrics.recovered.Inc()
		c.log.Info("block recovered from validators", zap.Uint32("number", uint32(block.Header.Number)), zap.Stringer("block", block.Header.Hash()))
	}
	c.last = primitives.Hash{} // a block can be made here after all
	return nil
}

// execute executes a block on the state after its parent and keeps it.
func (c *Collator) execute(block primitives.Block) error {
	parent, err := c.store.Header(block.Header.ParentHash)
	if err != nil {
		return err
	}
	view, err := c.store.View(block.Header.ParentHash)
	if err != nil {
		return err
	}
	outcome, _, err := c.config.Chain.Execute(view, parent, block)
	if err != nil {
		return err
	}
	return c.keep(block, outcome)
}
