package benchmark

import (
	"errors"
	"fmt"
	"os"
	garbage "runtime"
	"runtime/debug"
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/store"
)

// perBlock is how many extrinsics, or changes, the blocks have that are compared with
// empty ones.
const perBlock = 1000

// disk is a world on disk, grown block by block.
type disk struct {
	world *World
	rules *runtime.Runtime
	dir   string
	store *store.Store
	head  primitives.Header
	slot  primitives.Slot
	yard  yardstick
}

// newDisk writes w into a new directory of a temporary one.
func newDisk(w *World) (*disk, error) {
	dir, err := os.MkdirTemp("", "rampart-benchmark-")
	if err != nil {
		return nil, err
	}
	d := &disk{world: w, rules: runtime.New(crypto.Real{}), dir: dir, head: w.genesis.Header, slot: 300_000_000, yard: newYardstick()}
	if d.store, err = store.Open(store.Config{Path: dir}); err != nil {
		return nil, errors.Join(err, d.close())
	}
	o := w.genesis.Outcome
	if err := d.store.InitGenesis(w.genesis.Header, store.Diff{Values: o.Changes, Nodes: o.Nodes}); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, d.reopen()
}

// reopen empties the caches of the store.
func (d *disk) reopen() error {
	if err := d.store.Close(); err != nil {
		return err
	}
	var err error
	d.store, err = store.Open(store.Config{Path: d.dir})
	return err
}

func (d *disk) close() error {
	var err error
	if d.store != nil {
		err = d.store.Close()
	}
	return errors.Join(err, os.RemoveAll(d.dir))
}

// add stores block, makes it final, and makes it the head.
func (d *disk) add(block primitives.Block, o executive.Outcome) error {
	hash := block.Header.Hash()
	if err := d.store.Import(store.Import{Block: block, Hash: hash, Diff: store.Diff{Values: o.Changes, Nodes: o.Nodes}, Best: hash}); err != nil {
		return err
	}
	if _, err := d.store.Finalize(store.Finality{Hash: hash}); err != nil {
		return err
	}
	d.head = block.Header
	return nil
}

// timed returns how long f takes on a processor of the reference machine, in
// picoseconds.
func (d *disk) timed(f func() error) (float64, error) {
	scale := d.yard.scale()
	garbage.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	begin := clock()
	err := f()
	return float64((clock() - begin).Nanoseconds()) * 1000 * scale, err
}

// readTime returns what a read of a key costs that no cache of the store has.
func (d *disk) readTime() (float64, error) {
	if err := d.reopen(); err != nil {
		return 0, err
	}
	view, err := d.store.View(d.head.Hash())
	if err != nil {
		return 0, err
	}
	const reads = Accounts / 2
	taken, err := d.timed(func() error {
		for i := range reads {
			if value, err := view.Get(system.Account.Key(account(i*7919%Accounts + i%2))); err != nil || value == nil {
				return fmt.Errorf("account %d: %w", i, err)
			}
		}
		return nil
	})
	return taken / reads, err
}

// writeTime returns what a changed key costs: its part in the root, in storing the
// block and in making it final.
func (d *disk) writeTime(rounds int) (float64, error) {
	var few, many []float64
	for round := range rounds {
		for _, n := range []int{1, perBlock} {
			taken, err := d.timed(func() error { return d.change(round, n) })
			if err != nil {
				return 0, err
			}
			if n == 1 {
				few = append(few, taken)
			} else {
				many = append(many, taken)
			}
		}
	}
	return max(slices.Min(many)-slices.Min(few), 0) / (perBlock - 1), nil
}

// change adds a block that changes n accounts.
func (d *disk) change(round, n int) error {
	view, err := d.store.View(d.head.Hash())
	if err != nil {
		return err
	}
	s := frame.NewState(frame.Memory{})
	for i := range n {
		info := system.AccountInfo{Nonce: primitives.Nonce(round + 1), Providers: 1, Data: system.AccountData{Free: rich, Flags: system.NewLogic}}
		system.Account.Put(s, account((round*perBlock*2+i*7919)%Accounts), info)
	}
	o, err := executive.Commit(view, d.head.StateRoot, s.Changes())
	if err != nil {
		return err
	}
	return d.add(primitives.Block{Header: primitives.Header{ParentHash: d.head.Hash(), Number: d.head.Number + 1, StateRoot: o.Root}}, o)
}

