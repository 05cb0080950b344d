package scale_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/scale"
)

// TestVectorsRefusedForAReason checks why each reject is refused: the reason is
// ours, that it is refused is parity-scale-codec's.
func TestVectorsRefusedForAReason(t *testing.T) {
	reasons := map[string]error{
		"compact 63 in mode 1": scale.ErrCompact, "compact 0 in mode 1": scale.ErrCompact, "compact 16383 in mode 2": scale.ErrCompact,
		"compact 0 in mode 2": scale.ErrCompact, "compact 2^30-1 in mode 3": scale.ErrCompact, "compact 0 in mode 3": scale.ErrCompact,
		"compact leading zero byte": scale.ErrCompact, "compact 17 bytes": scale.ErrRange, "compact 67 bytes": scale.ErrRange,
		"compact empty": scale.ErrShort, "compact mode 1 cut": scale.ErrShort, "compact mode 2 cut": scale.ErrShort, "compact mode 3 cut": scale.ErrShort,
		"compact trailing": scale.ErrTrailing, "compact u32 2^32": scale.ErrRange, "compact u64 2^64": scale.ErrRange, "compact u16 2^16": scale.ErrRange,
		"compact u8 256": scale.ErrRange, "bool 2": scale.ErrBool, "bool 255": scale.ErrBool, "bool empty": scale.ErrShort,
		"option u32 tag 2": scale.ErrOption, "option u32 some cut": scale.ErrShort, "option u32 none with more": scale.ErrTrailing,
		"string not UTF-8": scale.ErrUTF8, "bytes cut": scale.ErrShort, "bytes length beyond the input": scale.ErrShort,
		"vec u16 cut": scale.ErrShort, "bits cut": scale.ErrShort,
	}
	_, rejects := vectors(t)
	if len(rejects) != len(reasons) {
		t.Errorf("%d rejects in the file, %d here", len(rejects), len(reasons))
	}
	for _, c := range rejects {
		raw, err := hex.DecodeString(c.Hex)
		if err != nil {
			t.Fatal(err)
		}
		d := scale.NewDecoder(raw)
		kinds[c.Type](d)
		want := reasons[c.Type+" "+c.Name]
		if err := d.Finish(); want == nil || !errors.Is(err, want) {
			t.Errorf("%s %s: %v, want %v", c.Type, c.Name, err, want)
		}
	}
}
