package wire

import (
	"bytes"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

var data = primitives.AvailableData{
	PoV:            primitives.PoV{BlockData: bytes.Repeat([]byte("block"), 200)},
	ValidationData: primitives.PersistedValidationData{ParentHead: []byte("head"), RelayParentNumber: 7, MaxPoVSize: 1 << 20},
}

func committed(t testing.TB) (Commitment, []chunk.Chunk) {
	t.Helper()
	root, chunks, err := chunk.Encode(scale.Marshal(data), 7)
	if err != nil {
		t.Fatal(err)
	}
	return Commitment{Root: root, Validators: 7}, chunks
}

func TestAnswers(t *testing.T) {
	c, chunks := committed(t)
	for i := range chunks {
		got, err := c.Chunk(Some(chunks[i].AppendSCALE(nil)), primitives.ValidatorIndex(i))
		if err != nil || !bytes.Equal(got.Data, chunks[i].Data) {
			t.Errorf("chunk %d: %v", i, err)
		}
	}
	if got, err := c.Data(Some(scale.Marshal(data))); err != nil || !bytes.Equal(scale.Marshal(got), scale.Marshal(data)) {
		t.Errorf("data: %v", err)
	}
	if got, err := PoV(Some(scale.Marshal(data.PoV)), data.PoV.Hash()); err != nil || !bytes.Equal(got.BlockData, data.PoV.BlockData) {
		t.Errorf("PoV: %v", err)
	}
	if !bytes.Equal(None(), scale.Marshal(ChunkResponse{})) || !bytes.Equal(Some(scale.Marshal(data)), scale.Marshal(DataResponse{Data: &data})) {
		t.Error("None and Some are not the encodings of answers")
	}
	if got, err := c.Chunk(None(), 0); got != nil || err != nil {
		t.Errorf("no chunk: %v, %v", got, err)
	}
}

func TestLies(t *testing.T) {
	c, chunks := committed(t)
	short, forged := chunks[2], chunks[2]
	short.Proof = short.Proof[1:]
	forged.Data = append(bytes.Clone(forged.Data[1:]), 0)
	other := data
	other.ValidationData.RelayParentNumber++
	ask := func(index primitives.ValidatorIndex, answer []byte) error {
		_, err := c.Chunk(answer, index)
		return err
	}
	_, errData := c.Data(Some(scale.Marshal(other)))
	_, errPoV := PoV(Some(scale.Marshal(primitives.PoV{BlockData: []byte("other")})), data.PoV.Hash())
	for name, test := range map[string]struct{ got, want error }{
		"other index":     {ask(3, Some(chunks[2].AppendSCALE(nil))), ErrIndex},
		"short proof":     {ask(2, Some(short.AppendSCALE(nil))), chunk.ErrDepth},
		"forged data":     {ask(2, Some(forged.AppendSCALE(nil))), chunk.ErrProof},
		"index beyond n":  {ask(9, Some((&chunk.Chunk{Index: 9}).AppendSCALE(nil))), erasure.ErrIndex},
		"version":         {ask(2, append([]byte{2}, None()[1:]...)), ErrVersion},
		"trailing bytes":  {ask(2, append(None(), 0)), scale.ErrTrailing},
		"other data":      {errData, ErrData},
		"other PoV":       {errPoV, ErrPoV},
		"nothing at all":  {ask(2, nil), scale.ErrShort},
		"neither 0 nor 1": {ask(2, []byte{1, 2}), scale.ErrOption},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: got %v, want %v", name, test.got, test.want)
		}
	}
}

// FuzzMessages: what is decoded encodes to the same bytes, whatever the bytes.
func FuzzMessages(f *testing.F) {
	_, chunks := committed(f)
	f.Add(Some(chunks[3].AppendSCALE(nil)))
	f.Add(Some(scale.Marshal(data)))
	f.Add(Some(scale.Marshal(data.PoV)))
	f.Add(None())
	f.Add(scale.Marshal(ChunkRequest{Candidate: primitives.Hash{1}, Index: 5}))
	f.Add(scale.Marshal(DataRequest{Candidate: primitives.Hash{1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range []interface {
			scale.Marshaler
			scale.Unmarshaler
		}{new(ChunkRequest), new(ChunkResponse), new(DataRequest), new(DataResponse), new(PoVRequest), new(PoVResponse)} {
			if scale.Unmarshal(b, m) == nil && !bytes.Equal(scale.Marshal(m), b) {
				t.Errorf("%T encodes to other bytes", m)
			}
		}
		c, _ := committed(t)
		if got, err := c.Chunk(b, 3); err == nil && got != nil && chunk.Verify(c.Root, 7, 3, got.Data, got.Proof) != nil {
			t.Error("wrong chunk accepted")
		}
	})
}
