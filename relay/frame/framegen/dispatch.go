package main

import (
	"encoding/binary"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"sort"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

const framePath = "github.com/rampart-chain/rampart/relay/frame"

// frame returns a qualified name of package frame.
func (w *writer) frame(name string) string { return w.use(framePath, "frame") + name }

// pallet returns the words of the pallet directive in the package comment.
func (s *source) pallet() []string {
	for _, file := range s.syntax {
		if found, _ := s.directives(file.Doc, "pallet"); found["pallet"] != nil {
			return found["pallet"]
		}
	}
	return nil
}

// palletName returns the name that the package comment declares, or "".
func (s *source) palletName() string {
	if words := s.pallet(); len(words) > 0 {
		return words[0]
	}
	return ""
}

// crate returns the path of the pallet's Call, Event and Error types: the second
// word of the directive, or pallet_ and the name in snake case.
func (s *source) crate(pallet string) string {
	if words := s.pallet(); len(words) > 1 {
		return words[1]
	}
	return "pallet_" + snake(pallet) + "::pallet"
}

// dispatchFile returns zz_dispatch.go: storage items, call, event and error
// tables and the Pallet value; nil if the package is no pallet.
func dispatchFile(src *source) ([]byte, error) {
	pallet := src.palletName()
	if pallet == "" {
		return nil, nil
	}
	w := newWriter(src)
	calls, err := indexed(src, "call")
	if err != nil {
		return nil, err
	}
	events, err := indexed(src, "event")
	if err != nil {
		return nil, err
	}
	w.palletValue(pallet, calls)
	for _, d := range src.declarations {
		if d.has("storage") {
			if err := w.storage(pallet, d); err != nil {
				return nil, fmt.Errorf("%s: storage: %w", src.pkg.Path(), err)
			}
		}
		if d.has("errors") {
			if err := w.errors(pallet, d); err != nil {
				return nil, fmt.Errorf("%s: %w", src.pkg.Path(), err)
			}
		}
	}
	for _, call := range calls {
		if err := w.call(pallet, call); err != nil {
			return nil, fmt.Errorf("%s: call %s: %w", src.pkg.Path(), call.name, err)
		}
	}
	for _, event := range events {
		w.printf("// ID returns the pallet's name and the event's index.\n")
		w.printf("func (%s) ID() %s { return %s{Pallet: %q, Index: %d} }\n\n", event.name, w.frame("EventID"), w.frame("EventID"), pallet, event.index)
	}
	return w.file("")
}

// indexed returns the declarations with the directive, by their index.
func indexed(src *source, directive string) ([]variant, error) {
	var found []variant
	seen := map[int]string{}
	for _, d := range src.declarations {
		words := d.directives[directive]
		if !d.has(directive) {
			continue
		}
		if len(words) == 0 {
			return nil, fmt.Errorf("%s.%s: //frame:%s needs an index", src.pkg.Path(), d.name, directive)
		}
		index, err := strconv.Atoi(words[0])
		if err != nil || index < 0 || index > 255 || seen[index] != "" {
			return nil, fmt.Errorf("%s.%s: index %q is taken or not 0 to 255", src.pkg.Path(), d.name, words[0])
		}
		seen[index] = d.name
		found = append(found, variant{d, index})
	}
	sort.Slice(found, func(i, j int) bool { return found[i].index < found[j].index })
	return found, nil
}

func (w *writer) palletValue(pallet string, calls []variant) {
	w.printf("// Pallet is this pallet as a runtime lists it.\n")
	if len(calls) == 0 {
		w.printf("var Pallet = %s{Name: %q}\n\n", w.frame("Pallet"), pallet)
		return
	}
	w.printf("var Pallet = %s{Name: %q, DecodeCall: decodeCall}\n\n", w.frame("Pallet"), pallet)
	w.printf("func decodeCall(d *%s, index uint8) %s {\nswitch index {\n", w.scale("Decoder"), w.frame("Call"))
	for _, c := range calls {
		w.printf("case %d:\nvar call %s\ncall.DecodeSCALE(d)\nreturn call\n", c.index, c.name)
	}
	w.printf("}\nreturn nil\n}\n\n")
}

// storage writes a variable per field of the storage struct.
func (w *writer) storage(pallet string, d *declaration) error {
	fields, ok := d.object.Type().Underlying().(*types.Struct)
	if !ok {
		return fmt.Errorf("%s is not a struct", d.name)
	}
	w.printf("var _ = %s{} // its fields are declared below as storage items\n\n", d.name)
	docs := fieldDocs(d)
	for i := range fields.NumFields() {
		field := fields.Field(i)
		w.printf("// %s is the storage item %s.%s.\n", field.Name(), pallet, field.Name())
		if docs[field.Name()] != "" {
			w.printf("//\n")
			for _, line := range strings.Split(docs[field.Name()], "\n") {
				w.printf("// %s\n", line)
			}
		}
		key := storagePrefix(pallet, field.Name())
		if err := w.item(field.Name(), key, field.Type(), fields.Tag(i)); err != nil {
			return fmt.Errorf("%s: %w", field.Name(), err)
		}
	}
	return nil
}

func (w *writer) item(name, key string, t types.Type, rawTag string) error {
	opts, err := parseTag(rawTag)
	if err != nil {
		return err
	}
	m, isMap := t.(*types.Map)
	if !isMap {
		w.printf("var %s = %s[%s]{\nKey: %s,\nCodec: ", name, w.frame("Value"), w.typeName(t), key)
		if err := w.codecValue(t, opts); err != nil {
			return err
		}
		w.printf(",\n}\n\n")
		return nil
	}
	if inner, ok := m.Elem().(*types.Map); ok {
		return w.doubleMap(name, key, m.Key(), inner, opts)
	}
	if len(opts.hashers) != 1 {
		return fmt.Errorf("tag %q names not one hasher", rawTag)
	}
	w.printf("var %s = %s[%s, %s]{\nPrefix: %s,\nHasher: %s,\nKeys: ", name, w.frame("Map"), w.typeName(m.Key()), w.typeName(m.Elem()), key, w.frame(opts.hashers[0]))
	if err := w.codecValue(m.Key(), tag{max: defaultMax}); err != nil {
		return err
	}
	w.printf(",\nValues: ")
	if err := w.codecValue(m.Elem(), opts); err != nil {
		return err
	}
	w.printf(",\n}\n\n")
	return nil
}

// doubleMap writes an item of type map[first]map[…]….
func (w *writer) doubleMap(name, key string, first types.Type, inner *types.Map, opts tag) error {
	if len(opts.hashers) != 2 {
		return fmt.Errorf("a map of maps needs two hashers")
	}
	w.printf("var %s = %s[%s, %s, %s]{\nPrefix: %s,\nHashers: [2]%s{%s, %s},\n", name, w.frame("DoubleMap"),
		w.typeName(first), w.typeName(inner.Key()), w.typeName(inner.Elem()), key, w.frame("Hasher"), w.frame(opts.hashers[0]), w.frame(opts.hashers[1]))
	for _, part := range []struct {
		field string
		t     types.Type
		opts  tag
	}{{"First", first, tag{max: defaultMax}}, {"Second", inner.Key(), tag{max: defaultMax}}, {"Values", inner.Elem(), opts}} {
		w.printf("%s: ", part.field)
		if err := w.codecValue(part.t, part.opts); err != nil {
			return err
		}
		w.printf(",\n")
	}
	w.printf("}\n\n")
	return nil
}

// codecValue writes a frame.Codec of t.
func (w *writer) codecValue(t types.Type, opts tag) error {
	name := w.typeName(t)
	w.printf("%s[%s]{\nAppend: func(b []byte, v %s) []byte {\n", w.frame("Codec"), name, name)
	if err := w.append("v", t, opts); err != nil {
		return err
	}
	w.printf("return b\n},\nDecode: func(d *%s, v *%s) {\n", w.scale("Decoder"), name)
	if err := w.decode("(*v)", t, opts); err != nil {
		return err
	}
	w.printf("},\n}")
	return nil
}

// storagePrefix returns twox128(pallet) ‖ twox128(item) as a Go string literal.
func storagePrefix(pallet, item string) string {
	var key []byte
	for _, word := range []string{pallet, item} {
		for seed := range uint64(2) {
			d := xxhash.NewWithSeed(seed)
			d.WriteString(word)
			key = binary.LittleEndian.AppendUint64(key, d.Sum64())
		}
	}
	var literal strings.Builder
	for _, b := range key {
		fmt.Fprintf(&literal, "\\x%02x", b)
	}
	return "\"" + literal.String() + "\""
}

// fieldDocs returns the doc comments of the fields of a struct declaration.
func fieldDocs(d *declaration) map[string]string {
	docs := map[string]string{}
	if structure, ok := d.spec.Type.(*ast.StructType); ok {
		for _, field := range structure.Fields.List {
			for _, name := range field.Names {
				docs[name.Name] = strings.TrimSpace(field.Doc.Text())
			}
		}
	}
	return docs
}

// call writes ID and Info of one call, or ID and Dispatch of a measured one.
func (w *writer) call(pallet string, c variant) error {
	info, err := callInfo(c.directives["call"][1:])
	if err != nil {
		return err
	}
	w.printf("// ID returns the pallet's name and the call's index.\n")
	w.printf("func (%s) ID() %s { return %s{Pallet: %q, Index: %d} }\n\n", c.name, w.frame("CallID"), w.frame("CallID"), pallet, c.index)
	if info.measured {
		w.printf("// Dispatch makes the call.\n")
		w.printf("func (call %s) Dispatch(c *%s, origin %s) error {\n_, err := call.Make(c, origin)\nreturn err\n}\n\n", c.name, w.frame("Context"), w.frame("Origin"))
		return nil
	}
	receiver, weight := c.name, fmt.Sprintf("%s{RefTime: %d, ProofSize: %d}", w.frame("Weight"), info.refTime, info.proof)
	if info.weight != "" {
		weight = info.weight
		if strings.Contains(weight, "call.") {
			receiver = "call " + c.name
		}
	}
	w.printf("// Info returns the declared weight, class and fee rule of the call.\n")
	w.printf("func (%s) Info() %s {\nreturn %s{Weight: %s, Class: %s, PaysFee: %s}\n}\n\n", receiver,
		w.frame("DispatchInfo"), w.frame("DispatchInfo"), weight, w.frame(info.class), w.frame(info.pays))
	return nil
}

type callDeclaration struct {
	refTime, proof uint64
	weight         string // an expression in place of both, unless empty
	class, pays    string
	measured       bool
}

func callInfo(words []string) (callDeclaration, error) {
	info := callDeclaration{class: "Normal", pays: "PaysYes"}
	weighed := false
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch {
		case name == "weight":
			if info.refTime, err = strconv.ParseUint(value, 10, 64); err != nil {
				info.weight = value
				_, err = parser.ParseExpr(value)
			}
			weighed = true
		case name == "proof":
			info.proof, err = strconv.ParseUint(value, 10, 64)
		case word == "class=operational":
			info.class = "Operational"
		case word == "class=mandatory":
			info.class, info.pays = "Mandatory", "PaysNo"
		case word == "free":
			info.pays = "PaysNo"
		case word == "measured":
			info.measured = true
		case name == "name":
		default:
			err = fmt.Errorf("unknown word")
		}
		if err != nil {
			return info, fmt.Errorf("%q: %w", word, err)
		}
	}
	if info.weight != "" && info.proof != 0 {
		return info, fmt.Errorf("proof=N and weight=%s: the weight has its proof", info.weight)
	}
	if weighed == info.measured {
		return info, fmt.Errorf("weight=N or measured is missing, or both are there")
	}
	return info, nil
}

// errors writes the methods of the error type.
func (w *writer) errors(pallet string, d *declaration) error {
	values := w.src.constants(d.object.Type())
	if len(values) == 0 || !isByte(d.object.Type()) {
		return fmt.Errorf("//frame:errors %s: not a uint8 type with constants", d.name)
	}
	w.printf("// Error returns the pallet's name and the error's.\n")
	w.printf("func (e %s) Error() string {\nswitch e {\n", d.name)
	for _, v := range values {
		w.printf("case %s:\nreturn %q\n", v.name, pallet+"."+strings.TrimPrefix(v.name, "Err"))
	}
	w.printf("}\nreturn %q\n}\n\n", pallet+" error without a name")
	w.printf("// PalletError returns the pallet's name and the error's index.\n")
	w.printf("func (e %s) PalletError() (pallet string, index uint8) { return %q, uint8(e) }\n\n", d.name, pallet)
	return nil
}
