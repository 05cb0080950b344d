package coin_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/xcmp/dmp"
)

// pov is block data taken apart.
type pov struct {
	block primitives.Block
	proof [][]byte
}

const povPrefix = "VERSIONEDPBD\x01\x04" // of one block

func decodePoV(t *testing.T, raw []byte) pov {
	t.Helper()
	rest, ok := bytes.CutPrefix(raw, []byte(povPrefix))
	if !ok {
		t.Fatalf("block data begins with %q", raw[:20])
	}
	var p pov
	d := scale.NewDecoder(rest)
	p.block.DecodeSCALE(d)
	p.proof = scale.Slice(d, 1<<16, 1, 24, func(node *[]byte) { *node = d.Bytes(1 << 20) })
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p pov) encode() []byte {
	b := p.block.AppendSCALE([]byte(povPrefix))
	b = scale.AppendCompact(b, uint64(len(p.proof)))
	for _, node := range p.proof {
		b = scale.AppendBytes(b, node)
	}
	return b
}

// key returns the key of the author that the block claims.
func (p pov) key(n *network, i int) *sr25519.SecretKey {
	claim, err := collators.ClaimOf(p.block.Header.Digest)
	if err != nil {
		n.Fatal(err)
	}
	return n.nodes[i].line[claim.Author]
}

// reseal makes the extrinsics root fit the body and seals the header with key, as
// a collator who cheats would.
func (p *pov) reseal(t *testing.T, key *sr25519.SecretKey) {
	t.Helper()
	header, _, err := p.block.Header.Unsealed()
	if err != nil {
		t.Fatal(err)
	}
	header.ExtrinsicsRoot = executive.ExtrinsicsRoot(p.block.Extrinsics)
	p.block.Header = seal(key, header)
}

