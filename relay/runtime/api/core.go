package api

import (
	"fmt"
	"slices"

	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// core is what every runtime answers.
//
//frame:api Core 5
type core struct{ *call }

// Version returns the versions of the rules.
func (core) Version() system.RuntimeVersion { return Version() }

// ExecuteBlock checks a child, whose header carries no seal, of the block that is
// asked. It fails with the reason for which the child is invalid.
func (c core) ExecuteBlock(block primitives.Block) error {
	_, err := c.block.Runtime.Execute(c.block.View, c.block.Header, block)
	return err
}

// metadataAPI describes the rules.
//
//frame:api Metadata 2
type metadataAPI struct{ *call }

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
	query := runtime.NewQuery(m.block.View)
	fixed := query.BABE()
	if query.Err() != nil {
		return nil, fmt.Errorf("%w: %w", runtime.ErrView, query.Err())
	}
	return Metadata(fixed).Encode(version), nil
}
