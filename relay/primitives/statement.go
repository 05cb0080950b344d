package primitives

import "github.com/rampart-chain/rampart/relay/scale"

// SigningContext is the session and the relay parent that parachain statements
// and bitfields are signed for.
//
//frame:codec
type SigningContext struct {
	SessionIndex SessionIndex
	Parent       Hash
}

// StatementKind tells the two backing statements apart.
type StatementKind uint8

// Backing statements, with the tag that is signed.
const (
	// Seconded says: this is my candidate for this core, and it is valid.
	Seconded StatementKind = 1
	// Valid says: this candidate, seconded by another, is valid.
	Valid StatementKind = 2
)

// CompactStatement is a backing statement about a candidate, in the form that
// is signed: "BKNG" ‖ kind ‖ candidate hash.
type CompactStatement struct {
	Kind          StatementKind
	CandidateHash Hash
}

// AppendSCALE appends the 37 bytes of s.
func (s CompactStatement) AppendSCALE(b []byte) []byte {
	b = append(b, 'B', 'K', 'N', 'G', byte(s.Kind))
	return append(b, s.CandidateHash[:]...)
}

// DecodeSCALE reads s; scale.ErrVariant for another magic or kind.
func (s *CompactStatement) DecodeSCALE(d *scale.Decoder) {
	var magic [4]byte
	d.Fixed(magic[:])
	s.Kind = StatementKind(d.U8())
	d.Fixed(s.CandidateHash[:])
	if magic != [4]byte{'B', 'K', 'N', 'G'} || s.Kind != Seconded && s.Kind != Valid {
		d.Fail(scale.ErrVariant)
	}
}

// SigningPayload returns the bytes signed with the para validator key:
// statement ‖ session index ‖ relay parent.
func (s CompactStatement) SigningPayload(context SigningContext) []byte {
	return context.AppendSCALE(s.AppendSCALE(nil))
}

// SignedStatement is a CompactStatement with its signature.
//
//frame:codec
type SignedStatement struct {
	Statement      CompactStatement
	ValidatorIndex ValidatorIndex
	Signature      Signature
}

// AvailabilityBitfield has one bit per availability core: set if the signer
// holds its chunk of the candidate pending there.
type AvailabilityBitfield = scale.BitVec

// SignedBitfield is an AvailabilityBitfield with its signature over
// bits ‖ session index ‖ block hash, where the block is the one whose pending
// candidates the bits speak of.
//
//frame:codec
type SignedBitfield struct {
	Bitfield       AvailabilityBitfield
	ValidatorIndex ValidatorIndex
	Signature      Signature
}

// BitfieldPayload returns the bytes signed for bits with the para validator
// key.
func BitfieldPayload(bits AvailabilityBitfield, context SigningContext) []byte {
	return context.AppendSCALE(bits.AppendSCALE(nil))
}

// ValidityAttestation is a backer's vote as a relay block carries it.
//
//frame:enum
type ValidityAttestation interface {
	// Kind returns which statement was signed.
	Kind() StatementKind
	// Sig returns the signature over CompactStatement.SigningPayload.
	Sig() Signature
}

// ImplicitAttestation is the signature of a Seconded statement.
//
//frame:variant ValidityAttestation 1 name=Implicit
type ImplicitAttestation struct{ Signature Signature }

// ExplicitAttestation is the signature of a Valid statement.
//
//frame:variant ValidityAttestation 2 name=Explicit
type ExplicitAttestation struct{ Signature Signature }

// Kind implements ValidityAttestation.
func (ImplicitAttestation) Kind() StatementKind { return Seconded }

// Kind implements ValidityAttestation.
func (ExplicitAttestation) Kind() StatementKind { return Valid }

// Sig implements ValidityAttestation.
func (a ImplicitAttestation) Sig() Signature { return a.Signature }

// Sig implements ValidityAttestation.
func (a ExplicitAttestation) Sig() Signature { return a.Signature }

