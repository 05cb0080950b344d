package mqc_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

func decode(t *testing.T, s string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors/mqc.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct {
		Chain []struct {
			SentAt     primitives.BlockNumber
			Data, Head string
		}
	}
	if err := json.Unmarshal(raw, &vector); err != nil || len(vector.Chain) == 0 {
		t.Fatalf("%d links, %v", len(vector.Chain), err)
	}
	var head primitives.Hash
	for i, link := range vector.Chain {
		head = mqc.Next(head, link.SentAt, decode(t, link.Data))
		if head.String() != link.Head {
			t.Fatalf("link %d: got %s want %s", i, head, link.Head)
		}
	}
}

// A message that is lost, added, changed or moved changes the head, unless
// equals are swapped.
func TestQuickTampering(t *testing.T) {
	message := rapid.Custom(func(r *rapid.T) primitives.InboundHRMPMessage {
		return primitives.InboundHRMPMessage{
			SentAt: primitives.BlockNumber(rapid.Uint32Range(0, 3).Draw(r, "sent at")),
			Data:   rapid.SliceOfN(rapid.ByteRange(0, 2), 0, 3).Draw(r, "data"),
		}
	})
	same := func(a, b []primitives.InboundHRMPMessage) bool { return fmt.Sprint(a) == fmt.Sprint(b) }
	rapid.Check(t, func(r *rapid.T) {
		a := rapid.SliceOfN(message, 0, 5).Draw(r, "a")
		b := rapid.SliceOfN(message, 0, 5).Draw(r, "b")
		if equal := mqc.HRMP(primitives.Hash{}, a) == mqc.HRMP(primitives.Hash{}, b); equal != same(a, b) {
			r.Fatalf("heads equal: %v", equal)
		}
		cut := rapid.IntRange(0, len(a)).Draw(r, "cut")
		if mqc.HRMP(mqc.HRMP(primitives.Hash{}, a[:cut]), a[cut:]) != mqc.HRMP(primitives.Hash{}, a) {
			r.Fatal("folding in parts differs")
		}
	})
}

func ExampleDownward() {
	head := mqc.Downward(primitives.Hash{}, []primitives.InboundDownwardMessage{{SentAt: 7, Message: []byte("hello")}})
	fmt.Println(head == mqc.Next(primitives.Hash{}, 7, []byte("hello")))
	// Output: true
}
