package trie

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"
)

// proofVectors are proofs that sp-trie made, changed, and judged.
type proofVectors struct {
	Proofs []struct {
		Name, Want   string
		Root         hexBytes
		Proof, Reads []hexBytes
		Values       []hexBytes
	}
	Compact []struct {
		Name, Want     string
		Root           hexBytes
		Compact, Nodes []hexBytes
	}
}

var proofReasons = map[string]error{
	"": nil, "ErrMissingNode": ErrMissingNode, "ErrBadNode": ErrBadNode, "ErrDuplicateNode": ErrDuplicateNode,
	"ErrUnusedNode": ErrUnusedNode, "ErrWrongRoot": ErrWrongRoot,
}

func readProofVectors(t *testing.T) (v proofVectors) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/proofs.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Proofs) == 0 || len(v.Compact) == 0 {
		t.Fatal("no vectors")
	}
	return v
}

func TestVectorsProofs(t *testing.T) {
	for _, c := range readProofVectors(t).Proofs {
		want, known := proofReasons[c.Want]
		values, err := VerifyProof([32]byte(c.Root), raw(c.Proof), raw(c.Reads))
		if !known || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %q", c.Name, err, c.Want)
		}
		if want != nil || err != nil {
			continue
		}
		for i, value := range values {
			if !bytes.Equal(value, c.Values[i]) || (value == nil) != (c.Values[i] == nil) {
				t.Errorf("%s: %x is %x, want %x", c.Name, c.Reads[i], value, c.Values[i])
			}
		}
	}
}

func TestVectorsCompactProofs(t *testing.T) {
	for _, c := range readProofVectors(t).Compact {
		p, err := DecodeCompact([32]byte(c.Root), raw(c.Compact))
		if c.Want == "*" {
			var reason Reason
			if !errors.As(err, &reason) {
				t.Errorf("%s: %v, want a reason", c.Name, err)
			}
			continue
		}
		if want, known := proofReasons[c.Want]; !known || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %q", c.Name, err, c.Want)
		}
		if c.Want != "" || err != nil {
			continue
		}
		if !equal(p.Nodes(), raw(c.Nodes)) {
			t.Errorf("%s: nodes %x, want %x", c.Name, p.Nodes(), c.Nodes)
		}
		if again, err := EncodeCompact([32]byte(c.Root), p.Nodes()); err != nil || !equal(again, raw(c.Compact)) {
			t.Errorf("%s: encodes again as %x (%v)", c.Name, again, err)
		}
	}
}
