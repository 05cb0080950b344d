package signer

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// ChainState is what the chain data beside the guards say. It is asked for only
// where a guard is missing or corrupt.
type ChainState struct {
	// Exists says that there is chain data beyond genesis.
	Exists bool
	// Slot is the present slot by the clock, or the last known one if that is
	// higher; Set is that of the finalized head, which voters follow; Session
	// is that of the best head, where backing happens, finalized or not. If
	// the chain data may be older than the lost guard, see Signer.Raise.
	Slot    primitives.Slot
	Set     primitives.SetID
	Session primitives.SessionIndex
}

// floor returns what may be signed when it is unknown what was.
func (c ChainState) floor() Floor {
	return Floor{Slot: c.Slot + 1, Set: c.Set + 1, Session: c.Session + 1}
}

// opening says how a guard was found.
type opening struct {
	// torn: the last record had not been written completely; it was dropped.
	torn bool
	// lost is why it is unknown what the key signed: fs.ErrNotExist or
	// ErrCorrupt, wrapped; nil if it is known. The key waits for its floor.
	lost error
}

// guard is one key's guard. A mutex and not a loop serializes it: authoring,
// voting and backing sign from their own goroutines, and each must have its
// answer before it goes on.
type guard struct {
	mu      sync.Mutex
	disk    Disk
	key     keyName
	file    File
	ledger  *ledger
	used    int // cells
	cells   int // of the file
	check   [8]byte
	compact int // cells at which to compact
	lost    bool
	stray   stray
	failed  error
}

// name returns the guard's file name: type and public key in hexadecimal, as in
// a keystore.
func (k keyName) name() string {
	return hex.EncodeToString(k.kind[:]) + hex.EncodeToString(k.public[:])
}

// openGuard opens or makes the guard of key. fresh says that the key was made
// just now, so that it cannot have signed anything.
func openGuard(disk Disk, key keyName, chain ChainState, fresh bool, compact int) (*guard, opening, error) {
	g := &guard{disk: disk, key: key, compact: compact}
	raw, err := disk.Read(key.name())
	var found content
	if err == nil {
		found, err = decodeGuard(key, raw)
	}
	if err == nil {
		// What was read may never have reached the disk: a failed fsync can
		// leave it in the system's cache, where no later fsync writes it.
		// So it is written again, to a new file.
		return g, opening{torn: found.torn}, g.rewrite(newLedger(found.records).needed())
	}
	missing := errors.Is(err, fs.ErrNotExist)
	if !missing && !errors.Is(err, ErrCorrupt) || !missing && !chain.Exists {
		return nil, opening{}, fmt.Errorf("guard of %s key %x: %w", key.kind, key.public, err)
	}
	if missing && (fresh || !chain.Exists) {
		return g, opening{}, g.rewrite(nil)
	}
	if !missing {
		if err := keepCopy(disk, key.name()+".corrupt", raw); err != nil {
			return nil, opening{}, err
		}
	}
	// What is readable before the damage may be ahead of the chain data.
	floor := chain.floor().raised(newLedger(found.records).beyond())
	g.lost = true
	return g, opening{lost: err}, g.rewrite([]Record{floor})
}

// keepCopy writes raw to a file for people to look at.
func keepCopy(disk Disk, name string, raw []byte) error {
	f, err := disk.Create(name)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(raw, 0)
	return errors.Join(err, f.Close())
}

// beyond returns the floor that excludes everything that was signed.
func (l *ledger) beyond() Floor {
	f := l.floor
	if l.sealed != nil {
		f.Slot = max(f.Slot, l.sealed.Slot+1)
	}
	if set, _ := l.round(); len(l.votes) > 0 {
		f.Set = max(f.Set, set+1)
	}
	if len(l.statements)+len(l.bitfields) > 0 {
		f.Session = max(f.Session, l.session+1)
	}
	return f
}

// rewrite makes a new file of records and puts it in place of the old one.
func (g *guard) rewrite(records []Record) error {
	name := g.key.name()
	raw, made := encodeGuard(g.key, records)
	file, err := g.disk.Create(name + ".tmp")
	if err != nil {
		return err
	}
	if _, err := file.WriteAt(raw, 0); err != nil {
		return errors.Join(err, file.Close())
	}
	failpoint.Here(failpoint.GuardRewriteSync)
	if err := file.Sync(); err != nil {
		return errors.Join(err, file.Close())
	}
	failpoint.Here(failpoint.GuardRewriteRename)
	if err := g.disk.Rename(name+".tmp", name); err != nil {
		return errors.Join(err, file.Close())
	}
	failpoint.Here(failpoint.GuardRewriteName)
	if err := g.disk.Sync(); err != nil {
		return errors.Join(err, file.Close())
	}
	failpoint.Here(failpoint.GuardRewritten)
	if g.file != nil {
		err = g.file.Close() // the old one
	}
	g.file, g.ledger, g.used, g.check, g.cells = file, newLedger(records), made.used, made.check, len(raw)/cellSize
	return err
}

// append writes r behind the last record and makes it durable.
func (g *guard) append(r Record) error {
	if g.used >= g.compact {
		if err := g.rewrite(g.ledger.needed()); err != nil {
			return err
		}
		g.compact = max(g.compact, 2*g.used)
	}
	if g.cells-g.used <= minFree {
		if _, err := g.file.WriteAt(make([]byte, growBy*cellSize), int64(g.cells)*cellSize); err != nil {
			return err
		}
		g.cells += growBy
	}
	at := pointsOf(r)
	c := makeCell(g.check, AppendRecord(nil, r))
	at.reach(toWrite)
	if _, err := g.file.WriteAt(c[:], int64(g.used)*cellSize); err != nil {
		return err
	}
	at.reach(toSync)
	if err := g.file.Sync(); err != nil {
		return err
	}
	at.reach(toAnswer)
	g.used++
	g.check = c.check()
	g.ledger.apply(r)
	return nil
}

// sign returns the signature that rule finds stored, or what make signs, once
// its record is durable. After a failure to make it so, everything is refused.
func (g *guard) sign(rule func(*ledger) (*primitives.Signature, error), produce func() (primitives.Signature, Record)) (primitives.Signature, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failed != nil {
		return primitives.Signature{}, g.failed
	}
	stored, err := rule(g.ledger)
	if err != nil {
		return primitives.Signature{}, err
	}
	if stored != nil {
		return *stored, nil
	}
	if len(g.ledger.records) >= maxCells-2 && len(g.ledger.needed()) >= maxCells-2 {
		return primitives.Signature{}, ErrFull
	}
	signature, record := produce()
	if err := g.append(record); err != nil {
		g.failed = fmt.Errorf("guard of %s key %x: %w: %w", g.key.kind, g.key.public, ErrFatal, err)
		return primitives.Signature{}, g.failed
	}
	return signature, nil
}

// raise moves the floor up to what chain says, if the guard had been lost.
func (g *guard) raise(chain ChainState) error {
	if !g.lost {
		return nil
	}
	return g.wait(chain.floor())
}

// close closes the file; nothing is signed after it.
func (g *guard) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failed == nil {
		g.failed = ErrClosed
	}
	return g.file.Close()
}
