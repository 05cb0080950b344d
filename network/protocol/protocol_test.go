package protocol

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

func sample() Handshake {
	return Handshake{
		Role: Validator, BestNumber: 0x01020304, BestHash: primitives.Hash{1}, Genesis: primitives.Hash{31: 2},
		SpecVersion: 7, ProtocolVersion: Version,
	}
}

func TestIDs(t *testing.T) {
	genesis := primitives.Hash{0xab, 31: 0xcd}
	if got, want := RequestID(genesis, Sync), "/rampart/ab"+strings.Repeat("00", 30)+"cd/sync/1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := RequestID(genesis, Handshaking); got != HandshakeID {
		t.Errorf("handshake id %s depends on genesis", got)
	}
	seen := map[string]bool{}
	for _, l := range Requests(6000) {
		seen[RequestID(genesis, l.Name)] = true
	}
	for _, l := range Topics() {
		seen[TopicID(genesis, l.Topic)] = true
	}
	if want := len(Requests(6000)) + len(Topics()); len(seen) != want {
		t.Errorf("%d distinct ids, want %d", len(seen), want)
	}
}

func TestNetwork(t *testing.T) {
	genesis := primitives.Hash{7}
	if got := Network(genesis, ""); got != genesis {
		t.Errorf("without fork id %s, want the genesis hash", got)
	}
	a, b := Network(genesis, "a"), Network(genesis, "b")
	if a == b || a == genesis || a == Network(primitives.Hash{8}, "a") {
		t.Errorf("networks are not kept apart: %s, %s", a, b)
	}
}

func TestRequestsFollowSlot(t *testing.T) {
	for _, l := range Requests(2000) {
		if l.Deadline == 0 || l.MaxResponse <= 0 || l.Queue <= 0 {
			t.Errorf("%s has an empty limit: %+v", l.Name, l)
		}
		if l.Name == Chunk && l.Deadline != 1000 {
			t.Errorf("chunk deadline got %d ms, want half a slot", l.Deadline)
		}
	}
}

func TestHandshakeLayout(t *testing.T) {
	h := sample()
	b := scale.Marshal(h)
	if len(b) != HandshakeSize {
		t.Fatalf("got %d bytes, want %d", len(b), HandshakeSize)
	}
	if b[0] != 4 || !bytes.Equal(b[1:5], []byte{4, 3, 2, 1}) || b[5] != 1 || b[68] != 2 || b[69] != 7 || b[73] != Version {
		t.Errorf("layout differs: %x", b)
	}
	var back Handshake
	if err := scale.Unmarshal(b, &back); err != nil || back != h {
		t.Errorf("got %+v, %v", back, err)
	}
}

func TestHandshakeRefused(t *testing.T) {
	b := scale.Marshal(sample())
	var h Handshake
	if err := scale.Unmarshal(b[:HandshakeSize-1], &h); !errors.Is(err, scale.ErrShort) {
		t.Errorf("short: got %v", err)
	}
	if err := scale.Unmarshal(append(bytes.Clone(b), 0), &h); !errors.Is(err, scale.ErrTrailing) {
		t.Errorf("long: got %v", err)
	}
	b[0] = 3
	if err := scale.Unmarshal(b, &h); !errors.Is(err, ErrRole) {
		t.Errorf("role 3: got %v", err)
	}
}

func TestCheck(t *testing.T) {
	ours, theirs := sample(), sample()
	theirs.SpecVersion, theirs.BestNumber, theirs.Role = 8, 0, Full
	if err := Check(ours, theirs); err != nil {
		t.Errorf("same chain: got %v", err)
	}
	theirs.ProtocolVersion++
	if err := Check(ours, theirs); !errors.Is(err, ErrProtocolVersion) {
		t.Errorf("version: got %v", err)
	}
	theirs.Genesis[0]++
	if err := Check(ours, theirs); !errors.Is(err, ErrGenesis) {
		t.Errorf("genesis: got %v", err)
	}
}

func FuzzDecodeHandshake(f *testing.F) {
	f.Add(scale.Marshal(sample()))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = scaletest.Type[Handshake](t, b)
	})
}
