//go:build !wasip1

package frame

import (
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// extrinsicTypes are the types that the metadata of every runtime needs.
//
//frame:types
type extrinsicTypes struct {
	Address   primitives.MultiAddress
	Signature primitives.MultiSignature
	Hash      primitives.Hash
	Option    *[32]byte
	Phase     Phase
	Nonce     primitives.Nonce   `scale:"compact"`
	Tip       primitives.Balance `scale:"compact"`
}

// Zero returns the encoding of the zero value of T.
func Zero[T any](c Codec[T]) []byte {
	var zero T
	return c.Append(nil, zero)
}

// extensions are those of signed extrinsics, as primitives.SignedExtra and
// SignedImplicit have them: path, what is carried, what is covered besides.
var extensions = []struct{ identifier, path, carried, covered string }{
	{"CheckNonZeroSender", "check_non_zero_sender", "", "()"},
	{"CheckSpecVersion", "check_spec_version", "", "u32"},
	{"CheckTxVersion", "check_tx_version", "", "u32"},
	{"CheckGenesis", "check_genesis", "", "relay/primitives.Hash"},
	{"CheckMortality", "check_mortality", "era", "relay/primitives.Hash"},
	{"CheckNonce", "check_nonce", "compact u32", "()"},
	{"CheckWeight", "check_weight", "", "()"},
	{"ChargeTransactionPayment", "charge_transaction_payment", "compact u128", "()"},
	{"CheckMetadataHash", "check_metadata_hash", "metadata mode", "option [32]u8"},
}

// Metadata describes a runtime of these pallets, as yet without runtime calls.
// name is the first part of the paths of its outer enums and must end in
// _runtime; constants are values that the runtime, not a pallet, fixes, by
// pallet.
func (p Pallets) Metadata(name string, constants map[string][]metadata.Constant) metadata.Runtime {
	r := metadata.Runtime{Name: name, Address: "relay/primitives.MultiAddress", Signature: "relay/primitives.MultiSignature",
		Types: append(metadataTypes(), metadata.Era(), metadata.Type{Key: "metadata mode", Path: "frame_metadata_hash_extension::Mode",
			Def: metadata.Variants{{Name: "Disabled", Index: 0}, {Name: "Enabled", Index: 1}}})}
	for _, e := range extensions {
		def := metadata.Composite{}
		if e.carried != "" {
			def = metadata.Composite{{Type: e.carried}}
		}
		path := "frame_system::extensions::" + e.path + "::" + e.identifier
		r.Types = append(r.Types, metadata.Type{Key: e.identifier, Path: path, Def: def})
		r.Extensions = append(r.Extensions, metadata.Extension{Identifier: e.identifier, Type: e.identifier, Additional: e.covered})
	}
	for _, entry := range p {
		described := metadata.Pallet{}
		if entry.Pallet.Metadata != nil {
			described = entry.Pallet.Metadata()
		}
		described.Constants = append(described.Constants, constants[entry.Pallet.Name]...)
		r.Pallets = append(r.Pallets, metadata.Entry{Name: entry.Pallet.Name, Index: entry.Index, Pallet: described})
	}
	return r
}
