package hrmp_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// Source: polkadot-sdk primitives/src/v8, well_known_keys.
func TestKeys(t *testing.T) {
	for want, got := range map[string]string{
		"6a0da05ca59913bc38a8630590f2627cb6604cff828a6e3f579ca6c59ace013d": hrmp.HrmpChannels.Prefix,
		"6a0da05ca59913bc38a8630590f2627c1d3719f5b0b12c7105c073c507445948": hrmp.HrmpIngressChannelsIndex.Prefix,
		"6a0da05ca59913bc38a8630590f2627cf12b746dcf32e843354583c9702cc020": hrmp.HrmpEgressChannelsIndex.Prefix,
	} {
		if hex.EncodeToString([]byte(got)) != want {
			t.Errorf("got %x want %s", got, want)
		}
	}
	key := hrmp.HrmpChannels.Key(primitives.HRMPChannelID{Sender: 2000, Recipient: 2001})
	if len(key) != 32+8+8 || hex.EncodeToString(key[40:]) != "d0070000d1070000" {
		t.Errorf("key of a channel: %x", key)
	}
}

func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors/channel.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct{ Channels []struct{ Encoded string } }
	if err := json.Unmarshal(raw, &vector); err != nil || len(vector.Channels) != 2 {
		t.Fatal(err, len(vector.Channels))
	}
	head := primitives.Hash{}
	for i := range head {
		head[i] = 9
	}
	for i, mqcHead := range []*primitives.Hash{&head, nil} {
		channel := hrmp.Channel{MaxCapacity: 1, MaxTotalSize: 2, MaxMessageSize: 3, MsgCount: 4, TotalSize: 5, MqcHead: mqcHead,
			SenderDeposit: primitives.NewBalance(6), RecipientDeposit: primitives.NewBalance(7)}
		if got := "0x" + hex.EncodeToString(channel.AppendSCALE(nil)); got != vector.Channels[i].Encoded {
			t.Errorf("got %s want %s", got, vector.Channels[i].Encoded)
		}
		encoded, _ := hex.DecodeString(strings.TrimPrefix(vector.Channels[i].Encoded, "0x"))
		if err := scale.Unmarshal(encoded, &channel); err != nil {
			t.Error(err)
		}
	}
}

func registered(para primitives.ParaID) bool { return para >= 2000 && para < 2200 }

func state(t *testing.T, channels ...hrmp.Preopened) *frame.State {
	t.Helper()
	s := frame.NewState(frame.Memory{})
	if err := configuration.Genesis(s, configuration.Local()); err != nil {
		t.Fatal(err)
	}
	if err := hrmp.Genesis(s, channels, registered); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGenesis(t *testing.T) {
	s := state(t, hrmp.Preopened{From: 2001, To: 2000, Capacity: 8, Size: 100}, hrmp.Preopened{From: 2001, To: 2002, Capacity: 8, Size: 100},
		hrmp.Preopened{From: 2000, To: 2002, Capacity: 8, Size: 100})
	if got := hrmp.HrmpIngressChannelsIndex.Get(s, 2002); !slices.Equal(got, []primitives.ParaID{2000, 2001}) {
		t.Errorf("ingress: %v", got)
	}
	if got := hrmp.HrmpEgressChannelsIndex.Get(s, 2001); !slices.Equal(got, []primitives.ParaID{2000, 2002}) {
		t.Errorf("egress: %v", got)
	}
	many := []hrmp.Preopened{}
	for i := range primitives.ParaID(31) {
		many = append(many, hrmp.Preopened{From: 2000, To: 2100 + i, Capacity: 1, Size: 1})
	}
	for name, c := range map[string]struct {
		channels []hrmp.Preopened
		want     error
	}{
		"to itself":      {[]hrmp.Preopened{{From: 2000, To: 2000, Capacity: 1, Size: 1}}, hrmp.ErrChannelEnds},
		"from nobody":    {[]hrmp.Preopened{{From: 1, To: 2000, Capacity: 1, Size: 1}}, hrmp.ErrChannelEnds},
		"to nobody":      {[]hrmp.Preopened{{From: 2000, To: 1, Capacity: 1, Size: 1}}, hrmp.ErrChannelEnds},
		"twice":          {[]hrmp.Preopened{{From: 2000, To: 2001, Capacity: 1, Size: 1}, {From: 2000, To: 2001, Capacity: 1, Size: 1}}, hrmp.ErrChannelTwice},
		"no capacity":    {[]hrmp.Preopened{{From: 2000, To: 2001, Size: 1}}, hrmp.ErrChannelCapacity},
		"large capacity": {[]hrmp.Preopened{{From: 2000, To: 2001, Capacity: 1001, Size: 1}}, hrmp.ErrChannelCapacity},
		"no size":        {[]hrmp.Preopened{{From: 2000, To: 2001, Capacity: 1}}, hrmp.ErrChannelSize},
		"large size":     {[]hrmp.Preopened{{From: 2000, To: 2001, Capacity: 1, Size: 100<<10 + 1}}, hrmp.ErrChannelSize},
		"many":           {many, hrmp.ErrChannelCount},
	} {
		s := frame.NewState(frame.Memory{})
		if err := configuration.Genesis(s, configuration.Local()); err != nil {
			t.Fatal(err)
		}
		if err := hrmp.Genesis(s, c.channels, registered); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v want %v", name, err, c.want)
		}
	}
}

