package offline

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Report is what an import did.
type Report struct {
	// Imported counts blocks that are new, Known those that were there.
	Imported, Known int
	// Best and Finalized are the heads afterwards.
	Best, Finalized primitives.BlockID
}

// Import takes in blocks until next returns io.EOF, each as if a peer had sent it:
// its claim and seal are checked and it is executed. Blocks become final with the
// justifications that prove it. It stops at the first block that is refused; what
// was taken in before stays. each is told of every block, after it was taken in.
// Nothing is taken into a chain of other rules: chain.ErrOtherRules.
func (c *Chain) Import(ctx context.Context, next func() (chain.StoredBlock, error), each func(primitives.BlockID)) (Report, error) {
	if err := chain.CheckRules(c.store, c.store.Best()); err != nil {
		return Report{}, err
	}
	running, err := chain.New(chain.Config{Store: c.store, Runtime: c.rules, Verifier: c.verifier, Now: wall, Logger: c.log})
	if err != nil {
		return Report{}, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return running.Run(ctx) })
	var report Report
	err = c.importAll(ctx, running, next, func(id primitives.BlockID, known bool) {
		if known {
			report.Known++
		} else {
			report.Imported++
		}
		each(id)
	})
	stop()
	err = errors.Join(err, group.Wait())
	report.Best, report.Finalized = c.store.Best(), c.store.Finalized()
	return report, err
}

func (c *Chain) importAll(ctx context.Context, running *chain.Chain, next func() (chain.StoredBlock, error), each func(primitives.BlockID, bool)) error {
	for {
		b, err := next()
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id := b.Block.Header.ID()
		known, err := c.importOne(ctx, running, id, b)
		if err != nil {
			return fmt.Errorf("block #%d (%s): %w", id.Number, id.Hash, err)
		}
		each(id, known)
	}
}

// importOne takes in one block, and finality if a proof comes with it.
func (c *Chain) importOne(ctx context.Context, running *chain.Chain, id primitives.BlockID, b chain.StoredBlock) (known bool, err error) {
	finalized := c.store.Finalized()
	if id.Number <= finalized.Number {
		if hash, err := c.At(id.Number); err != nil || hash != id.Hash {
			return false, errors.Join(ErrFork, err)
		}
		return true, nil
	}
	err = running.Import(ctx, b.Block, false)
	if known = errors.Is(err, chain.ErrKnown); known {
		err = nil
	}
	if err != nil || b.Justification == nil {
		return known, err
	}
	if err := c.prove(finalized, id, b.Justification.Data); err != nil {
		return known, err
	}
	return known, running.Finalize(ctx, id.Hash, b.Justification)
}

// prove returns nil if data is a GRANDPA justification of the block by the voters
// in charge after the finalized one: a set ends with a block that is justified.
func (c *Chain) prove(finalized, block primitives.BlockID, data []byte) error {
	var justification primitives.GRANDPAJustification
	if err := scale.Unmarshal(data, &justification); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	if justification.Commit.Target != block {
		return fmt.Errorf("%w: it is of block #%d", ErrProof, justification.Commit.Target.Number)
	}
	view, err := c.store.View(finalized.Hash)
	if err != nil {
		return err
	}
	query := runtime.NewQuery(view)
	authorities, set := query.GRANDPA()
	if err := query.Err(); err != nil {
		return err
	}
	voters, err := grandpa.NewVoterSet(authorities)
	if err != nil {
		return err
	}
	if err := grandpa.VerifyJustification(voters, set, justification, c.verifier); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}