// BackedCandidate is a candidate with the votes of its backing group.
//
//frame:codec
type BackedCandidate struct {
	Candidate CommittedCandidateReceipt
	// ValidityVotes are in the order of the set bits of the group part of
	// ValidatorIndices.
	ValidityVotes []ValidityAttestation `scale:"max=1024"`
	// ValidatorIndices has one bit per member of the backing group, then
	// eight bits: the core index, least significant bit first.
	ValidatorIndices scale.BitVec
}

// DisputeStatement is a vote in a dispute: DisputeValid or DisputeInvalid.
//
//frame:enum
type DisputeStatement interface{ disputeStatement() }

// DisputeValid says that the candidate is valid.
//
//frame:variant DisputeStatement 0 name=Valid
type DisputeValid struct{ Kind ValidDisputeKind }

// DisputeInvalid says that the candidate is invalid. Kind is 0, explicit.
//
//frame:variant DisputeStatement 1 name=Invalid
type DisputeInvalid struct{ Kind InvalidDisputeKind }

func (DisputeValid) disputeStatement()   {}
func (DisputeInvalid) disputeStatement() {}

// InvalidDisputeKind is how a vote against a candidate was made.
//
//frame:codec
type InvalidDisputeKind uint8

// InvalidExplicit is the one kind of vote against a candidate.
const InvalidExplicit InvalidDisputeKind = 0

// ValidDisputeKind is how a vote for a candidate was made.
//
//frame:enum
type ValidDisputeKind interface{ validDisputeKind() }

// ValidExplicit is a vote made for the dispute.
//
//frame:variant ValidDisputeKind 0 name=Explicit
type ValidExplicit struct{}

// ValidBackingSeconded is a Seconded statement made at RelayParent.
//
//frame:variant ValidDisputeKind 1 name=BackingSeconded
type ValidBackingSeconded struct{ RelayParent Hash }

// ValidBackingValid is a Valid statement made at RelayParent.
//
//frame:variant ValidDisputeKind 2 name=BackingValid
type ValidBackingValid struct{ RelayParent Hash }

// ValidApproval is an approval vote for the candidate alone.
//
//frame:variant ValidDisputeKind 3 name=ApprovalChecking
type ValidApproval struct{}

// ValidApprovalMultiple is an approval vote for several candidates.
//
//frame:variant ValidDisputeKind 4 name=ApprovalCheckingMultipleCandidates
type ValidApprovalMultiple struct {
	Candidates []Hash `scale:"max=16"`
}

func (ValidExplicit) validDisputeKind()         {}
func (ValidBackingSeconded) validDisputeKind()  {}
func (ValidBackingValid) validDisputeKind()     {}
func (ValidApproval) validDisputeKind()         {}
func (ValidApprovalMultiple) validDisputeKind() {}

// DisputeVote is one validator's vote in a DisputeStatementSet.
//
//frame:codec
type DisputeVote struct {
	Statement      DisputeStatement
	ValidatorIndex ValidatorIndex
	Signature      Signature
}

// DisputeStatementSet is votes about one candidate.
//
//frame:codec
type DisputeStatementSet struct {
	CandidateHash Hash
	Session       SessionIndex
	Votes         []DisputeVote `scale:"max=20000"`
}

// ParachainsInherentData is the argument of the parachains inherent of a relay
// block: everything about parachains that the author puts on chain.
//
//frame:codec
//frame:path polkadot_primitives::v8::InherentData
type ParachainsInherentData struct {
	Bitfields        []SignedBitfield      `scale:"max=10000"`
	BackedCandidates []BackedCandidate     `scale:"max=1024"`
	Disputes         []DisputeStatementSet `scale:"max=200"`
	ParentHeader     Header
}

// HRMPChannelID names the channel from Sender to Recipient.
//
//frame:codec
type HRMPChannelID struct {
	Sender    ParaID
	Recipient ParaID
}
