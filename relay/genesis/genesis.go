// Package genesis makes the state and the header of block 0 of the relay chain
// from its configuration. Two nodes with equal configurations have equal
// genesis hashes.
package genesis

import (
	"fmt"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Config is everything about the relay chain that is fixed at its start.
type Config struct {
	// NetworkID makes chains with otherwise equal configurations differ; it
	// is the randomness of epochs 0 and 1.
	NetworkID primitives.Hash
	// SlotDuration is how long a slot is, in milliseconds; 100 to 3,600,000.
	SlotDuration primitives.Millis
	// EpochDuration is how many slots an epoch, and a session, has.
	EpochDuration uint64
	// BABE is the share of slots with a primary author, and the fallback.
	BABE primitives.BABEConfiguration
	// Validators are in charge of the first two sessions, in this order.
	Validators []session.Validator
	// Parachains are those that are there from the start.
	Parachains initializer.Genesis
	// Balances are the first balances. Every validator needs one.
	Balances []Balance
	// Sudo is the account that may make calls as the chain itself, or nil: then
	// nobody may.
	Sudo *primitives.AccountID
}

// Balance is the first free balance of an account.
type Balance struct {
	Account primitives.AccountID
	Amount  primitives.Balance
}

// Reason says why a Config cannot start a chain.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrSlotDuration  = Reason("slot duration is not between 100 ms and an hour")
	ErrEpochDuration = Reason("epoch duration is 0")
	ErrValidators    = Reason("no validators, or more than 10000")
	ErrAllowedSlots  = Reason("allowed slots have no such value")
	ErrPrimaryShare  = Reason("share of primary slots is not between 0 and 1")
	ErrBalance       = Reason("first balance is below the existential deposit, or the account has two")
	ErrParachains    = Reason("parachains cannot start as configured")
	ErrValidator     = Reason("validator has no first balance, stands there twice, or shares a key with another")
)

// maxValidators bounds Config.Validators: digest items hold no more authorities.
const maxValidators = 10_000

// Genesis is block 0: its header and the state after it.
type Genesis struct {
	Header  primitives.Header
	Outcome executive.Outcome
}

// Check returns the first Reason for which c cannot start a chain, or nil.
func (c Config) Check() error {
	switch {
	case c.SlotDuration < 100 || c.SlotDuration > 3_600_000:
		return ErrSlotDuration
	case c.EpochDuration == 0:
		return ErrEpochDuration
	case len(c.Validators) == 0 || len(c.Validators) > maxValidators:
		return ErrValidators
	case c.BABE.C[0] == 0 || c.BABE.C[0] > c.BABE.C[1]:
		return ErrPrimaryShare
	case c.BABE.AllowedSlots > primitives.PrimaryAndSecondaryVRFSlots:
		return ErrAllowedSlots
	}
	return nil
}

// Build returns block 0 of the chain that c describes, or a Reason.
func (c Config) Build() (Genesis, error) {
	if err := c.Check(); err != nil {
		return Genesis{}, err
	}
	state := frame.NewState(frame.Memory{})
	context := &frame.Context{State: state, Pallets: runtime.Pallets(), Phase: frame.Initialization{}}
	for _, b := range c.Balances {
		if b.Amount.Less(balances.ExistentialDeposit) || !balances.Spendable(state, b.Account, false).IsZero() {
			return Genesis{}, fmt.Errorf("%w: %s", ErrBalance, b.Account)
		}
		if err := balances.Mint(context, b.Account, b.Amount); err != nil {
			return Genesis{}, fmt.Errorf("%w: %s", ErrBalance, b.Account)
		}
	}
	if err := session.Genesis(context, c.Validators); err != nil {
		return Genesis{}, fmt.Errorf("%w: %w", ErrValidator, err)
	}
	babe.Genesis(state, runtime.BABEAuthorities(c.Validators), c.BABE, c.EpochDuration, c.SlotDuration, c.NetworkID)
	grandpa.Genesis(state, runtime.GRANDPAAuthorities(c.Validators))
	if err := c.Parachains.Begin(state, c.Validators); err != nil {
		return Genesis{}, fmt.Errorf("%w: %w", ErrParachains, err)
	}
	if c.Sudo != nil {
		sudo.Key.Put(state, *c.Sudo)
	}
	system.Upgrade(state, runtime.SpecName, runtime.SpecVersion, runtime.CodeMarker())
	outcome, err := executive.Commit(emptySource{}, trie.EmptyRoot, state.Changes())
	if err != nil {
		return Genesis{}, err
	}
	header := primitives.Header{StateRoot: outcome.Root, ExtrinsicsRoot: executive.ExtrinsicsRoot(nil)}
	return Genesis{Header: header, Outcome: outcome}, nil
}

// emptySource is the source of the trie without nodes.
type emptySource struct{}

func (emptySource) Node([]byte, [32]byte) ([]byte, error)  { return nil, trie.ErrMissingNode }
func (emptySource) Value([]byte, [32]byte) ([]byte, error) { return nil, trie.ErrMissingNode }
