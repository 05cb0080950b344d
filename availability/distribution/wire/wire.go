package wire

import (
	"fmt"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Reason says what is wrong with a message. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package. What else is wrong with a message, relay/scale and
// availability/chunk say.
const (
	ErrVersion = Reason("message is of another version")
	ErrIndex   = Reason("answer is another chunk than was asked for")
	ErrData    = Reason("answer is not the data that the erasure root commits to")
	ErrPoV     = Reason("answer is not the proof of validity of the candidate")
)

// version is that of all messages of this package.
const version = 1

// Version is the first byte of a message: 1, else ErrVersion.
type Version struct{}

// AppendSCALE appends the byte.
func (Version) AppendSCALE(b []byte) []byte { return append(b, version) }

// DecodeSCALE reads the byte.
func (*Version) DecodeSCALE(d *scale.Decoder) {
	if d.U8() != version {
		d.Fail(ErrVersion)
	}
}

// ChunkRequest asks for one chunk of a candidate's data.
//
//frame:codec
type ChunkRequest struct {
	Version   Version
	Candidate primitives.Hash
	Index     primitives.ValidatorIndex
}

// ChunkResponse answers a ChunkRequest.
//
//frame:codec
type ChunkResponse struct {
	Version Version
	Chunk   *chunk.Chunk
}

// DataRequest asks for all data of a candidate.
//
//frame:codec
type DataRequest struct {
	Version   Version
	Candidate primitives.Hash
}

// DataResponse answers a DataRequest.
//
//frame:codec
type DataResponse struct {
	Version Version
	Data    *primitives.AvailableData
}

// PoVRequest asks for a candidate's proof of validity.
//
//frame:codec
type PoVRequest struct {
	Version   Version
	Candidate primitives.Hash
}

// PoVResponse answers a PoVRequest.
//
//frame:codec
type PoVResponse struct {
	Version Version
	PoV     *primitives.PoV
}

// None returns the answer of who does not hold what was asked for.
func None() []byte { return []byte{version, 0} }

// Some returns the answer that carries what is encoded in item: a chunk.Chunk, an
// AvailableData or a PoV.
func Some(item []byte) []byte {
	return append(append(make([]byte, 0, 2+len(item)), version, 1), item...)
}

// Commitment is what a candidate commits its data with.
type Commitment struct {
	// Root is the erasure root of the candidate's descriptor.
	Root primitives.Hash
	// Validators is how many validators the data is split among.
	Validators int
}

// Chunk reads the answer to a request for chunk index; nil if the peer does not
// hold it. Every error blames the peer: the answer is malformed, another chunk,
// or the root does not commit to it.
func (c Commitment) Chunk(answer []byte, index primitives.ValidatorIndex) (*chunk.Chunk, error) {
	var r ChunkResponse
	if err := scale.Unmarshal(answer, &r); err != nil || r.Chunk == nil {
		return nil, err
	}
	if r.Chunk.Index != erasure.Index(index) {
		return nil, fmt.Errorf("chunk %d for %d: %w", r.Chunk.Index, index, ErrIndex)
	}
	if err := chunk.Verify(c.Root, c.Validators, r.Chunk.Index, r.Chunk.Data, r.Chunk.Proof); err != nil {
		return nil, err
	}
	return r.Chunk, nil
}

// Data reads the answer to a request for all data; nil if the peer does not hold
// it. Every error blames the peer. It encodes the data again to compare the root.
func (c Commitment) Data(answer []byte) (*primitives.AvailableData, error) {
	var r DataResponse
	if err := scale.Unmarshal(answer, &r); err != nil || r.Data == nil {
		return nil, err
	}
	shards, err := erasure.Encode(scale.Marshal(*r.Data), c.Validators)
	if err != nil {
		return nil, err
	}
	root, err := chunk.Root(shards)
	if err == nil && root != c.Root {
		err = ErrData
	}
	if err != nil {
		return nil, err
	}
	return r.Data, nil
}

// PoV reads the answer to a request for the proof of validity with this hash; nil
// if the peer does not hold it. Every error blames the peer.
func PoV(answer []byte, hash primitives.Hash) (*primitives.PoV, error) {
	var r PoVResponse
	if err := scale.Unmarshal(answer, &r); err != nil || r.PoV == nil {
		return nil, err
	}
	if r.PoV.Hash() != hash {
		return nil, ErrPoV
	}
	return r.PoV, nil
}
