package trie

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// hexBytes is a JSON string of hex digits; null stays nil.
type hexBytes []byte

func (h *hexBytes) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil || s == nil {
		return err
	}
	raw, err := hex.DecodeString(*s)
	*h = append(hexBytes{}, raw...)
	return err
}

type vectorCase struct {
	Name      string
	Version   Version
	Pairs     [][2]hexBytes
	Root      hexBytes
	Reads     []hexBytes
	Proof     []hexBytes
	Compact   []hexBytes
	OpVersion Version `json:"op_version"`
	Ops       [][2]hexBytes
	NewRoot   hexBytes   `json:"new_root"`
	OpProof   []hexBytes `json:"op_proof"`
}

type vectorFile struct {
	Cases   []vectorCase
	Ordered []struct {
		Items  []hexBytes
		V0, V1 hexBytes
	}
}

func vectors(t *testing.T) vectorFile {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors/sp_trie.json")
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func raw(list []hexBytes) [][]byte {
	out := make([][]byte, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}

func equal(a, b [][]byte) bool { return slices.EqualFunc(a, b, bytes.Equal) }

func TestVectors(t *testing.T) {
	for _, c := range vectors(t).Cases {
		t.Run(c.Name, func(t *testing.T) { c.check(t) })
	}
}

func (c *vectorCase) check(t *testing.T) {
	s, m := newStore(t), model{}
	var pairs []Change
	tr := New(s, EmptyRoot, c.Version)
	for _, p := range slices.Backward(c.Pairs) {
		pairs = append(pairs, Change{p[0], p[1]})
		op{p[0], p[1]}.apply(t, tr, m)
	}
	root := [32]byte(c.Root)
	if got, err := Root(c.Version, pairs); err != nil || got != root {
		t.Fatalf("root got %x, %v want %x", got, err, root)
	}
	s.apply(tr.Commit())
	if root != EmptyRoot { // sp-trie puts the empty node into a proof, we put nothing
		c.checkProof(t, s, root)
	}
	c.checkOps(t, s, root)
}

func (c *vectorCase) checkProof(t *testing.T, s *store, root [32]byte) {
	proof, reads := raw(c.Proof), raw(c.Reads)
	if got, err := Prove(s, root, reads); err != nil || !equal(got, proof) {
		t.Errorf("proof got %x, %v\nwant %x", got, err, proof)
	}
	if _, err := VerifyProof(root, proof, reads); err != nil {
		t.Errorf("proof: %v", err)
	}
	if got, err := EncodeCompact(root, proof); err != nil || !equal(got, raw(c.Compact)) {
		t.Errorf("compact proof got %x, %v\nwant %x", got, err, c.Compact)
	}
	p, err := DecodeCompact(root, raw(c.Compact))
	if err != nil {
		t.Fatalf("compact proof: %v", err)
	}
	if !equal(p.Nodes(), proof) {
		t.Errorf("decoded compact proof got %x\nwant %x", p.Nodes(), proof)
	}
	for i := range proof {
		bad := slices.Delete(slices.Clone(proof), i, i+1)
		if _, err := VerifyProof(root, bad, reads); err != ErrMissingNode {
			t.Errorf("proof without item %d got %v", i, err)
		}
	}
	for i := range c.Compact {
		bad := slices.Delete(raw(c.Compact), i, i+1)
		if _, err := DecodeCompact(root, bad); err == nil {
			t.Errorf("compact proof without item %d went through", i)
		}
	}
	if _, err := DecodeCompact(EmptyRoot, raw(c.Compact)); err != ErrWrongRoot {
		t.Errorf("compact proof for another root got %v", err)
	}
}

// checkOps repeats the changes on our nodes and on the proof sp-trie recorded.
func (c *vectorCase) checkOps(t *testing.T, s *store, root [32]byte) {
	for name, src := range map[string]Source{"store": s, "recorded": ProofSource(raw(c.OpProof))} {
		tr := New(src, root, c.OpVersion)
		for _, o := range c.Ops {
			if err := (op{o[0], o[1]}).do(tr); err != nil {
				t.Fatalf("%s: %x = %x: %v", name, o[0], o[1], err)
			}
		}
		if got := tr.Commit().Root; got != [32]byte(c.NewRoot) {
			t.Errorf("%s: new root got %x want %x", name, got, c.NewRoot)
		}
	}
}

func TestVectorsOrderedRoot(t *testing.T) {
	for _, c := range vectors(t).Ordered {
		if got := OrderedRoot(V0, raw(c.Items)); got != [32]byte(c.V0) {
			t.Errorf("%d items, V0: got %x want %x", len(c.Items), got, c.V0)
		}
		if got := OrderedRoot(V1, raw(c.Items)); got != [32]byte(c.V1) {
			t.Errorf("%d items, V1: got %x want %x", len(c.Items), got, c.V1)
		}
	}
}
