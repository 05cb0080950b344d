package grandpa

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// credulous accepts every signature, so that foreign bytes get everywhere.
type credulous struct{}

func (credulous) Ed25519([32]byte, []byte, [64]byte) bool { return true }

func (credulous) Ed25519Batch(entries []crypto.Signed) []bool {
	good := make([]bool, len(entries))
	for i := range good {
		good[i] = true
	}
	return good
}

// FuzzReceived gives a core any messages, with signatures that are not checked if
// gullible: each gets exactly one verdict, what is final only grows and is in the
// chain, and nothing is without forged signatures.
func FuzzReceived(f *testing.F) {
	_, blocks := watcher(f, 4, 8)
	var votes, all [][]byte
	for i := range 3 {
		votes = append(votes, Encode(signedVote(i, 1, primitives.Prevote{TargetBlock: blocks[5]})), Encode(signedVote(i, 1, primitives.Precommit{TargetBlock: blocks[4+i%2]})))
	}
	full, _ := watcher(f, 4, 8)
	for _, v := range votes[:5] {
		m, err := Decode(v)
		if err != nil {
			f.Fatal(err)
		}
		full.Step(0, Received{From: "x", Message: m})
	}
	for _, m := range examples(f) {
		all = append(all, Encode(m))
	}
	f.Add(true, scaletest.Join(votes...))
	f.Add(false, scaletest.Join(votes[:5]...))
	f.Add(true, scaletest.Join(all...))
	f.Add(true, scaletest.Join(Encode(full.Summary()), Encode(CatchUpRequest{Round: 1}), Encode(CommitMessage{Round: 1})))
	f.Fuzz(func(t *testing.T, gullible bool, data []byte) {
		c, blocks := watcher(t, 4, 8)
		if gullible {
			c.params.Verifier = credulous{}
		}
		final := c.Finalized()
		for i, piece := range scaletest.Split(data) {
			m, err := Decode(piece)
			if err != nil {
				continue
			}
			now := primitives.Millis(i) * 700
			if at, ok := c.Next(); ok && at <= now {
				c.Step(now, Wake{})
			}
			verdicts := 0
			for _, e := range c.Step(now, Received{From: Peer('a' + rune(i%3)), Message: m}) {
				switch e := e.(type) {
				case Verdict:
					verdicts++
				case Finalize:
					n := int(e.Block.Number)
					if e.Block.Number < final.Number || n >= len(blocks) || blocks[n] != e.Block {
						t.Fatalf("%+v is final after %+v", e.Block, final)
					}
					final = e.Block
				case SendTo:
					if len(e.Messages) > 64 {
						t.Fatalf("%d messages answer one", len(e.Messages))
					}
				case Fetch:
					if len(e.Blocks) > 64 {
						t.Fatalf("%d blocks are fetched for one message", len(e.Blocks))
					}
				}
			}
			if verdicts != 1 {
				t.Fatalf("%T got %d verdicts", m, verdicts)
			}
		}
	})
}
