package relaychain

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// guard is the real relay/signer on a disk of the simulation. It decides and
// records with real keys of its own; what it signs is thrown away, and the
// node's stub key signs instead.
type guard struct {
	*signer.Signer
	disk *engine.Disk
	keys realKeys
}

// realKeys are the keys of a node that its guard knows.
type realKeys struct {
	store *signer.Keystore
	babe  primitives.SR25519Public
	gran  primitives.ED25519Public
	para  primitives.SR25519Public
}

func newRealKeys(id engine.NodeID) (k realKeys) {
	var err error
	k.store, err = signer.OpenKeystore(signer.KeystoreConfig{})
	must(err)
	insert := func(kind signer.KeyType) [32]byte {
		seed := primitives.Blake2b256(fmt.Append(nil, kind, id))
		public, err := k.store.InsertMemory(kind, "0x"+hex.EncodeToString(seed[:]))
		must(err)
		return public
	}
	k.babe, k.gran, k.para = insert(signer.BABE), insert(signer.GRANDPA), insert(signer.ParaValidator)
	return k
}

// guardFile returns the disk of the guards that is attached to disk.
func guardFile(disk *engine.Disk) *signer.Memory {
	for _, f := range disk.Files() {
		if m, ok := f.(*signer.Memory); ok {
			return m
		}
	}
	m := signer.NewMemory()
	disk.Attach(m)
	return m
}

var errDisk = errors.New("disk fault")

// openGuard opens the guards on disk beside chain data that say state. It ends
// the process if that fails.
func openGuard(disk *engine.Disk, keys realKeys, state signer.ChainState) *guard {
	file := guardFile(disk)
	file.Fault(func(op signer.Operation) error {
		disk.Operation("guard " + string(op))
		if (op == signer.OpSync || op == signer.OpSyncNames) && disk.SyncFails() || op == signer.OpWrite && disk.Full() {
			return errDisk
		}
		return nil
	})
	s, err := signer.Open(signer.Config{Keystore: keys.store, Disk: file, Chain: state})
	if err != nil {
		engine.Exit(err.Error())
	}
	return &guard{s, disk, keys}
}

// allowed reports whether what err answers may be signed; refusals are given as
// their Reason. It ends the process if the guard is not durable.
func (g *guard) allowed(err error) error {
	if errors.Is(err, signer.ErrFatal) {
		engine.Exit("guard is not durable")
	}
	g.disk.Operation("guard written")
	return err
}

// seal is nil if the header with preHash may be sealed in slot.
func (g *guard) seal(slot primitives.Slot, preHash primitives.Hash) error {
	_, err := g.SignBABESeal(g.keys.babe, slot, preHash)
	return g.allowed(err)
}

// vote is nil if s may be signed.
func (g *guard) vote(s grandpa.Sign) error {
	_, err := g.SignGRANDPA(g.keys.gran, s.Set, s.Round, s.Message)
	return g.allowed(err)
}

// votes returns what the node signed in the last round voted in, in order.
func (n *Node) votes() (out []grandpa.Sign) {
	if n.world.forgetful {
		return nil
	}
	g, as := n.guard, n.keys().Ed25519Public()
	set, round, messages := g.RestoredVotes(g.keys.gran)
	for _, m := range messages {
		out = append(out, grandpa.Sign{Set: set, Round: round, Key: as, Message: m.Message})
	}
	return out
}

// lastSlot returns the last slot in which the node signed or may not sign.
func (n *Node) lastSlot() primitives.Slot {
	if n.world.forgetful {
		return 0
	}
	return n.guard.LastSlot()
}

// chainState is what relay/node tells the signer of the chain data.
func (n *Node) chainState(now primitives.Millis) signer.ChainState {
	final, best := n.tree.Finalized(), n.tree.Best()
	atFinal := runtime.NewQuery(n.states[final.Hash])
	_, set := atFinal.GRANDPA()
	return signer.ChainState{
		Exists: best.Number > 0, Set: set, Session: runtime.NewQuery(n.states[best.Hash]).SessionIndex(),
		Slot: babe.SlotAt(now, SlotMillis),
	}
}

// Backup is the disk of a node at some time, with its guards.
type Backup struct {
	values map[string][]byte
	guards map[string][]byte
}

// guardNames are the files of a node's guards.
func guardNames(keys realKeys) []string {
	name := func(kind signer.KeyType, public [32]byte) string {
		return hex.EncodeToString(kind[:]) + hex.EncodeToString(public[:])
	}
	return []string{name(signer.BABE, keys.babe), name(signer.GRANDPA, keys.gran), name(signer.ParaValidator, keys.para)}
}

// BackUp copies the disk of a node.
func (s *Simulation) BackUp(id engine.NodeID) Backup {
	b := Backup{s.Disk(id).Backup(), map[string][]byte{}}
	for _, name := range guardNames(s.world.real[id]) {
		raw, err := guardFile(s.Disk(id)).Read(name)
		if !errors.Is(err, fs.ErrNotExist) {
			must(err)
			b.guards[name] = slices.Clone(raw)
		}
	}
	return b
}

// RestoreBackup replaces the disk of a node that is down by a copy, with or
// without the guards in it.
func (s *Simulation) RestoreBackup(id engine.NodeID, b Backup, guards bool) {
	s.final[id], s.wire.announced[id] = 0, nil // it may forget
	s.paras.restored(id)
	disk := s.Disk(id)
	disk.Restore(b.values)
	disk.Detach()
	if !guards {
		return
	}
	file := guardFile(disk)
	for _, name := range guardNames(s.world.real[id]) {
		if raw, ok := b.guards[name]; ok {
			f, err := file.Create(name)
			must(err)
			_, err = f.WriteAt(raw, 0)
			must(err)
			must(f.Sync())
		}
	}
	must(file.Sync())
}
