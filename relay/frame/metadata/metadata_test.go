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
		APIs: []metadata.API{{Name: "Things", Version: 7, Docs: "about things", Methods: []metadata.Method{
			{Name: "ask", Inputs: []metadata.Input{{Name: "what", Type: "u32"}, {Name: "how", Type: "bits"}}, Output: "answer", Docs: "asks"}, {Name: "count", Output: "()"}}}},
		Types: []metadata.Type{
			{Key: "answer", Path: "asked::Answer", Def: metadata.Composite{{Type: "id"}}},
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
				Crate: "pallet_full::pallet", Docs: "all\nof it",
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

// reader reads metadata of a version and notes what is there, and which types are
// referred to.
type reader struct {
	*scale.Decoder
	t       *testing.T
	version uint8
	largest uint64
	paths   []string
	// pallets and items are names, calls those of APIs and inputs too.
	pallets, items, calls, docs []string
	extrinsicVersion            []byte
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

// current reads that something is not deprecated, where the version tells.
func (r *reader) current() {
	if r.version >= metadata.V16 && r.U8() != 0 {
		r.t.Errorf("deprecated at %d", r.Offset())
	}
}

// variants reads the type of calls, events or errors.
func (r *reader) variants() {
	r.optional(func() { r.ref(); r.current() })
}

func (r *reader) pallet() {
	r.pallets = append(r.pallets, r.text())
	r.optional(func() {
		r.text()
		r.list(func() {
			r.items = append(r.items, r.text())
			if r.U8() > 1 {
				r.t.Error("a modifier that is neither Optional nor Default")
			}
			if r.U8() == 1 {
				r.list(func() { r.U8() })
				r.ref()
			}
			r.ref()
			r.Bytes(100)
			r.texts()
			r.current()
		})
	})
	r.variants()
	r.variants()
	r.list(func() { r.text(); r.ref(); r.Bytes(100); r.texts(); r.current() })
	r.variants()
	if r.version >= metadata.V16 {
		r.list(func() { r.t.Error("an associated type") })
		r.list(func() { r.t.Error("a view function") })
	}
	r.U8()
	if r.version >= metadata.V15 {
		r.docs = append(r.docs, r.texts()...)
		r.current()
	}
}

func (r *reader) extrinsic() {
	switch r.version {
	case metadata.V14:
		r.named("UncheckedExtrinsic")
		r.extrinsicVersion = append(r.extrinsicVersion, r.U8())
	case metadata.V15:
		r.extrinsicVersion = append(r.extrinsicVersion, r.U8())
		r.named("a::Address")
		r.named("test_runtime::RuntimeCall")
		r.ref() // bytes
		r.ref() // a tuple
	default:
		r.list(func() { r.extrinsicVersion = append(r.extrinsicVersion, r.U8()) })
		r.named("a::Address")
		r.named("test_runtime::RuntimeCall")
		r.ref()
		r.list(func() {
			if version := r.U8(); version != 0 {
				r.t.Errorf("extensions of version %d", version)
			}
			n := uint64(0)
			r.list(func() {
				if r.Compact() != n {
					r.t.Error("extensions in another order")
				}
				n++
			})
		})
	}
	r.list(func() { r.text(); r.ref(); r.ref() })
}

// named reads a reference to a type whose path ends in path.
func (r *reader) named(path string) {
	if n := r.ref(); n >= uint64(len(r.paths)) || !strings.HasSuffix(r.paths[n], path) {
		r.t.Errorf("type %d at %d is not %s", n, r.Offset(), path)
	}
}

// apis reads runtime calls, one word a part.
func (r *reader) apis() {
	r.list(func() {
		r.calls = append(r.calls, r.text())
		r.list(func() {
			r.calls = append(r.calls, r.text())
			r.list(func() { r.calls = append(r.calls, r.text()); r.ref() })
			r.ref()
			r.docs = append(r.docs, r.texts()...)
			r.current()
		})
		r.docs = append(r.docs, r.texts()...)
		if r.version >= metadata.V16 {
			if version := r.Compact(); version != 7 {
				r.t.Errorf("API version %d, want 7", version)
			}
			r.current()
		}
	})
}

// read reads all of an encoding.
func (r *reader) read() {
	if magic := string(r.Raw(4)); magic != "meta" || r.U8() != r.version {
		r.t.Fatalf("begins with %q", magic)
	}
	r.list(func() {
		if n := r.Compact(); n != uint64(len(r.paths)) {
			r.t.Fatalf("type %d has number %d", len(r.paths), n)
		}
		r.paths = append(r.paths, strings.Join(r.texts(), "::"))
		r.list(func() { r.text(); r.optional(func() { r.ref() }) })
		r.def()
		r.texts()
	})
	r.list(r.pallet)
	r.extrinsic()
	if r.version <= metadata.V15 {
		r.named("test_runtime::Runtime")
	}
	if r.version >= metadata.V15 {
		r.apis()
		r.named("test_runtime::RuntimeCall")
		r.named("test_runtime::RuntimeEvent")
		r.named("test_runtime::RuntimeError")
		r.list(func() { r.t.Error("a custom value") })
	}
}

// TestVersions reads each encoding by a reader of its own: every reference leads to
// a type, nothing that is not needed is there, nothing is left over.
func TestVersions(t *testing.T) {
	for version, want := range map[uint8]struct{ docs, calls string }{
		metadata.V14: {"", ""},
		metadata.V15: {"all|of it|asks|about things", "Things ask what how count"},
		metadata.V16: {"all|of it|asks|about things", "Things ask what how count"},
	} {
		r := &reader{Decoder: scale.NewDecoder(runtime().Encode(version)), t: t, version: version}
		r.read()
		if err := r.Finish(); err != nil {
			t.Fatal(err)
		}
		if r.largest+1 != uint64(len(r.paths)) {
			t.Errorf("version %d: %d types, the largest that is referred to is %d", version, len(r.paths), r.largest)
		}
		if strings.Join(r.pallets, " ") != "Empty Full" || strings.Join(r.items, " ") != "One Many Events" {
			t.Errorf("version %d: pallets %q, items %q", version, r.pallets, r.items)
		}
		if got := strings.Join(r.docs, "|"); got != want.docs {
			t.Errorf("version %d: docs %q, want %q", version, got, want.docs)
		}
		if got := strings.Join(r.calls, " "); got != want.calls || string(r.extrinsicVersion) != "\x04" {
			t.Errorf("version %d: calls %q, extrinsics %x", version, got, r.extrinsicVersion)
		}
		have := "\n" + strings.Join(r.paths, "\n") + "\n"
		for _, path := range []string{"test_runtime::RuntimeCall", "test_runtime::RuntimeEvent", "test_runtime::RuntimeError", "pallet_full::pallet::Call",
			"pallet_full::pallet::Event", "pallet_full::pallet::Error", "t::Tree", "frame_system::EventRecord", "bitvec::order::Lsb0", "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic"} {
			if strings.Count(have, "\n"+path+"\n") != 1 {
				t.Errorf("version %d: %d types have the path %s", version, strings.Count(have, "\n"+path+"\n"), path)
			}
		}
		if has := strings.Contains(have, "\nasked::Answer\n"); has != (version > metadata.V14) {
			t.Errorf("version %d: the type of an answer is there: %t", version, has)
		}
	}
	for _, unknown := range []uint8{0, 13, 17, 255} {
		if got := runtime().Encode(unknown); got != nil {
			t.Errorf("version %d has %d bytes", unknown, len(got))
		}
	}
}

// TestMissingTypeIsNamed leaves out a type that is referred to.
func TestMissingTypeIsNamed(t *testing.T) {
	defer func() {
		if said := recover(); said == nil || !strings.Contains(said.(string), "answer") {
			t.Errorf("said %v", said)
		}
	}()
	r := runtime()
	r.Types = r.Types[1:]
	r.Encode(metadata.V15)
}

func TestEra(t *testing.T) {
	variants := metadata.Era().Def.(metadata.Variants)
	if len(variants) != 256 || variants[0].Name != "Immortal" || variants[255].Name != "Mortal255" || len(variants[0].Fields) != 0 || len(variants[1].Fields) != 1 {
		t.Errorf("%d variants", len(variants))
	}
}
