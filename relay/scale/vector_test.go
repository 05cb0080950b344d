package scale_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"testing"

	"github.com/rampart-chain/rampart/relay/scale"
)

type vector struct {
	Type, Name, Hex string
	Value           any
}

func vectors(t *testing.T) (cases, rejects []vector) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/scale.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases, Rejects []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases, file.Rejects
}

// kinds read a value and return it in the form of the file, with its encoding.
var kinds = map[string]func(d *scale.Decoder) (value any, encoded []byte){
	"compact": func(d *scale.Decoder) (any, []byte) {
		lo, hi := d.CompactU128()
		return bigOf(lo, hi).String(), scale.AppendCompactU128(nil, lo, hi)
	},
	"compact u64": func(d *scale.Decoder) (any, []byte) { v := d.Compact(); return v, scale.AppendCompact(nil, v) },
	"compact u32": func(d *scale.Decoder) (any, []byte) { v := d.CompactU32(); return v, nil },
	"compact u16": func(d *scale.Decoder) (any, []byte) { v := d.CompactU16(); return v, nil },
	"compact u8":  func(d *scale.Decoder) (any, []byte) { v := d.CompactU8(); return v, nil },
	"u128": func(d *scale.Decoder) (any, []byte) {
		lo, hi := d.U128()
		return bigOf(lo, hi).String(), scale.AppendU128(nil, lo, hi)
	},
	"bool":   func(d *scale.Decoder) (any, []byte) { v := d.Bool(); return v, scale.AppendBool(nil, v) },
	"string": func(d *scale.Decoder) (any, []byte) { v := d.String(100); return v, scale.AppendString(nil, v) },
	"bytes": func(d *scale.Decoder) (any, []byte) {
		v := d.Bytes(1 << 30)
		return hex.EncodeToString(v), scale.AppendBytes(nil, v)
	},
	"option u32": func(d *scale.Decoder) (any, []byte) {
		if !d.Option() {
			return nil, []byte{0}
		}
		v := d.U32()
		return float64(v), scale.AppendU32([]byte{1}, v)
	},
	"vec u16": func(d *scale.Decoder) (any, []byte) {
		list := scale.Slice(d, 10, 2, 2, func(v *uint16) { *v = d.U16() })
		encoded, values := scale.AppendCompact(nil, uint64(len(list))), []any{}
		for _, v := range list {
			encoded, values = scale.AppendU16(encoded, v), append(values, float64(v))
		}
		return values, encoded
	},
	"bits": func(d *scale.Decoder) (any, []byte) {
		var v scale.BitVec
		v.DecodeSCALE(d)
		values := []any{}
		for i := range v.Len() {
			values = append(values, v.Get(i))
		}
		return values, scale.Marshal(v)
	},
}

func TestVectors(t *testing.T) {
	cases, rejects := vectors(t)
	for _, c := range cases {
		t.Run(c.Type+"/"+c.Name, func(t *testing.T) {
			raw, err := hex.DecodeString(c.Hex)
			if err != nil {
				t.Fatal(err)
			}
			d := scale.NewDecoder(raw)
			value, encoded := kinds[c.Type](d)
			if err := d.Finish(); err != nil || !reflect.DeepEqual(value, c.Value) {
				t.Errorf("%x decodes to %v (%v), want %v", raw, value, err, c.Value)
			}
			if hex.EncodeToString(encoded) != c.Hex {
				t.Errorf("%v encodes to %x, want %s", value, encoded, c.Hex)
			}
		})
	}
	for _, c := range rejects {
		t.Run(fmt.Sprintf("reject %s/%s", c.Type, c.Name), func(t *testing.T) {
			raw, err := hex.DecodeString(c.Hex)
			if err != nil {
				t.Fatal(err)
			}
			d := scale.NewDecoder(raw)
			if value, _ := kinds[c.Type](d); d.Finish() == nil {
				t.Errorf("%x decodes to %v", raw, value)
			}
		})
	}
}
