package mqc_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// TestVectorsChains follows chains of long messages, and of queues that differ
// from what was sent in every way.
func TestVectorsChains(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/chains.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Chains []struct {
			Kind  string
			Links []struct {
				SentAt primitives.BlockNumber `json:"sent_at"`
				Byte   byte
				Length int
				Head   string
			}
		}
		Altered []struct {
			Name, Head string
			Messages   []struct {
				SentAt primitives.BlockNumber `json:"sent_at"`
				Data   string
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Chains) != 2 || len(file.Altered) < 2 {
		t.Fatalf("%d chains, %d altered, %v", len(file.Chains), len(file.Altered), err)
	}
	for _, c := range file.Chains {
		var head primitives.Hash
		for i, l := range c.Links {
			data := bytes.Repeat([]byte{l.Byte}, l.Length)
			if c.Kind == "downward" {
				head = mqc.Downward(head, []primitives.InboundDownwardMessage{{SentAt: l.SentAt, Message: data}})
			} else {
				head = mqc.HRMP(head, []primitives.InboundHRMPMessage{{SentAt: l.SentAt, Data: data}})
			}
			if head.String() != "0x"+l.Head {
				t.Fatalf("%s, link %d: head %s, want %s", c.Kind, i, head, l.Head)
			}
		}
	}
	heads := map[primitives.Hash]string{}
	for _, c := range file.Altered {
		var messages []primitives.InboundHRMPMessage
		for _, m := range c.Messages {
			messages = append(messages, primitives.InboundHRMPMessage{SentAt: m.SentAt, Data: decode(t, m.Data)})
		}
		head := mqc.HRMP(primitives.Hash{}, messages)
		if head.String() != "0x"+c.Head {
			t.Errorf("%s: head %s, want %s", c.Name, head, c.Head)
		}
		if other, taken := heads[head]; taken {
			t.Errorf("%s and %s have one head", c.Name, other)
		}
		heads[head] = c.Name
	}
}
