package metadata_test

import (
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/scale"
)

func runtime() metadata.Runtime {
	return metadata.Runtime{
		Name: "test_runtime", Address: "address", Signature: "bytes",
		Extensions: []metadata.Extension{{Identifier: "CheckNonce", Type: "compact", Additional: "()"}},
		Types: []metadata.Type{
			{Key: "address", Path: "a::Address", Def: metadata.Composite{{Type: "id"}}},
			{Key: "id", Def: metadata.Array{Length: 32, Element: "u8"}},
			{Key: "compact", Def: metadata.Compact("u32")},
			{Key: "relay/frame.Phase", Def: metadata.Variants{{Name: "Begin", Index: 7}}},
			{Key: "relay/primitives.Hash", Path: "primitive_types::H256", Def: metadata.Composite{{Type: "id"}}},
			{Key: "never used", Def: metadata.Sequence("nobody")},
		},
		Pallets: []metadata.Entry{
			{Name: "Empty", Index: 3},
			{Name: "Full", Index: 9, Pallet: metadata.Pallet{
				Crate: "pallet_full::pallet",
				Items: []metadata.Item{{Name: "One", Value: "tree", Default: []byte{0}, Docs: "first\nsecond"}, {Name: "Many", Key: "u32", Hasher: 5, Value: "bits", Optional: true, Default: []byte{0}}, {Name: "Events", Value: "events", Default: []byte{0}}},
				Calls: []metadata.Variant{{Name: "go", Index: 2, Fields: []metadata.Field{{Name: "x", Type: "u128", TypeName: "Balance"}}}}, Events: []metadata.Variant{{Name: "Went", Index: 1}},
				Errors: []metadata.Variant{{Name: "Stuck", Index: 4}}, Constants: []metadata.Constant{{Name: "Max", Type: "u16", Value: []byte{1, 2}}},
				Types: []metadata.Type{
					{Key: "tree", Path: "t::Tree", Params: []metadata.Param{{Name: "T", Type: "str"}}, Def: metadata.Composite{{Name: "kids", Type: "trees"}, {Name: "pair", Type: "pair"}}},
					{Key: "trees", Def: metadata.Sequence("tree")},
					{Key: "pair", Def: metadata.Tuple{"bool", "i64"}},
				},
			}},
		},
	}
}

// reader reads metadata of version 14 and notes which types are referred to.
type reader struct {
	*scale.Decoder
	t       *testing.T
	largest uint64
	paths   []string
}

func (r *reader) text() string { return r.String(1 << 16) }

func (r *reader) ref() uint64 {
	n := r.Compact()
	r.largest = max(r.largest, n)
	return n
}

func (r *reader) list(element func()) {
	for range r.Length(1<<16, 1, 1) {
		element()
	}
}

func (r *reader) texts() (all []string) {
	r.list(func() { all = append(all, r.text()) })
	return all
}

func (r *reader) optional(f func()) {
	if r.Option() {
		f()
	}
}

func (r *reader) fields() {
	r.list(func() {
		r.optional(func() { r.text() })
		r.ref()
		r.optional(func() { r.text() })
		r.texts()
	})
}

func (r *reader) def() {
	switch kind := r.U8(); kind {
	case 0:
		r.fields()
	case 1:
		r.list(func() { r.text(); r.fields(); r.U8(); r.texts() })
	case 2, 6:
		r.ref()
	case 3:
		r.U32()
		r.ref()
	case 4:
		r.list(func() { r.ref() })
	case 5:
		r.U8()
	case 7:
		r.ref()
		r.ref()
	default:
		r.t.Fatalf("definition %d at %d", kind, r.Offset())
	}
}

// TestV14 reads the encoding by a reader of its own: every reference leads to a
// type, nothing that is not needed is there, nothing is left over.
func TestV14(t *testing.T) {
	r := &reader{Decoder: scale.NewDecoder(runtime().V14()), t: t}
	if magic := string(r.Raw(4)); magic != "meta" || r.U8() != 14 {
		t.Fatalf("begins with %q", magic)
	}
	count := uint64(0)
	r.list(func() {
		if n := r.Compact(); n != count {
			t.Fatalf("type %d has number %d", count, n)
		}
		count++
		r.paths = append(r.paths, strings.Join(r.texts(), "::"))
		r.list(func() { r.text(); r.optional(func() { r.ref() }) })
		r.def()
		r.texts()
	})
	var items, pallets []string
	r.list(func() {
		pallets = append(pallets, r.text())
		r.optional(func() {
			r.text()
			r.list(func() {
				items = append(items, r.text())
				if r.U8() > 1 {
					t.Error("a modifier that is neither Optional nor Default")
				}
				if r.U8() == 1 {
					r.list(func() { r.U8() })
					r.ref()
				}
				r.ref()
				r.Bytes(100)
				r.texts()
			})
		})
		r.optional(func() { r.ref() })
		r.optional(func() { r.ref() })
		r.list(func() { r.text(); r.ref(); r.Bytes(100); r.texts() })
		r.optional(func() { r.ref() })
		r.U8()
	})
	r.ref()
	if version := r.U8(); version != 4 {
		t.Errorf("extrinsics have version %d, want 4", version)
	}
	r.list(func() { r.text(); r.ref(); r.ref() })
	r.ref()
	if err := r.Finish(); err != nil {
		t.Fatal(err)
	}
	if r.largest+1 != count {
		t.Errorf("%d types, the largest that is referred to is %d", count, r.largest)
	}
	if strings.Join(pallets, " ") != "Empty Full" || strings.Join(items, " ") != "One Many Events" {
		t.Errorf("pallets %q, items %q", pallets, items)
	}
	have := "\n" + strings.Join(r.paths, "\n") + "\n"
	for _, path := range []string{"test_runtime::RuntimeCall", "test_runtime::RuntimeEvent", "test_runtime::RuntimeError", "test_runtime::Runtime", "pallet_full::pallet::Call",
		"pallet_full::pallet::Event", "pallet_full::pallet::Error", "t::Tree", "frame_system::EventRecord", "bitvec::order::Lsb0", "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic"} {
		if strings.Count(have, "\n"+path+"\n") != 1 {
			t.Errorf("%d types have the path %s", strings.Count(have, "\n"+path+"\n"), path)
		}
	}
}

// TestMissingTypeIsNamed leaves out a type that is referred to.
func TestMissingTypeIsNamed(t *testing.T) {
	defer func() {
		if said := recover(); said == nil || !strings.Contains(said.(string), "address") {
			t.Errorf("said %v", said)
		}
	}()
	r := runtime()
	r.Types = r.Types[1:]
	r.V14()
}

func TestEra(t *testing.T) {
	variants := metadata.Era().Def.(metadata.Variants)
	if len(variants) != 256 || variants[0].Name != "Immortal" || variants[255].Name != "Mortal255" || len(variants[0].Fields) != 0 || len(variants[1].Fields) != 1 {
		t.Errorf("%d variants", len(variants))
	}
}