// extrinsics returns one of every signer, with the nonce.
func (d *disk) extrinsics(nonce primitives.Nonce, call func(i int) frame.Call) []primitives.Extrinsic {
	genesis := d.world.genesis.Header.Hash()
	implicit := primitives.SignedImplicit{
		SpecVersion: runtime.SpecVersion, TransactionVersion: runtime.TransactionVersion, GenesisHash: genesis, EraBirthHash: genesis}
	out := make([]primitives.Extrinsic, len(d.world.signers))
	for i, keys := range d.world.signers {
		encoded := pallets.AppendCall(nil, call(i))
		extra := primitives.SignedExtra{Nonce: nonce}
		out[i] = primitives.UncheckedExtrinsic{Call: encoded, Signature: &primitives.ExtrinsicSignature{
			Signer: address(keys.Sr25519Public()), Extra: extra,
			Signature: primitives.SR25519Signature{Signature: keys.Sr25519(primitives.SigningPayload(encoded, extra, implicit))},
		}}.Encode()
	}
	return out
}

// build makes the next block of extrinsics, all of which must fit, and adds it. It
// returns how long an author takes for that, and how long an importer, who
// executes it instead.
func (d *disk) build(extrinsics []primitives.Extrinsic) (author, importer float64, err error) {
	view, err := d.store.View(d.head.Hash())
	if err != nil {
		return 0, 0, err
	}
	d.slot++
	var refused error
	rest := extrinsics
	proposal := runtime.Proposal{
		Claim: primitives.SecondaryPlainClaim{AuthorityIndex: 1, Slot: d.slot}, Now: primitives.Millis(d.slot) * slotDuration,
		Next: func() (x primitives.Extrinsic, ok bool) {
			if len(rest) == 0 {
				return nil, false
			}
			x, rest = rest[0], rest[1:]
			return x, true
		},
		Refused: func(_ primitives.Extrinsic, why error) { refused = why },
	}
	var block primitives.Block
	var outcome executive.Outcome
	parent := d.head
	author, err = d.timed(func() (err error) {
		block, outcome, err = d.rules.Build(view, parent, proposal)
		return err
	})
	if err = errors.Join(err, refused); err != nil {
		return 0, 0, err
	}
	importer, err = d.timed(func() error {
		_, err := d.rules.Execute(view, parent, block)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	stored, err := d.timed(func() error { return d.add(block, outcome) })
	return author + stored, importer + stored, err
}

// Overhead is what is not part of calls, in picoseconds.
type Overhead struct {
	// Read and Write are of a key of the state.
	Read, Write uint64
	// Block is an empty one, Extrinsic a signed one without its call, as the author
	// has them.
	Block, Extrinsic uint64
	// Built and Imported are a transfer in a block of nothing else, whole: as its
	// author and as others have it.
	Built, Imported uint64
}

// MeasureOverhead measures all of it in a directory of a temporary one. remark is
// what the call System.Remark was found to take.
func MeasureOverhead(config Config, remark uint64) (Overhead, error) {
	config = config.orDefault()
	w, err := NewWorld(Accounts, perBlock)
	if err != nil {
		return Overhead{}, err
	}
	d, err := newDisk(w)
	if err != nil {
		return Overhead{}, err
	}
	o, err := d.overhead(config.Repeat, remark)
	return o, errors.Join(err, d.close())
}

func (d *disk) overhead(rounds int, remark uint64) (Overhead, error) {
	var empty, remarks, built, imported []float64
	for round := range rounds {
		for kind, list := range [][]primitives.Extrinsic{nil,
			d.extrinsics(primitives.Nonce(2*round), func(int) frame.Call { return system.Remark{} }),
			d.extrinsics(primitives.Nonce(2*round+1), func(i int) frame.Call {
				return balances.TransferKeepAlive{Dest: address(account(Accounts*(round+2) + i)), Value: primitives.NewBalance(1e12)}
			})} {
			author, importer, err := d.build(list)
			if err != nil {
				return Overhead{}, err
			}
			switch kind {
			case 0:
				empty = append(empty, author)
			case 1:
				remarks = append(remarks, author)
			case 2:
				built, imported = append(built, author), append(imported, importer)
			}
		}
	}
	read, err := d.readTime()
	if err != nil {
		return Overhead{}, err
	}
	write, err := d.writeTime(rounds)
	if err != nil {
		return Overhead{}, err
	}
	each := func(whole []float64) float64 { return max(slices.Min(whole)-slices.Min(empty), 0) / perBlock }
	return Overhead{
		Read: rounded(read), Write: rounded(write), Block: rounded(slices.Min(empty)),
		Extrinsic: rounded(max(each(remarks)-float64(remark), 0)), Built: rounded(each(built)), Imported: rounded(each(imported)),
	}, nil
}
