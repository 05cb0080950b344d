package babe

import (
	"math/bits"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// EpochData is an epoch: the Length slots from Start on, who may author in them
// and by which rules.
//
//frame:codec
type EpochData struct {
	Index       primitives.Epoch
	Start       primitives.Slot
	Length      uint64
	Authorities []primitives.BABEAuthority `scale:"max=10000"`
	Randomness  [32]byte
	Config      primitives.BABEConfiguration
}

// check returns ErrBadEpochLength, ErrBadAuthorities or ErrBadConfig, or the
// sum of weights.
func (d *EpochData) check() (total uint64, err error) {
	c := d.Config
	if d.Length == 0 {
		return 0, ErrBadEpochLength
	}
	if c.C[0] == 0 || c.C[0] > c.C[1] || c.AllowedSlots > primitives.PrimaryAndSecondaryVRFSlots {
		return 0, ErrBadConfig
	}
	for _, a := range d.Authorities {
		var carry uint64
		if total, carry = bits.Add64(total, a.Weight, 0); carry != 0 || a.Weight == 0 {
			return 0, ErrBadAuthorities
		}
	}
	if total == 0 {
		return 0, ErrBadAuthorities
	}
	return total, nil
}

// Epoch is EpochData that was checked, with the thresholds that follow from it.
// It is immutable and shared.
type Epoch struct {
	EpochData
	thresholds map[uint64]Threshold // by weight
}

// NewEpoch checks data, which must not change any more: ErrBadEpochLength,
// ErrBadAuthorities, ErrBadConfig.
func NewEpoch(data EpochData) (*Epoch, error) {
	total, err := data.check()
	if err != nil {
		return nil, err
	}
	e := &Epoch{EpochData: data, thresholds: make(map[uint64]Threshold)}
	for _, a := range data.Authorities {
		if _, known := e.thresholds[a.Weight]; !known {
			e.thresholds[a.Weight] = PrimaryThreshold(data.Config.C, a.Weight, total)
		}
	}
	return e, nil
}

// Threshold returns below which VRF outputs author wins. author must be in
// range.
func (e *Epoch) Threshold(author primitives.AuthorityIndex) Threshold {
	return e.thresholds[e.Authorities[author].Weight]
}

// Contains reports whether slot is in e.
func (e *Epoch) Contains(slot primitives.Slot) bool {
	return slot >= e.Start && uint64(slot-e.Start) < e.Length
}

// moved returns e with another index and start.
func (e *Epoch) moved(index primitives.Epoch, start primitives.Slot) *Epoch {
	out := *e
	out.Index, out.Start = index, start
	return &out
}

// View is what a child of Block must obey: its slot must be after Slot, and its
// epoch is Epoch(slot). It is an immutable value.
type View struct {
	Block primitives.BlockID
	Slot  primitives.Slot // 0 for genesis, which has none

	// current is the epoch Block is in, nil for genesis. next is the one
	// announced to follow it; for genesis epoch 0, whose start is not known.
	current, next *Epoch
}

// Epoch returns the epoch that a child of Block in slot belongs to. Epoch 0
// starts with block 1. If whole epochs passed without a block, the data
// announced for the first of them serves the one slot is in, under its own
// index. It returns ErrSlotOrder if slot is not after v.Slot.
//
// Source: sp-consensus-babe client, ViableEpoch and clone_for_slot; reference
// chapter 2.1.
func (v View) Epoch(slot primitives.Slot) (*Epoch, error) {
	switch {
	case slot <= v.Slot:
		return nil, ErrSlotOrder
	case v.current == nil:
		return v.next.moved(0, slot), nil
	case v.current.Contains(slot):
		return v.current, nil
	case v.next.Contains(slot):
		return v.next, nil
	}
	skipped := uint64(slot-v.next.Start) / v.next.Length
	return v.next.moved(v.next.Index+primitives.Epoch(skipped), v.next.Start+primitives.Slot(skipped*v.next.Length)), nil
}

// child returns the View after header, a child of v.Block: ErrNoEpochData,
// ErrSurplusEpochData, or why the announcement is refused.
func (v View) child(header primitives.Header) (View, error) {
	claim, err := header.BABEPreDigest()
	if err != nil {
		return View{}, err
	}
	_, slot := claim.Author()
	epoch, err := v.Epoch(slot)
	if err != nil {
		return View{}, err
	}
	data, config, err := announcement(header)
	if err != nil {
		return View{}, err
	}
	out := View{Block: header.ID(), Slot: slot, current: v.current, next: v.next}
	if epoch == v.current {
		if data != nil || config != nil {
			return View{}, ErrSurplusEpochData
		}
		return out, nil
	}
	if data == nil {
		return View{}, ErrNoEpochData
	}
	next := EpochData{
		Index:       epoch.Index + 1,
		Start:       epoch.Start + primitives.Slot(epoch.Length),
		Length:      epoch.Length,
		Authorities: data.Authorities,
		Randomness:  data.Randomness,
		Config:      epoch.Config,
	}
	if config != nil {
		next.Config = primitives.BABEConfiguration(config.Descriptor)
	}
	out.current = epoch
	out.next, err = NewEpoch(next)
	return out, err
}

// announcement returns what header announces for the next epoch, nil for what
// it does not: ErrSurplusEpochData if it does so twice, or a fault of encoding.
func announcement(header primitives.Header) (data *primitives.NextEpochData, config *primitives.NextConfigData, err error) {
	logs, err := header.BABELogs()
	if err != nil {
		return nil, nil, err
	}
	for _, log := range logs {
		switch log := log.(type) {
		case primitives.NextEpochData:
			if data != nil {
				return nil, nil, ErrSurplusEpochData
			}
			data = &log
		case primitives.NextConfigData:
			if config != nil {
				return nil, nil, ErrSurplusEpochData
			}
			config = &log
		}
	}
	return data, config, nil
}