func out(recipient primitives.ParaID, size int) primitives.OutboundHRMPMessage {
	return primitives.OutboundHRMPMessage{Recipient: recipient, Data: make([]byte, size)}
}

func TestCheckOutbound(t *testing.T) {
	rooms := []hrmp.Room{{Recipient: 2001, Messages: 1, Bytes: 10, MaxMessageSize: 8}, {Recipient: 2003, Messages: 0, Bytes: 10, MaxMessageSize: 8}, {Recipient: 2005, Messages: 3, Bytes: 4, MaxMessageSize: 8}}
	type messages = []primitives.OutboundHRMPMessage
	for name, c := range map[string]struct {
		in   messages
		want error
	}{
		"none":           {nil, nil},
		"largest":        {messages{out(2001, 8), out(2005, 4)}, nil},
		"empty":          {messages{out(2001, 0)}, nil},
		"max+1":          {messages{out(2001, 9)}, hrmp.ErrMessageSize},
		"no message":     {messages{out(2003, 1)}, hrmp.ErrChannelFull},
		"no bytes":       {messages{out(2005, 5)}, hrmp.ErrChannelFull},
		"no channel":     {messages{out(2002, 1)}, hrmp.ErrNoChannel},
		"twice":          {messages{out(2005, 1), out(2005, 1)}, hrmp.ErrRecipientOrder},
		"descending":     {messages{out(2005, 1), out(2001, 1)}, hrmp.ErrRecipientOrder},
		"too many of it": {messages{out(2001, 1), out(2003, 1), out(2005, 1)}, hrmp.ErrMessageCount},
	} {
		if err := hrmp.CheckOutbound(rooms, c.in, 2); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v want %v", name, err, c.want)
		}
	}
	left := hrmp.Occupy(rooms, messages{out(2001, 8), out(2005, 4)})
	if left[0].Messages != 0 || left[0].Bytes != 2 || left[2].Messages != 2 || left[2].Bytes != 0 || rooms[0].Bytes != 10 {
		t.Errorf("left %v of %v", left, rooms)
	}
}

func TestCheckWatermark(t *testing.T) {
	last := primitives.BlockNumber(4)
	w := hrmp.Watermarks{Last: &last, Blocks: []primitives.BlockNumber{6, 9}}
	for _, c := range []struct {
		w           hrmp.Watermarks
		relayParent primitives.BlockNumber
		next        primitives.BlockNumber
		want        error
	}{
		{w, 10, 10, nil},
		{w, 10, 9, nil},
		{w, 10, 6, nil},
		{w, 10, 11, hrmp.ErrWatermarkAhead},
		{w, 8, 9, hrmp.ErrWatermarkAhead},
		{w, 10, 7, hrmp.ErrWatermarkBlock},
		{w, 10, 4, hrmp.ErrWatermarkStuck},
		{w, 10, 0, hrmp.ErrWatermarkStuck},
		{w, 4, 4, nil}, // built at the relay parent of the one before
		{hrmp.Watermarks{}, 3, 0, hrmp.ErrWatermarkBlock},
		{hrmp.Watermarks{}, 0, 0, nil},
		{w.After(6), 10, 6, hrmp.ErrWatermarkStuck},
		{w.After(6), 10, 9, nil},
		{w.After(8), 10, 6, hrmp.ErrWatermarkStuck},
		{w.After(10), 10, 9, hrmp.ErrWatermarkStuck},
	} {
		if err := hrmp.CheckWatermark(c.w, c.relayParent, c.next); !errors.Is(err, c.want) {
			t.Errorf("%v: %d at %d: got %v want %v", c.w, c.next, c.relayParent, err, c.want)
		}
	}
}

