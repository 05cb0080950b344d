package babe

// Reason says why a header, a claim or an epoch announcement was refused.
// Reasons are part of the API: logs and RPC print them, network/reputation
// prices them. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which Verify refuses a header, in the order of its checks.
const (
	ErrSlotOrder      = Reason("slot is not after the parent's slot")
	ErrFuture         = Reason("slot is in the future") // may be tried again later
	ErrWrongEpoch     = Reason("epoch data does not cover the slot")
	ErrAuthorityIndex = Reason("claim names an authority that the epoch does not have")
	ErrClaimKind      = Reason("epoch does not allow claims of this kind")
	ErrSealForm       = Reason("seal is not 64 bytes of BABE")
	ErrSeal           = Reason("seal is not the author's signature")
	ErrVRF            = Reason("VRF output is not the author's")
	ErrThreshold      = Reason("VRF output does not win the slot")
	ErrSecondary      = Reason("slot has another secondary author")
)

// Reasons of the epoch tree.
const (
	ErrUnknownParent     = Reason("parent is not a known unfinalized block")
	ErrUnknownBlock      = Reason("block is not a known unfinalized block")
	ErrKnownBlock        = Reason("block was imported before")
	ErrTooMany           = Reason("too many unfinalized blocks")
	ErrNoEpochData       = Reason("first block of an epoch does not announce the next one")
	ErrSurplusEpochData  = Reason("epoch announcement is repeated or not in the first block of an epoch")
	ErrBadConfig         = Reason("epoch configuration is not a fraction in (0, 1] and a known kind of claims")
	ErrBadAuthorities    = Reason("epoch has no authority, one without weight, or too much weight")
	ErrBadEpochLength    = Reason("epoch length is zero")
	ErrInconsistentState = Reason("stored epoch state contradicts itself")
)

// Reasons of EquivocationProof.Check.
const (
	ErrSameHeader     = Reason("equivocation proof holds one header twice")
	ErrProofSlot      = Reason("equivocation proof names another slot than its headers")
	ErrProofAuthority = Reason("equivocation proof holds headers of two authorities")
)
