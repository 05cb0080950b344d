package chunkstore

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"

	"github.com/rampart-chain/rampart/availability/erasure"
)

const (
	// MaxItem bounds an item, in bytes: the largest payload, or a chunk of its
	// size with its proof.
	MaxItem = erasure.MaxPayload + 1024

	headerSize = 48
	magic      = "RCS1"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header returns what precedes data in the file of an item; see the package
// comment.
func header(key Key, data []byte) [headerSize]byte {
	var h [headerSize]byte
	copy(h[:4], magic)
	copy(h[4:36], key.Candidate[:])
	binary.LittleEndian.PutUint32(h[36:], uint32(key.Part))
	binary.LittleEndian.PutUint32(h[40:], uint32(len(data)))
	sum := crc32.Update(crc32.Checksum(h[:44], castagnoli), castagnoli, data)
	binary.LittleEndian.PutUint32(h[44:], sum)
	return h
}

// read returns the item in the file at path. It returns ErrCorrupt if the file
// is not the item named key, or an error of the file system.
func read(path string, key Key) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < headerSize || info.Size() > headerSize+MaxItem {
		return nil, ErrCorrupt
	}
	var head [headerSize]byte
	if _, err := io.ReadFull(file, head[:]); err != nil {
		return nil, err
	}
	if int64(binary.LittleEndian.Uint32(head[40:])) != info.Size()-headerSize {
		return nil, ErrCorrupt
	}
	data := make([]byte, info.Size()-headerSize)
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, err
	}
	if head != header(key, data) {
		return nil, ErrCorrupt
	}
	return data, nil
}
