package frame_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/scale"
)

var lists = frame.Map[uint32, [][]byte]{
	Prefix: "lists", Hasher: frame.Twox64Concat,
	Keys: frame.Codec[uint32]{Append: scale.AppendU32, Decode: func(d *scale.Decoder, v *uint32) { *v = d.U32() }},
	Values: frame.Codec[[][]byte]{
		Append: func(b []byte, v [][]byte) []byte {
			b = scale.AppendCompact(b, uint64(len(v)))
			for _, item := range v {
				b = scale.AppendBytes(b, item)
			}
			return b
		},
		Decode: func(d *scale.Decoder, v *[][]byte) {
			*v = scale.Slice(d, 1<<20, 1, 24, func(item *[]byte) { *item = d.Bytes(1 << 10) })
		},
	},
}

// TestPush: a list that grows by Push is the one that is written whole, also where its
// length takes more bytes.
func TestPush(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	var want [][]byte
	for i := range 1<<14 + 2 {
		item := bytes.Repeat([]byte{byte(i)}, i%3)
		want = append(want, item)
		frame.Push(s, lists, 7, item)
		if i < 70 || i > 1<<14-3 {
			if got := s.Get(lists.Key(7)); !bytes.Equal(got, lists.Values.Append(nil, want)) {
				t.Fatalf("%d items: another encoding", i+1)
			}
		}
	}
	if got := lists.Get(s, 7); !slices.EqualFunc(got, want, bytes.Equal) {
		t.Error("another list")
	}
}

func TestPushNoList(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	s.Put(lists.Key(7), []byte{3}) // a length that lacks its bytes
	defer func() {
		if recover() == nil {
			t.Error("a list without a length was taken")
		}
	}()
	frame.Push(s, lists, 7, nil)
}
