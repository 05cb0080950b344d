package parachainsystem_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/parachain/sdk/relaytest"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

const para primitives.ParaID = 2000

// chain is the pallet alone, without blocks: every step is a block with the
// inherent, deliveries and sending, and no more.
type chain struct {
	t         *testing.T
	relay     *relaytest.Relay
	context   *frame.Context
	head      primitives.HeadData
	delivered []string
	hold      bool                  // candidates wait for their inclusion
	waiting   []relaytest.Candidate // the oldest first
}

func newChain(t *testing.T, peers ...primitives.ParaID) *chain {
	t.Helper()
	heads := map[primitives.ParaID]primitives.HeadData{para: {0}}
	var channels []hrmp.Preopened
	for _, peer := range peers {
		heads[peer] = primitives.HeadData{1}
		channels = append(channels, hrmp.Preopened{From: peer, To: para, Capacity: 100, Size: 1000},
			hrmp.Preopened{From: para, To: peer, Capacity: 100, Size: 1000})
	}
	relay, err := relaytest.New(heads, channels...)
	if err != nil {
		t.Fatal(err)
	}
	s := frame.NewState(frame.Memory{})
	parachainsystem.ParachainId.Put(s, para)
	c := &chain{t: t, relay: relay, head: heads[para], context: &frame.Context{
		State: s, Pallets: frame.Pallets{{Index: 1, Pallet: parachainsystem.Pallet}}, Phase: frame.Finalization{}}}
	return c
}

// inherent makes the inherent of the next block, which takes messages of budget
// bytes.
func (c *chain) inherent(budget int) parachainsystem.SetValidationData {
	c.t.Helper()
	call, _, err := c.relay.Collect(para, c.head).Inherent(c.context.State, c.head.Hash(), budget)
	if err != nil {
		c.t.Fatal(err)
	}
	return call
}

// apply makes a block of the inherent and send, and has it included.
func (c *chain) apply(call parachainsystem.SetValidationData, send func()) (primitives.ValidationResult, error) {
	c.t.Helper()
	c.context.Number++
	c.context.ParentHash = c.head.Hash()
	c.context.Events = nil
	c.delivered = nil
	parentNumber := c.relay.Number()
	err := c.context.Transaction(func() error {
		if err := parachainsystem.Initialize(c.context); err != nil {
			return err
		}
		if err := call.Dispatch(c.context, frame.None{}); err != nil {
			return err
		}
		if err := c.handlers().Deliver(c.context); err != nil {
			return err
		}
		if send != nil {
			send()
		}
		return parachainsystem.Finalize(c.context)
	})
	if err != nil {
		return primitives.ValidationResult{}, err
	}
	result := parachainsystem.Outputs(c.context.State)
	c.head = append(primitives.HeadData{}, byte(c.context.Number), 1)
	result.HeadData = c.head
	candidate := relaytest.Candidate{Para: para, RelayParent: parentNumber, Result: result}
	candidate.Result.UpwardMessages = nil // the relay chain of tests has no queue for them
	c.waiting = append(c.waiting, candidate)
	if c.hold {
		return result, nil
	}
	for _, candidate := range c.waiting {
		if err := c.relay.Include(1, candidate); err != nil {
			c.t.Fatal(err)
		}
	}
	c.waiting = nil
	return result, nil
}

