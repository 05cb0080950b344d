package trie

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

func TestDecodeNode(t *testing.T) {
	h := strings.Repeat("11", 32)
	for name, c := range map[string]struct {
		enc   string
		depth int
		ok    bool
	}{
		"leaf":                             {"4201080405", 0, true},
		"short root":                       {"42010401", 0, true},
		"short node apart from its parent": {"42010401", 2, false},
		"empty node":                       {"00", 0, false},
		"reserved header":                  {"0f01", 0, false},
		"escape header":                    {"01420100", 0, false},
		"nothing":                          {"", 0, false},
		"padding nibble set":               {"411104" + "01", 1, false},
		"value at half a byte":             {"41010401", 0, false},
		"value at a whole byte":            {"420104" + "01", 0, true},
		"trailing byte":                    {"4201040100", 0, false},
		"value cut off":                    {"42010801", 0, false},
		"length not shortest":              {"4201050001", 0, false},
		"length in four bytes":             {"420106000000", 0, false},
		"length beyond 2^30":               {"42010300000040", 0, false},
		"long value stays inline":          {"4201" + "84" + strings.Repeat("22", 33), 0, true},
		"hashed leaf":                      {"2201" + h, 2, true},
		"hashed leaf, hash cut off":        {"2201" + h[2:], 2, false},
		"partial of 63":                    {"7f00" + "00" + strings.Repeat("11", 31) + "0401", 1, true},
		"partial without its length":       {"7f", 1, false},
		"partial beyond the deepest path":  {"7f" + strings.Repeat("ff", 32) + "ff", 0, false},
		"branch":                           {"80" + "0300" + "80" + h + "80" + h, 2, true},
		"branch without children":          {"80" + "0000" + h, 0, false},
		"branch to merge":                  {"80" + "0100" + "80" + h, 0, false},
		"branch with value, one child":     {"c0" + "0100" + "0401" + "80" + h, 2, true},
		"branch with value, no child":      {"c0" + "0000" + "0401" + h, 2, false},
		"branch with hashed value":         {"10" + "0100" + h + "80" + h, 2, true},
		"inline child":                     {"80" + "0300" + "10" + "41010401" + "80" + h, 0, true},
		"inline child at half a byte":      {"80" + "0300" + "10" + "42010401" + "80" + h, 0, false},
		"empty child":                      {"80" + "0300" + "00" + "80" + h, 2, false},
		"child of 33 bytes":                {"80" + "0300" + "84" + h + "11" + "80" + h, 2, false},
		"child with a long length":         {"80" + "0300" + "8100" + h + "80" + h, 2, false},
		"child missing":                    {"80" + "0300" + "80" + h, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			enc, err := hex.DecodeString(c.enc)
			if err != nil {
				t.Fatal(err)
			}
			n, err := decodeNode(enc, c.depth, nil)
			if !c.ok {
				if err != ErrBadNode {
					t.Errorf("%s got %v want %v", c.enc, err, ErrBadNode)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", c.enc, err)
			}
			if got := appendNode(nil, n, 0, false); !bytes.Equal(got, enc) {
				t.Errorf("encoded again got %x want %x", got, enc)
			}
		})
	}
	if _, err := decodeNode(make([]byte, MaxNodeLen+1), 0, nil); err != ErrBadNode {
		t.Errorf("node over the limit got %v", err)
	}
}

