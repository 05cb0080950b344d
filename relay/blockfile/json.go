package blockfile

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// signedBlock is a SignedBlock as serde writes it. Justifications are pairs of
// lists of bytes.
type signedBlock struct {
	Block struct {
		Header     header  `json:"header"`
		Extrinsics []bytes `json:"extrinsics"`
	} `json:"block"`
	Justifications [][2]numbers `json:"justifications"`
}

type header struct {
	ParentHash     bytes  `json:"parentHash"`
	Number         string `json:"number"`
	StateRoot      bytes  `json:"stateRoot"`
	ExtrinsicsRoot bytes  `json:"extrinsicsRoot"`
	Digest         struct {
		Logs []bytes `json:"logs"`
	} `json:"digest"`
}

// bytes are written in hexadecimal after 0x.
type bytes []byte

func (b bytes) MarshalText() ([]byte, error) { return []byte("0x" + hex.EncodeToString(b)), nil }

func (b *bytes) UnmarshalText(text []byte) (err error) {
	digits, ok := strings.CutPrefix(string(text), "0x")
	if !ok {
		return errors.New("bytes without 0x")
	}
	*b, err = hex.DecodeString(digits)
	return err
}

// numbers are bytes that are written as a list of numbers.
type numbers []byte

func (n numbers) MarshalJSON() ([]byte, error) {
	list := make([]uint16, len(n))
	for i, b := range n {
		list[i] = uint16(b)
	}
	return json.Marshal(list)
}

func (n *numbers) UnmarshalJSON(text []byte) error {
	var list []uint16
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	*n = make(numbers, len(list))
	for i, b := range list {
		if b > 0xff {
			return fmt.Errorf("%d is no byte", b)
		}
		(*n)[i] = byte(b)
	}
	return nil
}

func toJSON(b chain.StoredBlock) signedBlock {
	var out signedBlock
	h := b.Block.Header
	out.Block.Header = header{ParentHash: h.ParentHash[:], Number: "0x" + strconv.FormatUint(uint64(h.Number), 16), StateRoot: h.StateRoot[:], ExtrinsicsRoot: h.ExtrinsicsRoot[:]}
	out.Block.Header.Digest.Logs = []bytes{}
	for _, item := range h.Digest {
		out.Block.Header.Digest.Logs = append(out.Block.Header.Digest.Logs, primitives.AppendDigestItem(nil, item))
	}
	out.Block.Extrinsics = []bytes{}
	for _, x := range b.Block.Extrinsics {
		out.Block.Extrinsics = append(out.Block.Extrinsics, scale.AppendBytes(nil, x))
	}
	if j := b.Justification; j != nil {
		out.Justifications = [][2]numbers{{j.Engine[:], j.Data}}
	}
	return out
}

// block returns the block that s stands for.
func (s signedBlock) block() (b chain.StoredBlock, err error) {
	h := s.Block.Header
	number, err := strconv.ParseUint(strings.TrimPrefix(h.Number, "0x"), 16, 32)
	if err != nil {
		return b, fmt.Errorf("header number: %w", err)
	}
	b.Block.Header.Number = primitives.BlockNumber(number)
	for _, field := range []struct {
		from bytes
		to   *primitives.Hash
	}{{h.ParentHash, &b.Block.Header.ParentHash}, {h.StateRoot, &b.Block.Header.StateRoot}, {h.ExtrinsicsRoot, &b.Block.Header.ExtrinsicsRoot}} {
		if len(field.from) != len(field.to) {
			return b, errors.New("header has a hash that is not 32 bytes")
		}
		*field.to = primitives.Hash(field.from)
	}
	for _, log := range h.Digest.Logs {
		d := scale.NewDecoder(log)
		b.Block.Header.Digest = append(b.Block.Header.Digest, primitives.DecodeDigestItem(d))
		if err := d.Finish(); err != nil {
			return b, fmt.Errorf("digest item: %w", err)
		}
	}
	for i, x := range s.Block.Extrinsics {
		d := scale.NewDecoder(x)
		b.Block.Extrinsics = append(b.Block.Extrinsics, d.Bytes(maxBlock))
		if err := d.Finish(); err != nil {
			return b, fmt.Errorf("extrinsic %d: %w", i, err)
		}
	}
	if len(s.Justifications) > maxJustifications {
		return b, errors.New("too many justifications")
	}
	for _, pair := range s.Justifications {
		if string(pair[0]) == string(primitives.EngineGRANDPA[:]) {
			b.Justification = &primitives.Justification{Engine: primitives.EngineGRANDPA, Data: pair[1]}
		}
	}
	// The same bounds as in the binary form.
	return b, check(b)
}

// check returns an error if b is not what its encoding decodes to.
func check(b chain.StoredBlock) error {
	d := scale.NewDecoder(appendBlock(nil, b))
	decodeBlock(d)
	return d.Finish()
}

// jsonReader reads objects one after the other, none longer than maxJSON.
type jsonReader struct {
	decoder *json.Decoder
	limited *limited
}

// maxJSON bounds the text of a block: hexadecimal, and numbers of justifications.
const maxJSON = 5 * maxBlock

// limited fails after left bytes, so that one object cannot fill the memory.
type limited struct {
	io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errors.New("block is too long")
	}
	n, err := l.Reader.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

func newJSONReader(r io.Reader) *jsonReader {
	in := &limited{Reader: r, left: maxJSON}
	return &jsonReader{decoder: json.NewDecoder(in), limited: in}
}

func (r *jsonReader) next() (chain.StoredBlock, error) {
	r.limited.left = maxJSON
	var s signedBlock
	if err := r.decoder.Decode(&s); err != nil {
		return chain.StoredBlock{}, err
	}
	return s.block()
}
