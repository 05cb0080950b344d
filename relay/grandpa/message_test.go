package grandpa

import (
	"bytes"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

func examples(t testing.TB) []Message {
	j := newProof(t).j
	return []Message{
		Vote{Set: 1, Round: 2, Signed: primitives.SignedMessage{
			Message: primitives.Prevote{TargetBlock: j.Commit.Target}, Signature: primitives.Signature{1}, ID: voterKey(1),
		}},
		CommitMessage{Set: 3, Round: 7, Commit: compact(j.Commit)},
		CatchUpRequest{Set: 1, Round: 5},
		CatchUp{Set: 1, Round: 5, Precommits: j.Commit.Precommits},
		Summary{Set: 1, Round: 5, Finalized: 9, Rounds: []RoundSummary{{Round: 5, Proposal: true, Prevotes: []byte{0, 7, 255, 0, 9}, Precommits: make([]byte, 5)}}},
	}
}

func TestMessageRoundTrip(t *testing.T) {
	t.Parallel()
	for i, m := range examples(t) {
		data := Encode(m)
		if data[0] != 1 || data[1] != byte(i) {
			t.Errorf("%T begins with %x, want version 1 and variant %d", m, data[:2], i)
		}
		again, err := Decode(data)
		if err != nil || !bytes.Equal(Encode(again), data) {
			t.Errorf("%T: got %+v, %v", m, again, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	request := Encode(CatchUpRequest{Set: 1, Round: 5})
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":         {nil, ErrMessageSize},
		"too much":        {make([]byte, MaxMessage+1), ErrMessageSize},
		"version":         {append([]byte{2}, request[1:]...), ErrMessageVersion},
		"variant":         {[]byte{1, 5}, scale.ErrVariant},
		"cut off":         {request[:len(request)-1], scale.ErrShort},
		"trailing":        {append(bytes.Clone(request), 0), scale.ErrTrailing},
		"too many rounds": {append([]byte{1, 4}, append(make([]byte, 28), 4<<2)...), scale.ErrLength},
	} {
		if _, err := Decode(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range examples(f) {
		f.Add(Encode(m))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = scaletest.Bytes(t, data, Decode, Encode)
	})
}

func FuzzDecodeState(f *testing.F) {
	s := Genesis(primitives.BlockID{}, []primitives.GRANDPAAuthority{{Key: voterKey(1), Weight: 1}})
	s.Pending = []PendingChange{{Effective: 3, Authorities: s.Authorities}}
	f.Add(s.AppendSCALE(nil))
	f.Add(Sign{Round: 1, Message: primitives.Prevote{}}.AppendSCALE(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = scaletest.Type[State](t, data)
		_ = scaletest.Type[Sign](t, data)
	})
}