func TestLimits(t *testing.T) {
	long := bytes.Repeat([]byte{7}, MaxKeyLen+1)
	tr := New(nil, EmptyRoot, V0)
	if err := tr.Put(long, nil); err != ErrKeyTooLong {
		t.Errorf("long key got %v", err)
	}
	if err := tr.Put(nil, make([]byte, MaxInlineLen+1)); err != ErrValueTooLong {
		t.Errorf("long value got %v", err)
	}
	if _, err := Root(V0, []Change{{Key: long}}); err != ErrKeyTooLong {
		t.Errorf("root with a long key got %v", err)
	}
	if c := tr.Commit(); c.Root != EmptyRoot || len(c.Nodes) != 0 {
		t.Errorf("refused changes left %x", c)
	}
	// The longest key with the longest inline value makes a node that can be read.
	s, m := newStore(t), model{}
	op{long[:MaxKeyLen], make([]byte, MaxInlineLen)}.apply(t, tr, m)
	c := tr.Commit()
	s.apply(c)
	tr = New(s, c.Root, V0)
	checkReads(t, tr, m)
	if v, err := tr.Get(long); v != nil || err != nil {
		t.Errorf("long key got %x, %v", v, err)
	}
	if err := tr.Delete(long); err != nil {
		t.Errorf("delete of a long key: %v", err)
	}
	if k, ok, err := tr.NextKey(long); ok || err != nil {
		t.Errorf("next of a long key got %x, %v", k, err)
	}
	if c := tr.Commit(); len(c.Nodes) != 0 {
		t.Errorf("nothing changed but got %x", c.Nodes)
	}
}

// TestDecodeCompactRefuses: each bad item list is for the root it would have.
func TestDecodeCompactRefuses(t *testing.T) {
	var (
		value = bytes.Repeat([]byte{3}, 40)
		kid   = append([]byte{0x41, 1, 30 << 2}, value[:30]...) // 33 bytes, stored apart
		fork  = []byte{0x80, 3, 0, 0, 0}                        // both children follow
	)
	for name, c := range map[string]struct {
		items [][]byte
		want  error
	}{
		"good":                       {[][]byte{fork, kid, kid}, nil},
		"good with a value":          {[][]byte{{escape, 0x40, 0}, value}, nil},
		"nothing":                    {nil, ErrMissingNode},
		"child missing":              {[][]byte{fork, kid}, ErrMissingNode},
		"value missing":              {[][]byte{{escape, 0x40, 0}}, ErrMissingNode},
		"item left over":             {[][]byte{fork, kid, kid, kid}, ErrUnusedNode},
		"escape alone":               {[][]byte{{escape}, value}, ErrBadNode},
		"escape before a value":      {[][]byte{{escape, 0x40, 4, 1}, value}, ErrBadNode},
		"escape before no value":     {[][]byte{append([]byte{escape}, fork...), value, kid, kid}, ErrBadNode},
		"short node follows":         {[][]byte{fork, {0x41, 1, 4, 1}, kid}, ErrBadNode},
		"empty node":                 {[][]byte{{0}}, ErrBadNode},
		"elision in an inline child": {[][]byte{{0x80, 3, 0, 5 << 2, 0x80, 3, 0, 0, 0, 0}, kid, kid, kid}, ErrBadNode},
		"node over the limit":        {[][]byte{make([]byte, MaxNodeLen+1)}, ErrBadNode},
	} {
		t.Run(name, func(t *testing.T) {
			d := compactDecoder{in: c.items, p: ProofSource(nil)}
			root, _ := d.subtree(0)
			if _, err := DecodeCompact(root, c.items); err != c.want {
				t.Errorf("got %v want %v", err, c.want)
			}
		})
	}
}

// TestShortDetachedValue: a value of 32 bytes must not hide behind a hash.
func TestShortDetachedValue(t *testing.T) {
	short := make([]byte, 32)
	h := hash.Blake2b256(short)
	enc := appendNode(nil, &node{data: string(h[:]), flags: valueHash}, 0, false)
	root := ProofSource([][]byte{enc})
	var ref [32]byte
	for h := range root.index {
		ref = h
	}
	if _, err := VerifyProof(ref, [][]byte{enc, short}, [][]byte{{}}); err != ErrBadNode {
		t.Errorf("proof got %v", err)
	}
	if _, err := DecodeCompact(ref, [][]byte{{escape, 0x40, 0}, short}); err != ErrBadNode {
		t.Errorf("compact proof got %v", err)
	}
}