// sample returns a network, and a block of its second chain that takes messages
// and has extrinsics. Chain 0 sent three payments in two messages, and the relay
// chain two messages.
func sample(t *testing.T) (*network, made) {
	t.Helper()
	n := newNetwork(t, wide)
	pay := transfer.PayAcross{Dest: 2001, To: to(account("Eve")), Amount: primitives.NewBalance(70_000_000_000)}
	n.grow(0, n.signed(0, "Dave", 0, pay), n.signed(0, "Eve", 0, pay))
	n.grow(0, n.signed(0, "Dave", 0, pay))
	err := n.relay.Change(func(s *frame.State, number primitives.BlockNumber) {
		for _, message := range []string{"first", "second"} {
			if err := dmp.Send(s, 2001, number, []byte(message), 100); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	n.history = n.relay.Collect(2001, nil).Horizontal[0].Messages
	n.grow(1) // so that there are heads of queues to follow
	n.grow(0, n.signed(0, "Dave", 0, pay))
	n.grow(0, n.signed(0, "Dave", 0, pay), n.signed(0, "Eve", 0, pay))
	err = n.relay.Change(func(s *frame.State, number primitives.BlockNumber) {
		for _, message := range []string{"third", "fourth"} {
			if err := dmp.Send(s, 2001, number, []byte(message), 100); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	n.history = append(n.history, n.relay.Collect(2001, nil).Horizontal[0].Messages...)
	back := transfer.PayAcross{Dest: 2000, To: to(account("Dave")), Amount: primitives.NewBalance(1)}
	return n, n.make(1, n.signed(1, "Eve", 0, back))
}

// validate runs the validation function on p with the parameters of m.
func validate(n *network, m made, raw []byte) error {
	m.params.BlockData = raw
	_, err := n.nodes[1].chain.ValidateBlock(m.params.AppendSCALE(nil))
	return err
}

func TestEveryByteCounts(t *testing.T) {
	n, m := sample(t)
	raw := m.params.BlockData
	if err := validate(n, m, decodePoV(t, raw).encode()); err != nil {
		t.Fatalf("unchanged: %v", err)
	}
	step := 3
	if testing.Short() {
		step = 60
	}
	for at := 0; at < len(raw); at += step {
		changed := slices.Clone(raw)
		changed[at] ^= 1 << (at % 8)
		if err := validate(n, m, changed); err == nil {
			t.Errorf("byte %d of %d changed: accepted", at, len(raw))
		}
	}
	for _, length := range []int{0, 5, 13, 14, 500, len(raw) - 1} {
		if validate(n, m, raw[:length]) == nil {
			t.Errorf("cut to %d bytes: accepted", length)
		}
	}
	if validate(n, m, append(slices.Clone(raw), 0)) == nil {
		t.Error("with a byte more: accepted")
	}
}

func TestTamperedProofs(t *testing.T) {
	n, m := sample(t)
	p := decodePoV(t, m.params.BlockData)
	for i := range p.proof {
		without := pov{p.block, slices.Delete(slices.Clone(p.proof), i, i+1)}
		if err := validate(n, m, without.encode()); !errors.Is(err, sdk.ErrWitness) {
			t.Errorf("without node %d: %v, want %v", i, err, sdk.ErrWitness)
		}
		twice := pov{p.block, slices.Insert(slices.Clone(p.proof), i, p.proof[i])}
		if err := validate(n, m, twice.encode()); !errors.Is(err, sdk.ErrWitness) {
			t.Errorf("with node %d twice: %v, want %v", i, err, sdk.ErrWitness)
		}
	}
	// Nodes of the same trie that are not needed.
	parent := n.nodes[1].head.StateRoot
	recorder := trie.NewRecorder(n.nodes[1].view)
	whole := trie.New(recorder, parent, trie.V1)
	for key, ok, err := whole.NextKey(nil); ok; key, ok, err = whole.NextKey(key) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := whole.Get(key); err != nil {
			t.Fatal(err)
		}
	}
	all, err := trie.EncodeCompact(parent, recorder.Proof())
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(n, m, pov{p.block, all}.encode()); !errors.Is(err, trie.ErrUnusedNode) {
		t.Errorf("with the whole state: %v, want %v", err, trie.ErrUnusedNode)
	}
}

func TestDishonestAuthor(t *testing.T) {
	for name, test := range map[string]struct {
		cheat func(n *network, p *pov)
		want  error
	}{
		"coins of nothing": {func(_ *network, p *pov) { p.block.Header.StateRoot[3] ^= 1 }, sdk.ErrStateRoot},
		"other parent":     {func(_ *network, p *pov) { p.block.Header.ParentHash[3] ^= 1 }, sdk.ErrParentHead},
		"other number":     {func(_ *network, p *pov) { p.block.Header.Number++ }, executive.ErrNumber},
		"digest item more": {func(_ *network, p *pov) { insertDigest(p, primitives.Other{Data: []byte{1}}) }, executive.ErrDigest},
		"second claim":     {func(_ *network, p *pov) { insertDigest(p, p.block.Header.Digest[0]) }, collators.ErrClaim},
		"claim of BABE": {func(_ *network, p *pov) {
			p.block.Header.Digest[0] = primitives.PreRuntime{Engine: primitives.EngineBABE}
		}, collators.ErrClaim},
		"later slot":       {func(_ *network, p *pov) { claim(p, func(c *collators.Claim) { c.Slot += 3 }) }, collators.ErrRelaySlot},
		"slot of parent":   {func(_ *network, p *pov) { claim(p, func(c *collators.Claim) { c.Slot -= 60 }) }, collators.ErrSlot},
		"no such collator": {func(_ *network, p *pov) { claim(p, func(c *collators.Claim) { c.Author = 3 }) }, collators.ErrTurn},
		"no inherents":     {func(_ *network, p *pov) { p.block.Extrinsics = p.block.Extrinsics[2:] }, parachainsystem.ErrNotSet},
		"no time":          {func(_ *network, p *pov) { p.block.Extrinsics = p.block.Extrinsics[1:] }, timestamp.ErrMissing},
		"inherent twice": {func(_ *network, p *pov) {
			p.block.Extrinsics = slices.Insert(p.block.Extrinsics, 1, p.block.Extrinsics[1])
		}, parachainsystem.ErrSetTwice},
		"inherent at end":   {func(_ *network, p *pov) { slices.Reverse(p.block.Extrinsics[1:]) }, executive.ErrInherentOrder},
		"extrinsic changed": {func(_ *network, p *pov) { p.block.Extrinsics[2][40] ^= 1 }, executive.ErrBadProof},
		"extrinsic twice":   {func(_ *network, p *pov) { p.block.Extrinsics = append(p.block.Extrinsics, p.block.Extrinsics[2]) }, executive.ErrStale},
		"extrinsic dropped": {func(_ *network, p *pov) { p.block.Extrinsics = p.block.Extrinsics[:2] }, nil},
		"time of tomorrow": {func(n *network, p *pov) {
			call := timestamp.Set{Now: primitives.Millis(n.relay.Slot()+1) * 2000}
			p.block.Extrinsics[0] = primitives.UncheckedExtrinsic{Call: n.nodes[1].chain.Pallets().AppendCall(nil, call)}.Encode()
		}, collators.ErrTimestamp},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, m := sample(t)
			p := decodePoV(t, m.params.BlockData)
			key := p.key(n, 1)
			test.cheat(n, &p)
			p.reseal(t, key)
			if err := validate(n, m, p.encode()); err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func insertDigest(p *pov, item primitives.DigestItem) {
	p.block.Header.Digest = slices.Insert(p.block.Header.Digest, 1, item)
}

func claim(p *pov, change func(c *collators.Claim)) {
	c, _ := collators.ClaimOf(p.block.Header.Digest)
	change(&c)
	p.block.Header.Digest[0] = c.PreRuntime()
}

func TestSeal(t *testing.T) {
	n, m := sample(t)
	p := decodePoV(t, m.params.BlockData)
	unsealed, own, err := p.block.Header.Unsealed()
	if err != nil {
		t.Fatal(err)
	}
	author := p.key(n, 1)
	for name, header := range map[string]primitives.Header{
		"none":             unsealed,
		"of another":       seal(people["Ferdie"], unsealed),
		"twice":            p.block.Header.Sealed(own),
		"of another place": seal(author, p.block.Header),
		"of BABE":          unsealed.Sealed(primitives.Seal{Engine: primitives.EngineBABE, Data: own.Data}),
		"short":            unsealed.Sealed(primitives.Seal{Engine: collators.Engine, Data: own.Data[:63]}),
	} {
		changed := pov{primitives.Block{Header: header, Extrinsics: p.block.Extrinsics}, p.proof}
		if err := validate(n, m, changed.encode()); !errors.Is(err, sdk.ErrSeal) {
			t.Errorf("%s: %v, want %v", name, err, sdk.ErrSeal)
		}
	}
}

func TestOtherParameters(t *testing.T) {
	n, m := sample(t)
	c := n.nodes[1].chain
	for name, test := range map[string]struct {
		change func(p *primitives.ValidationParams)
		want   error
	}{
		"relay parent":  {func(p *primitives.ValidationParams) { p.RelayParentNumber++ }, sdk.ErrRelay},
		"storage root":  {func(p *primitives.ValidationParams) { p.RelayParentStorageRoot[1] ^= 1 }, sdk.ErrRelay},
		"parent head":   {func(p *primitives.ValidationParams) { p.ParentHead = n.nodes[0].head.AppendSCALE(nil) }, sdk.ErrParentHead},
		"no header":     {func(p *primitives.ValidationParams) { p.ParentHead = primitives.HeadData("head") }, sdk.ErrParentHead},
		"no block data": {func(p *primitives.ValidationParams) { p.BlockData = nil }, sdk.ErrPoVFormat},
		"two blocks": {func(p *primitives.ValidationParams) {
			p.BlockData = bytes.Replace(p.BlockData, []byte(povPrefix), []byte("VERSIONEDPBD\x01\x08"), 1)
		}, sdk.ErrPoVFormat},
		"version 2": {func(p *primitives.ValidationParams) { p.BlockData[12] = 2 }, sdk.ErrPoVFormat},
	} {
		params := m.params
		params.BlockData = slices.Clone(params.BlockData)
		test.change(&params)
		if _, err := c.ValidateBlock(params.AppendSCALE(nil)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if _, err := c.ValidateBlock([]byte{1, 2, 3}); !errors.Is(err, sdk.ErrParams) {
		t.Errorf("short parameters: %v, want %v", err, sdk.ErrParams)
	}
}

// inherentOf returns the second extrinsic of a block, decoded.
func inherentOf(t *testing.T, block primitives.Block) parachainsystem.SetValidationData {
	t.Helper()
	u, err := primitives.DecodeExtrinsic(block.Extrinsics[1])
	if err != nil {
		t.Fatal(err)
	}
	var call parachainsystem.SetValidationData
	d := scale.NewDecoder(u.Call[2:])
	call.DecodeSCALE(d)
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
	return call
}

func TestMessagesCannotBeTamperedWith(t *testing.T) {
	type inherent = parachainsystem.SetValidationData
	side := func(d *inherent) *parachainsystem.Queue { return &d.Horizontal[0].Queue }
	for name, test := range map[string]struct {
		cheat func(d *inherent, n *network)
		want  error
	}{
		"first skipped":         {func(d *inherent, _ *network) { side(d).Taken = side(d).Taken[1:] }, parachainsystem.ErrHorizontalMessages},
		"last skipped":          {func(d *inherent, _ *network) { side(d).Taken = side(d).Taken[:1] }, parachainsystem.ErrHorizontalMessages},
		"all skipped":           {func(d *inherent, _ *network) { d.Horizontal = nil }, parachainsystem.ErrHorizontalMessages},
		"one twice":             {func(d *inherent, _ *network) { side(d).Taken = append(side(d).Taken, side(d).Taken[1]) }, parachainsystem.ErrHorizontalMessages},
		"reordered":             {func(d *inherent, _ *network) { slices.Reverse(side(d).Taken) }, parachainsystem.ErrHorizontalMessages},
		"all ever sent":         {func(d *inherent, n *network) { side(d).Taken = n.history }, parachainsystem.ErrHorizontalMessages},
		"changed":               {func(d *inherent, _ *network) { side(d).Taken[0].Data[5] ^= 1 }, parachainsystem.ErrHorizontalMessages},
		"sent at another block": {func(d *inherent, _ *network) { side(d).Taken[1].SentAt++ }, parachainsystem.ErrHorizontalMessages},
		"sent long ago":         {func(d *inherent, _ *network) { side(d).Taken[0].SentAt = 1 }, parachainsystem.ErrHorizontalMessages},
		"of another sender":     {func(d *inherent, _ *network) { d.Horizontal[0].Sender = 2002 }, parachainsystem.ErrHorizontalMessages},
		"channel twice":         {func(d *inherent, _ *network) { d.Horizontal = append(d.Horizontal, d.Horizontal[0]) }, parachainsystem.ErrChannels},
		"empty queue":           {func(d *inherent, _ *network) { d.Horizontal[0].Queue = parachainsystem.Queue{} }, parachainsystem.ErrChannels},
		"none taken": {func(d *inherent, _ *network) {
			side(d).Later = later(side(d).Taken)
			side(d).Taken = nil
		}, parachainsystem.ErrNoneTaken},
		"later not the newest": {func(d *inherent, _ *network) {
			side(d).Later = later(side(d).Taken[:1])
			side(d).Taken = side(d).Taken[1:]
		}, parachainsystem.ErrNoneTaken},
		"downward skipped":   {func(d *inherent, _ *network) { d.Downward.Taken = d.Downward.Taken[1:] }, parachainsystem.ErrDownwardMessages},
		"downward twice":     {func(d *inherent, _ *network) { d.Downward.Taken = append(d.Downward.Taken, d.Downward.Taken[0]) }, parachainsystem.ErrDownwardMessages},
		"downward reordered": {func(d *inherent, _ *network) { slices.Reverse(d.Downward.Taken) }, parachainsystem.ErrDownwardMessages},
		"downward changed":   {func(d *inherent, _ *network) { d.Downward.Taken[0].Data[0] ^= 1 }, parachainsystem.ErrDownwardMessages},
		"no downward taken": {func(d *inherent, _ *network) {
			d.Downward.Later, d.Downward.Taken = later(d.Downward.Taken), nil
		}, parachainsystem.ErrNoneTaken},
		"relay proof short":  {func(d *inherent, _ *network) { d.RelayState = d.RelayState[1:] }, trie.ErrMissingNode},
		"relay proof long":   {func(d *inherent, _ *network) { d.RelayState = append(d.RelayState, []byte{1}) }, trie.ErrUnusedNode},
		"relay root":         {func(d *inherent, _ *network) { d.ValidationData.RelayParentStorageRoot[0] ^= 1 }, trie.ErrMissingNode},
		"relay parent later": {func(d *inherent, _ *network) { d.ValidationData.RelayParentNumber++ }, sdk.ErrRelay},
		"relay parent old":   {func(d *inherent, _ *network) { d.ValidationData.RelayParentNumber = 1 }, parachainsystem.ErrRelayParent},
		"parent head":        {func(d *inherent, _ *network) { d.ValidationData.ParentHead[0] ^= 1 }, parachainsystem.ErrParentHead},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, m := sample(t)
			p := decodePoV(t, m.params.BlockData)
			call := inherentOf(t, p.block)
			if len(call.Horizontal) != 1 || len(side(&call).Taken) != 2 || len(call.Downward.Taken) != 2 {
				t.Fatalf("sample takes %+v and %+v, want two messages each", call.Horizontal, call.Downward)
			}
			test.cheat(&call, n)
			p.block.Extrinsics[1] = primitives.UncheckedExtrinsic{Call: n.nodes[1].chain.Pallets().AppendCall(nil, call)}.Encode()
			p.reseal(t, p.key(n, 1))
			if err := validate(n, m, p.encode()); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func later(messages []primitives.InboundHRMPMessage) []parachainsystem.Later {
	var out []parachainsystem.Later
	for _, m := range messages {
		out = append(out, parachainsystem.Later{SentAt: m.SentAt, Hash: primitives.Blake2b256(scale.AppendBytes(nil, m.Data))})
	}
	return out
}
