package oracle_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/oracle"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

const (
	para   = primitives.ParaID(2000)
	sender = primitives.ParaID(2001)
)

// relay returns a state in which messages were sent to para at blocks 3, 3 and 5.
func relay() *frame.State {
	s := frame.NewState(frame.Memory{})
	id := primitives.HRMPChannelID{Sender: sender, Recipient: para}
	hrmp.HrmpChannels.Put(s, id, hrmp.Channel{MaxCapacity: 9, MaxTotalSize: 99, MaxMessageSize: 9})
	hrmp.HrmpIngressChannelsIndex.Put(s, para, []primitives.ParaID{sender})
	for i, at := range []primitives.BlockNumber{3, 3, 5} {
		hrmp.Send(s, sender, at, []primitives.OutboundHRMPMessage{{Recipient: para, Data: []byte{byte(i)}}})
	}
	return s
}

// next returns a right block on head with a watermark.
func next(s *frame.State, raw primitives.HeadData, watermark primitives.BlockNumber) oracle.Block {
	var head oracle.Head
	if err := scale.Unmarshal(raw, &head); err != nil {
		panic(err)
	}
	return oracle.Block{Add: 1, Counter: head.Counter + 1, Watermark: watermark, Inbound: oracle.Waiting(s, para, head, watermark)}
}

func validate(s *frame.State, head primitives.HeadData, b oracle.Block) (primitives.ValidationResult, error) {
	return oracle.Validate(primitives.ValidationParams{ParentHead: head, BlockData: b.AppendSCALE(nil), RelayParentNumber: 6}, para, s)
}

func TestValidate(t *testing.T) {
	t.Parallel()
	s, first := relay(), oracle.Genesis(para)
	half, err := validate(s, first, next(s, first, 3))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		head   primitives.HeadData
		change func(*oracle.Block)
		want   error
	}{
		"all":              {first, func(*oracle.Block) {}, nil},
		"the rest":         {half.HeadData, func(*oracle.Block) {}, nil},
		"head":             {primitives.HeadData{1}, func(*oracle.Block) {}, oracle.ErrHead},
		"counter":          {first, func(b *oracle.Block) { b.Counter++ }, oracle.ErrCounter},
		"watermark ahead":  {first, func(b *oracle.Block) { b.Watermark = 7 }, oracle.ErrWatermark},
		"watermark falls":  {half.HeadData, func(b *oracle.Block) { b.Watermark = 2 }, oracle.ErrWatermark},
		"message skipped":  {first, func(b *oracle.Block) { b.Inbound[0].Messages = b.Inbound[0].Messages[1:] }, oracle.ErrMessages},
		"message changed":  {first, func(b *oracle.Block) { b.Inbound[0].Messages[0].Data = []byte("x") }, oracle.ErrMessages},
		"messages swapped": {first, func(b *oracle.Block) { m := b.Inbound[0].Messages; m[0], m[1] = m[1], m[0] }, oracle.ErrMessages},
		"nothing taken":    {first, func(b *oracle.Block) { b.Inbound = nil }, oracle.ErrMessages},
		"message lost before": {oracle.Head{Watermark: 3}.AppendSCALE(nil), func(b *oracle.Block) {
			*b = next(relay(), oracle.Head{Watermark: 3}.AppendSCALE(nil), 6)
		}, oracle.ErrChain},
	} {
		t.Run(name, func(t *testing.T) {
			head := test.head
			if test.want == oracle.ErrHead {
				head = first
			}
			b := next(relay(), head, 6)
			test.change(&b)
			if _, err := validate(s, test.head, b); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	if _, err := oracle.Validate(primitives.ValidationParams{ParentHead: first, BlockData: []byte{1}}, para, s); err != oracle.ErrBlock {
		t.Errorf("no block: got %v", err)
	}
}
