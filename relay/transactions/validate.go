package transactions

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// work validates extrinsics until ctx ends.
func (p *Pool) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case job := <-p.jobs:
			v := txpool.Validated{Hash: job.Hash, At: job.At, Validity: p.validity(job)}
			select {
			case p.results <- v:
			case <-ctx.Done():
				return
			}
		}
	}
}

// validity asks the rules about an extrinsic.
func (p *Pool) validity(job txpool.Validate) txpool.Validity {
	header, err := p.config.Store.Header(job.At.Hash)
	if err != nil {
		return txpool.Unknown{Reason: err}
	}
	view, err := p.config.Store.View(job.At.Hash)
	if err != nil {
		return txpool.Unknown{Reason: err}
	}
	v, err := p.config.Rules.Validate(frame.NewState(view), header, job.Extrinsic)
	var invalid executive.InvalidTransaction
	switch {
	case errors.As(err, &invalid):
		return txpool.Invalid{Reason: err, Always: always(invalid, job.Extrinsic)}
	case err != nil:
		p.log.Warn("transaction not validated", zap.Stringer("transaction", job.Hash), zap.Error(err))
		return txpool.Unknown{Reason: err}
	}
	return txpool.Valid{Priority: v.Priority, Requires: tags(v.Requires), Provides: tags(v.Provides), Longevity: v.Longevity, Propagate: v.Propagate}
}

func tags(raw [][]byte) []txpool.Tag {
	out := make([]txpool.Tag, len(raw))
	for i, t := range raw {
		out[i] = txpool.Tag(t)
	}
	return out
}

// always reports whether no state makes x valid: a signature over a mortal era
// covers the hash of a block that may be on another fork.
func always(reason executive.InvalidTransaction, x primitives.Extrinsic) bool {
	switch reason {
	case executive.ErrCall, executive.ErrScheme:
		return true
	case executive.ErrBadProof:
		u, err := primitives.DecodeExtrinsic(x)
		return err != nil || u.Signature == nil || u.Signature.Extra.Era.Period == 0
	}
	return false
}
