package primitives_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// check runs the promises of a decoder on data and returns why it refused.
type check func(t testing.TB, data []byte) error

func of[T scale.Marshaler, P interface {
	*T
	scale.Unmarshaler
}]() check {
	return func(t testing.TB, data []byte) error { t.Helper(); return scaletest.Type[T, P](t, data) }
}

func enum[T any](decode func(*scale.Decoder) T, encode func([]byte, T) []byte) check {
	return func(t testing.TB, data []byte) error {
		t.Helper()
		return scaletest.Enum(t, data, decode, encode)
	}
}

// decoders are all decoders of the package, by the type they read.
var decoders = map[string]check{
	"AllowedSlots":              of[primitives.AllowedSlots](),
	"AvailableData":             of[primitives.AvailableData](),
	"BABEAuthority":             of[primitives.BABEAuthority](),
	"BABEConfiguration":         of[primitives.BABEConfiguration](),
	"BABELog":                   enum(primitives.DecodeBABELog, primitives.AppendBABELog),
	"BABEOnDisabled":            of[primitives.BABEOnDisabled](),
	"BABEPreDigest":             enum(primitives.DecodeBABEPreDigest, primitives.AppendBABEPreDigest),
	"Balance":                   of[primitives.Balance](),
	"BackedCandidate":           of[primitives.BackedCandidate](),
	"Block":                     of[primitives.Block](),
	"BlockID":                   of[primitives.BlockID](),
	"CandidateCommitments":      of[primitives.CandidateCommitments](),
	"CandidateDescriptor":       of[primitives.CandidateDescriptor](),
	"CandidateReceipt":          of[primitives.CandidateReceipt](),
	"Commit":                    of[primitives.Commit](),
	"CommittedCandidateReceipt": of[primitives.CommittedCandidateReceipt](),
	"CompactCommit":             of[primitives.CompactCommit](),
	"CompactStatement":          of[primitives.CompactStatement](),
	"DigestItem":                enum(primitives.DecodeDigestItem, primitives.AppendDigestItem),
	"DisputeStatement":          enum(primitives.DecodeDisputeStatement, primitives.AppendDisputeStatement),
	"DisputeStatementSet":       of[primitives.DisputeStatementSet](),
	"DisputeVote":               of[primitives.DisputeVote](),
	"Era":                       of[primitives.Era](),
	"ExtrinsicSignature":        of[primitives.ExtrinsicSignature](),
	"GRANDPAAuthority":          of[primitives.GRANDPAAuthority](),
	"GRANDPAJustification":      of[primitives.GRANDPAJustification](),
	"GRANDPALog":                enum(primitives.DecodeGRANDPALog, primitives.AppendGRANDPALog),
	"GRANDPAMessage":            enum(primitives.DecodeGRANDPAMessage, primitives.AppendGRANDPAMessage),
	"HRMPChannelID":             of[primitives.HRMPChannelID](),
	"HeadData":                  of[primitives.HeadData](),
	"Header":                    of[primitives.Header](),
	"InboundDownwardMessage":    of[primitives.InboundDownwardMessage](),
	"InboundHRMPMessage":        of[primitives.InboundHRMPMessage](),
	"InvalidDisputeKind":        of[primitives.InvalidDisputeKind](),
	"Justification":             of[primitives.Justification](),
	"MultiAddress":              enum(primitives.DecodeMultiAddress, primitives.AppendMultiAddress),
	"MultiSignature":            enum(primitives.DecodeMultiSignature, primitives.AppendMultiSignature),
	"NextConfigDescriptor":      of[primitives.NextConfigDescriptor](),
	"OutboundHRMPMessage":       of[primitives.OutboundHRMPMessage](),
	"ParachainsInherentData":    of[primitives.ParachainsInherentData](),
	"PersistedValidationData":   of[primitives.PersistedValidationData](),
	"PoV":                       of[primitives.PoV](),
	"PrecommitAuthTag":          of[primitives.PrecommitAuthTag](),
	"SignedBitfield":            of[primitives.SignedBitfield](),
	"SignedExtra":               of[primitives.SignedExtra](),
	"SignedImplicit":            of[primitives.SignedImplicit](),
	"SignedMessage":             of[primitives.SignedMessage](),
	"SignedPrecommit":           of[primitives.SignedPrecommit](),
	"SignedPrevote":             of[primitives.SignedPrevote](),
	"SignedStatement":           of[primitives.SignedStatement](),
	"SigningContext":            of[primitives.SigningContext](),
	"ValidDisputeKind":          enum(primitives.DecodeValidDisputeKind, primitives.AppendValidDisputeKind),
	"ValidationCode":            of[primitives.ValidationCode](),
	"ValidationParams":          of[primitives.ValidationParams](),
	"ValidationResult":          of[primitives.ValidationResult](),
	"ValidityAttestation":       enum(primitives.DecodeValidityAttestation, primitives.AppendValidityAttestation),
	"VRFSignature":              of[primitives.VRFSignature](),
}

// inside are types that are only decoded as a variant of a sum type above.
var inside = map[string]bool{
	"PrimaryClaim": true, "SecondaryPlainClaim": true, "SecondaryVRFClaim": true, "NextEpochData": true, "NextConfigData": true,
	"Prevote": true, "Precommit": true, "PrimaryPropose": true, "ScheduledChange": true, "ForcedChange": true, "GRANDPAOnDisabled": true,
	"Pause": true, "Resume": true, "Other": true, "Consensus": true, "Seal": true, "PreRuntime": true, "RuntimeEnvironmentUpdated": true,
	"AddressID": true, "AddressIndex": true, "AddressRaw": true, "Address32": true, "Address20": true, "ED25519Signature": true,
	"SR25519Signature": true, "ECDSASignature": true, "ImplicitAttestation": true, "ExplicitAttestation": true, "DisputeValid": true,
	"DisputeInvalid": true, "ValidExplicit": true, "ValidBackingSeconded": true, "ValidBackingValid": true, "ValidApproval": true,
	"ValidApprovalMultiple": true,
}

// TestEveryDecoderIsChecked keeps the table above whole.
func TestEveryDecoderIsChecked(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	declaration := regexp.MustCompile(`(?m)^func (?:\(\w+ \*(\w+)\) DecodeSCALE|Decode(\w+))\(\w+ \*scale\.Decoder\)`)
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file.Name())
		if err != nil {
			continue
		}
		for _, m := range declaration.FindAllStringSubmatch(string(text), -1) {
			found++
			if name := m[1] + m[2]; decoders[name] == nil && !inside[name] {
				t.Errorf("the decoder of %s is not checked", name)
			}
		}
	}
	if found != len(decoders)+len(inside) {
		t.Errorf("%d decoders in the package, %d are checked", found, len(decoders)+len(inside))
	}
}