// step is apply of what the relay chain says.
func (c *chain) step(budget int, send func()) primitives.ValidationResult {
	c.t.Helper()
	result, err := c.apply(c.inherent(budget), send)
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

func (c *chain) handlers() parachainsystem.Handlers {
	return parachainsystem.Handlers{
		Blob: func(_ *frame.Context, from primitives.ParaID, _ primitives.BlockNumber, blob []byte) error {
			c.delivered = append(c.delivered, from.String()+":"+string(blob))
			if strings.HasPrefix(string(blob), "bad") {
				return frame.OtherError{}
			}
			return nil
		},
		Downward: func(_ *frame.Context, _ primitives.BlockNumber, message []byte) error {
			c.delivered = append(c.delivered, "relay:"+string(message))
			return nil
		},
	}
}

// hear has the chain peer send blobs in one message, included in the next relay
// block; the relay chain sends down as well.
func (c *chain) hear(down []string, from map[primitives.ParaID][]string) {
	c.t.Helper()
	err := c.relay.Change(func(s *frame.State, number primitives.BlockNumber) {
		for _, message := range down {
			if err := dmp.Send(s, para, number, []byte(message), 1000); err != nil {
				c.t.Error(err)
			}
		}
		for peer, blobs := range from {
			data := []byte{parachainsystem.FormatBlobs}
			for _, blob := range blobs {
				data = append(append(data, byte(len(blob)<<2)), blob...)
			}
			hrmp.Send(s, peer, number, []primitives.OutboundHRMPMessage{{Recipient: para, Data: data}})
		}
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *chain) wantDelivered(want ...string) {
	c.t.Helper()
	if !slices.Equal(c.delivered, want) {
		c.t.Errorf("delivered %q, want %q", c.delivered, want)
	}
}

func (c *chain) emitted(event frame.Event) bool {
	want := c.context.Pallets.AppendEvent(nil, event)
	return slices.ContainsFunc(c.context.Events, func(r frame.EventRecord) bool {
		return bytes.Equal(c.context.Pallets.AppendEvent(nil, r.Event), want)
	})
}

func TestDeliveryInOrderOfSending(t *testing.T) {
	c := newChain(t, 2001, 2002)
	c.hear(nil, map[primitives.ParaID][]string{2002: {"a", "b"}})
	c.hear([]string{"x"}, map[primitives.ParaID][]string{2001: {"c"}, 2002: {"d"}})
	c.hear(nil, map[primitives.ParaID][]string{2001: {"e"}})
	if got := c.step(1000, nil); got.HRMPWatermark != c.relay.Number()-1 || got.ProcessedDownwardMessages != 1 {
		t.Errorf("watermark %d, %d downward messages", got.HRMPWatermark, got.ProcessedDownwardMessages)
	}
	c.wantDelivered("relay:x", "2002:a", "2002:b", "2001:c", "2002:d", "2001:e")
	c.step(1000, nil)
	c.wantDelivered()
}

func TestMessagesBeyondTheBudgetComeLater(t *testing.T) {
	c := newChain(t, 2001, 2002)
	c.hear([]string{"one", "two", "three"}, map[primitives.ParaID][]string{2001: {"a"}, 2002: {"b"}})
	c.hear([]string{"four"}, map[primitives.ParaID][]string{2001: {"c"}})
	c.hear(nil, map[primitives.ParaID][]string{2002: {"d"}})
	sent := c.relay.Number()
	// The oldest of each kind, whatever the budget: what was sent at one
	// block goes together.
	if got := c.step(0, nil); got.HRMPWatermark != sent-2 || got.ProcessedDownwardMessages != 1 {
		t.Errorf("watermark %d, %d downward messages, want %d and 1", got.HRMPWatermark, got.ProcessedDownwardMessages, sent-2)
	}
	c.wantDelivered("relay:one", "2001:a", "2002:b")
	c.step(8, nil)
	c.wantDelivered("relay:two", "relay:three", "2001:c")
	c.step(1000, nil)
	c.wantDelivered("relay:four", "2002:d")
	c.step(1000, nil)
	c.wantDelivered()
}

func TestLaterCannotHideMessages(t *testing.T) {
	c := newChain(t, 2001)
	c.hear(nil, map[primitives.ParaID][]string{2001: {"a"}})
	c.hear(nil, map[primitives.ParaID][]string{2001: {"b"}})
	call := c.inherent(0)
	queue := &call.Horizontal[0].Queue
	if len(queue.Taken) != 1 || len(queue.Later) != 1 {
		t.Fatalf("queue %+v, want one taken and one later", queue)
	}
	queue.Later = nil
	if _, err := c.apply(call, nil); err != parachainsystem.ErrHorizontalMessages {
		t.Errorf("later dropped: %v, want %v", err, parachainsystem.ErrHorizontalMessages)
	}
	call = c.inherent(0)
	call.Horizontal[0].Queue.Later[0].SentAt = 1
	if _, err := c.apply(call, nil); err != parachainsystem.ErrNoneTaken {
		t.Errorf("later sent before: %v, want %v", err, parachainsystem.ErrNoneTaken)
	}
}

func TestChannelThatWasClosedAndOpenedAgain(t *testing.T) {
	c := newChain(t, 2001)
	id := primitives.HRMPChannelID{Sender: 2001, Recipient: para}
	c.hear(nil, map[primitives.ParaID][]string{2001: {"old"}})
	c.step(1000, nil)
	err := c.relay.Change(func(s *frame.State, _ primitives.BlockNumber) {
		channel := hrmp.HrmpChannels.Get(s, id)
		channel.MqcHead = nil
		hrmp.HrmpChannels.Put(s, id, channel)
	})
	if err != nil {
		t.Fatal(err)
	}
	c.step(1000, nil)
	c.hear(nil, map[primitives.ParaID][]string{2001: {"new"}})
	c.step(1000, nil)
	c.wantDelivered("2001:new")
	// Without a block between.
	err = c.relay.Change(func(s *frame.State, number primitives.BlockNumber) {
		channel := hrmp.HrmpChannels.Get(s, id)
		channel.MqcHead = nil
		hrmp.HrmpChannels.Put(s, id, channel)
		hrmp.Send(s, 2001, number, []primitives.OutboundHRMPMessage{{Recipient: para, Data: []byte("\x01\x18newest")}})
	})
	if err != nil {
		t.Fatal(err)
	}
	c.step(1000, nil)
	c.wantDelivered("2001:newest")
}

func TestMessagesThatCannotBeHandled(t *testing.T) {
	c := newChain(t, 2001)
	c.hear(nil, map[primitives.ParaID][]string{2001: {"good", "bad", "fine"}})
	sent := c.relay.Number()
	c.step(1000, nil)
	c.wantDelivered("2001:good", "2001:bad", "2001:fine")
	if !c.emitted(parachainsystem.HorizontalMessageFailed{Sender: 2001, SentAt: sent, Error: frame.OtherError{}}) {
		t.Error("no event of the handler's failure")
	}
	for name, data := range map[string]string{"XCM": "\x00\x04\x05", "empty": "", "cut": "\x01\x18new"} {
		err := c.relay.Change(func(s *frame.State, number primitives.BlockNumber) {
			hrmp.Send(s, 2001, number, []primitives.OutboundHRMPMessage{{Recipient: para, Data: []byte(data)}})
		})
		if err != nil {
			t.Fatal(err)
		}
		sent := c.relay.Number()
		c.step(1000, nil)
		failed := parachainsystem.HorizontalMessageFailed{Sender: 2001, SentAt: sent, Error: c.context.Pallets.DispatchError(parachainsystem.ErrFormat)}
		if !c.emitted(failed) || c.delivered != nil {
			t.Errorf("%s: delivered %q, events %v", name, c.delivered, c.context.Events)
		}
	}
}

func TestSend(t *testing.T) {
	c := newChain(t, 2001, 2002)
	send := func(to primitives.ParaID, blob string) error {
		return parachainsystem.Send(c.context, to, []byte(blob))
	}
	result := c.step(0, func() {
		for _, test := range []struct {
			to   primitives.ParaID
			blob string
			want error
		}{
			{2002, "b", nil}, {2001, "a", nil}, {2002, "c", nil},
			{2003, "d", parachainsystem.ErrNoChannel}, {para, "d", parachainsystem.ErrNoChannel},
			{2001, strings.Repeat("x", 997), nil}, {2001, strings.Repeat("x", 998), parachainsystem.ErrMessageTooLarge},
		} {
			if err := send(test.to, test.blob); err != test.want {
				t.Errorf("to %d, %d bytes: %v, want %v", test.to, len(test.blob), err, test.want)
			}
		}
	})
	want := []primitives.OutboundHRMPMessage{{Recipient: 2001, Data: []byte("\x01\x04a")}, {Recipient: 2002, Data: []byte("\x01\x04b\x04c")}}
	if !slices.EqualFunc(result.HorizontalMessages, want, func(a, b primitives.OutboundHRMPMessage) bool {
		return a.Recipient == b.Recipient && bytes.Equal(a.Data, b.Data)
	}) {
		t.Errorf("sent %q, want %q", result.HorizontalMessages, want)
	}
	if next := c.step(0, nil); len(next.HorizontalMessages) != 1 || len(next.HorizontalMessages[0].Data) != 1000 {
		t.Errorf("then sent %d messages, want one of 1000 bytes", len(next.HorizontalMessages))
	}
	if last := c.step(0, nil); last.HorizontalMessages != nil {
		t.Errorf("then sent %q, want nothing", last.HorizontalMessages)
	}
	var err error
	c.step(0, func() {
		for range 4096 {
			if err = send(2001, strings.Repeat("y", 900)); err != nil {
				return
			}
		}
	})
	if err != parachainsystem.ErrQueueFull {
		t.Errorf("without end: %v, want %v", err, parachainsystem.ErrQueueFull)
	}
	waiting := len(parachainsystem.Waiting(c.context.State, 2001))
	c.step(0, func() {
		// The last block sent one, so that there is room for one.
		if err := send(2001, strings.Repeat("z", 900)); err != nil {
			t.Errorf("after one left: %v", err)
		}
		if err := send(2001, strings.Repeat("z", 900)); err != parachainsystem.ErrQueueFull {
			t.Errorf("after one came: %v, want %v", err, parachainsystem.ErrQueueFull)
		}
	})
	for blocks := 0; len(parachainsystem.Waiting(c.context.State, 2001)) > 0; blocks++ {
		if blocks > waiting {
			t.Fatal("queue does not drain")
		}
		// The peer takes what comes, so that the channel has room.
		err := c.relay.Change(func(s *frame.State, number primitives.BlockNumber) { hrmp.Advance(s, 2001, number) })
		if err != nil {
			t.Fatal(err)
		}
		c.step(0, nil)
	}
}

func TestDownwardMessagesOfUnincludedAncestors(t *testing.T) {
	c := newChain(t)
	c.hear([]string{"one", "two", "three"}, nil)
	c.hold = true
	c.step(6, nil)
	c.wantDelivered("relay:one", "relay:two")
	c.hear([]string{"four"}, nil)
	c.step(6, nil)
	c.wantDelivered("relay:three")
	c.hear(nil, nil)
	c.step(6, nil)
	c.wantDelivered("relay:four")
	c.hear(nil, nil)
	c.hold = false
	c.step(6, nil)
	c.wantDelivered()
}

func TestTurnsWhenMoreWaitThanACandidateMaySend(t *testing.T) {
	var peers []primitives.ParaID
	for i := range primitives.ParaID(15) {
		peers = append(peers, 2001+i)
	}
	c := newChain(t, peers...)
	got := map[primitives.ParaID]int{}
	for block := range 6 {
		result := c.step(0, func() {
			for _, peer := range peers {
				if err := parachainsystem.Send(c.context, peer, bytes.Repeat([]byte{1}, 600)); err != nil {
					t.Fatal(err)
				}
			}
		})
		if n := len(result.HorizontalMessages); n != 10 {
			t.Errorf("block %d sends %d messages, want 10", block+1, n)
		}
		for _, m := range result.HorizontalMessages {
			got[m.Recipient]++
		}
	}
	for _, peer := range peers {
		if got[peer] == 0 {
			t.Errorf("nothing for %d in 6 blocks", peer)
		}
	}
}

func TestSendUpward(t *testing.T) {
	c := newChain(t)
	err := c.relay.Change(func(s *frame.State, _ primitives.BlockNumber) {
		s.Put(ump.CapacityKey(para), ump.Capacity{Count: 2, Size: 7}.AppendSCALE(nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	c.step(0, nil)
	result := c.step(0, func() {
		for message, want := range map[string]error{"": parachainsystem.ErrMessageTooLarge, strings.Repeat("x", 51<<10): parachainsystem.ErrMessageTooLarge} {
			if err := parachainsystem.SendUpward(c.context, primitives.UpwardMessage(message)); err != want {
				t.Errorf("%d bytes: %v, want %v", len(message), err, want)
			}
		}
		for _, message := range []string{"1234", "567", "8"} {
			if err := parachainsystem.SendUpward(c.context, primitives.UpwardMessage(message)); err != nil {
				t.Error(err)
			}
		}
	})
	if len(result.UpwardMessages) != 2 || string(result.UpwardMessages[1]) != "567" {
		t.Errorf("sent %q, want two", result.UpwardMessages)
	}
	if next := c.step(0, nil); len(next.UpwardMessages) != 1 {
		t.Errorf("then sent %q, want the third", next.UpwardMessages)
	}
}

func TestIncludedHeadMustBeAnAncestor(t *testing.T) {
	c := newChain(t)
	c.step(0, nil)
	elsewhere := c.relay.Collect(para, primitives.HeadData("elsewhere"))
	if _, _, err := elsewhere.Inherent(c.context.State, primitives.HeadData("elsewhere").Hash(), 0); !errors.Is(err, parachainsystem.ErrIncludedHead) {
		t.Errorf("got %v, want %v", err, parachainsystem.ErrIncludedHead)
	}
}

func TestInherentIsNotForEverybody(t *testing.T) {
	c := newChain(t)
	call := c.inherent(0)
	if err := call.Dispatch(c.context, frame.Signed{}); err == nil {
		t.Error("signed inherent accepted")
	}
	if err := parachainsystem.Finalize(c.context); err != nil {
		t.Fatal(err)
	}
	if err := c.handlers().Deliver(c.context); err != parachainsystem.ErrNotSet {
		t.Errorf("without validation data: %v, want %v", err, parachainsystem.ErrNotSet)
	}
}

// TestAmounts counts what an inherent brings.
func TestAmounts(t *testing.T) {
	queue := func(later int, taken ...string) parachainsystem.Queue {
		q := parachainsystem.Queue{Later: make([]parachainsystem.Later, later)}
		for _, data := range taken {
			q.Taken = append(q.Taken, primitives.InboundHRMPMessage{Data: []byte(data)})
		}
		return q
	}
	call := parachainsystem.SetValidationData{
		ValidationData: primitives.PersistedValidationData{ParentHead: make([]byte, 100)},
		RelayState:     [][]byte{make([]byte, 10), make([]byte, 20), {}},
		Downward:       queue(4, "one", "three"),
		Horizontal:     []parachainsystem.ChannelQueue{{Queue: queue(0, "x")}, {Queue: queue(2)}},
	}
	nodes, size, messages, payload, later := call.Amounts()
	if nodes != 3 || size != 130 || messages != 3 || payload != 9 || later != 6 {
		t.Errorf("%d nodes, %d bytes, %d messages of %d bytes, %d later", nodes, size, messages, payload, later)
	}
	if more, least := call.Info().Weight.RefTime, (parachainsystem.SetValidationData{}).Info().Weight.RefTime; more <= least || least < 6*frame.WriteTime {
		t.Errorf("weight %d, of an empty one %d", more, least)
	}
}
