package api

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// core is what every runtime answers.
//
//frame:api Core 5
type core struct{ *Call }

// Version returns the versions of the rules.
func (c core) Version() system.RuntimeVersion { return c.Block.Chain.Version() }

// ExecuteBlock checks a child, whose header carries no seal, of the block that is
// asked. It fails with the reason for which the child is invalid.
func (c core) ExecuteBlock(block primitives.Block) error {
	return c.Block.Chain.Rules.Check(c.Block.View, c.Block.Header, block)
}

// metadataAPI describes the rules.
//
//frame:api Metadata 2
type metadataAPI struct{ *Call }

// OpaqueMetadata is metadata as bytes behind their length.
//
//frame:codec
//frame:path sp_core::OpaqueMetadata
type OpaqueMetadata []byte

// metadataVersions are those that can be asked for.
var metadataVersions = []uint32{metadata.V14, metadata.V15, metadata.V16}

// Metadata returns the metadata of version 14.
func (m metadataAPI) Metadata() (OpaqueMetadata, error) { return m.encode(metadata.V14) }

// MetadataAtVersion returns the metadata of a version, if it is one of
// metadata_versions.
func (m metadataAPI) MetadataAtVersion(version uint32) (*OpaqueMetadata, error) {
	if !slices.Contains(metadataVersions, version) {
		return nil, nil
	}
	encoded, err := m.encode(uint8(version))
	return &encoded, err
}

// MetadataVersions returns the versions of metadata that there are.
func (metadataAPI) MetadataVersions() []uint32 { return metadataVersions }

func (m metadataAPI) encode(version uint8) (OpaqueMetadata, error) {
	described, err := m.Block.Chain.Metadata(m.Block.View)
	if err != nil {
		return nil, err
	}
	return described.Encode(version), nil
}