// What was sent up to the watermark goes, in all channels to the para; nothing
// else.
func TestAdvance(t *testing.T) {
	s := state(t, hrmp.Preopened{From: 2000, To: 2002, Capacity: 8, Size: 100}, hrmp.Preopened{From: 2001, To: 2002, Capacity: 8, Size: 100},
		hrmp.Preopened{From: 2000, To: 2001, Capacity: 8, Size: 100})
	hrmp.Send(s, 2000, 3, []primitives.OutboundHRMPMessage{out(2001, 1), out(2002, 2)})
	hrmp.Send(s, 2001, 3, []primitives.OutboundHRMPMessage{out(2002, 3)})
	hrmp.Send(s, 2000, 3, []primitives.OutboundHRMPMessage{out(2002, 4)})
	hrmp.Send(s, 2000, 5, []primitives.OutboundHRMPMessage{out(2002, 5)})
	if got := hrmp.HrmpChannelDigests.Get(s, 2002); len(got) != 2 || !slices.Equal(got[0].Senders, []primitives.ParaID{2000, 2001}) {
		t.Fatalf("digests: %v", got)
	}
	if w := hrmp.WatermarksOf(s, 2002); w.Last != nil || !slices.Equal(w.Blocks, []primitives.BlockNumber{3, 5}) {
		t.Errorf("watermarks: %v", w)
	}
	channel := func(from, to primitives.ParaID) hrmp.Channel {
		return hrmp.HrmpChannels.Get(s, primitives.HRMPChannelID{Sender: from, Recipient: to})
	}
	head := channel(2000, 2002).MqcHead
	hrmp.Advance(s, 2002, 4)
	if c := channel(2000, 2002); c.MsgCount != 1 || c.TotalSize != 5 || *c.MqcHead != *head {
		t.Errorf("2000 to 2002: %+v", c)
	}
	if c := channel(2001, 2002); c.MsgCount != 0 || c.TotalSize != 0 || c.MqcHead == nil {
		t.Errorf("2001 to 2002: %+v", c)
	}
	if c := channel(2000, 2001); c.MsgCount != 1 {
		t.Errorf("2000 to 2001: %+v", c)
	}
	in := hrmp.InboundContents(s, 2002)
	if len(in) != 2 || in[0].Sender != 2000 || len(in[0].Messages) != 1 || in[0].Messages[0].SentAt != 5 || len(in[1].Messages) != 0 {
		t.Errorf("contents: %v", in)
	}
	hrmp.Advance(s, 2002, 9)
	if hrmp.HrmpChannelDigests.Has(s, 2002) || hrmp.HrmpWatermarks.Get(s, 2002) != 9 {
		t.Error("digests stay, or the watermark does not move")
	}
}

// BenchmarkSend sends ten messages of a candidate into channels that are nearly full: of
// 1,000 messages of 102 bytes.
func BenchmarkSend(b *testing.B) {
	base := frame.NewState(frame.Memory{})
	waiting := make([]primitives.InboundHRMPMessage, 1000)
	for i := range waiting {
		waiting[i] = primitives.InboundHRMPMessage{SentAt: 1, Data: make([]byte, 102)}
	}
	var messages []primitives.OutboundHRMPMessage
	for i := range primitives.ParaID(10) {
		id := primitives.HRMPChannelID{Sender: 1, Recipient: 2000 + i}
		hrmp.HrmpChannels.Put(base, id, hrmp.Channel{MaxCapacity: 1001, MaxTotalSize: 1 << 20, MaxMessageSize: 1 << 10, MsgCount: 1000, TotalSize: 102_000})
		hrmp.HrmpChannelContents.Put(base, id, waiting)
		messages = append(messages, primitives.OutboundHRMPMessage{Recipient: id.Recipient, Data: make([]byte, 102)})
	}
	memory := frame.Memory{}
	for _, change := range base.Changes() {
		memory[string(change.Key)] = change.Value
	}
	b.ReportAllocs()
	for b.Loop() {
		hrmp.Send(frame.NewState(memory), 1, 2, messages)
	}
}
