package main

import (
	"fmt"
	"go/types"
	"strings"
)

const metadataPath = framePath + "/metadata"

// metaFile returns zz_meta.go: the description of a pallet, or of the types that
// a //frame:types directive names; nil if the package has neither.
func metaFile(src *source) ([]byte, error) {
	w := newWriter(src)
	r := &describer{src: src, known: map[string]bool{}}
	pallet := src.palletName()
	for _, d := range src.declarations {
		if d.has("types") {
			if err := w.metaTypes(r, d); err != nil {
				return nil, fmt.Errorf("%s.%s: %w", src.pkg.Path(), d.name, err)
			}
		}
	}
	if pallet != "" {
		if err := w.metaPallet(r, pallet); err != nil {
			return nil, fmt.Errorf("%s: metadata: %w", src.pkg.Path(), err)
		}
	}
	return w.file("!wasip1")
}

// metaTypes writes a function that returns the types of the fields of a struct.
func (w *writer) metaTypes(r *describer, d *declaration) error {
	fields, ok := d.object.Type().Underlying().(*types.Struct)
	if !ok {
		return fmt.Errorf("//frame:types on what is not a struct")
	}
	for i := range fields.NumFields() {
		opts, err := parseTag(fields.Tag(i))
		if err != nil {
			return err
		}
		if _, err := r.field(fields.Field(i).Type(), opts); err != nil {
			return fmt.Errorf("%s: %w", fields.Field(i).Name(), err)
		}
	}
	w.printf("var _ = %s{} // its fields name types for metadata\n\n", d.name)
	if w.src.palletName() != "" {
		return nil // among the types of the pallet
	}
	w.use(metadataPath, "metadata")
	w.printf("// metadataTypes returns the types of the fields of %s, and what they are made of.\n", d.name)
	w.printf("func metadataTypes() []metadata.Type {\nreturn ")
	w.typeList(r)
	w.printf("}\n")
	return nil
}

func (w *writer) typeList(r *describer) {
	w.printf("[]metadata.Type{\n")
	for _, t := range r.list {
		w.printf("{Key: %q", t.key)
		if t.path != "" {
			w.printf(", Path: %q", t.path)
		}
		if len(t.params) > 0 {
			w.printf(", Params: []metadata.Param{")
			for i := 0; i < len(t.params); i += 2 {
				w.printf("{Name: %q, Type: %q},", t.params[i], t.params[i+1])
			}
			w.printf("}")
		}
		w.printf(", Def: %s", t.def)
		if t.docs != "" {
			w.printf(", Docs: %q", t.docs)
		}
		w.printf("},\n")
	}
	w.printf("}\n")
}

// metaPallet writes the description of the pallet.
func (w *writer) metaPallet(r *describer, pallet string) error {
	w.use(metadataPath, "metadata")
	w.printf("func init() { Pallet.Metadata = describe }\n\n")
	w.printf("// describe returns what metadata says of the pallet.\n")
	w.printf("func describe() metadata.Pallet {\nreturn metadata.Pallet{\nCrate: %q,\n", w.src.crate(pallet))
	for _, file := range w.src.syntax {
		if text := docText(file.Doc); text != "" {
			w.printf("Docs: %q,\n", text)
			break // the package comment
		}
	}
	if err := w.metaItems(r); err != nil {
		return err
	}
	for _, kind := range []struct{ directive, field string }{{"call", "Calls"}, {"event", "Events"}} {
		if err := w.metaVariants(r, kind.directive, kind.field); err != nil {
			return err
		}
	}
	for _, d := range w.src.declarations {
		if d.has("errors") {
			list := w.src.constantVariants(d, w.src.constants(d.object.Type()))
			w.printf("Errors: []metadata.Variant%s,\n", strings.TrimPrefix(list, "metadata.Variants"))
		}
	}
	if err := w.metaConstants(r); err != nil {
		return err
	}
	w.printf("Types: ")
	w.typeList(r)
	text := strings.TrimSuffix(w.body.String(), "\n") // the list ends the struct
	w.body.Reset()
	w.printf("%s,\n}\n}\n", text)
	return nil
}

// metaItems writes the storage items.
func (w *writer) metaItems(r *describer) error {
	for _, d := range w.src.declarations {
		fields, ok := d.object.Type().Underlying().(*types.Struct)
		if !d.has("storage") || !ok {
			continue
		}
		docs := fieldDocs(d)
		w.printf("Items: []metadata.Item{\n")
		for i := range fields.NumFields() {
			if err := w.metaItem(r, fields.Field(i), fields.Tag(i), docs[fields.Field(i).Name()]); err != nil {
				return fmt.Errorf("%s: %w", fields.Field(i).Name(), err)
			}
		}
		w.printf("},\n")
	}
	return nil
}

func (w *writer) metaItem(r *describer, field *types.Var, rawTag, docs string) error {
	opts, err := parseTag(rawTag)
	if err != nil {
		return err
	}
	value, codec := field.Type(), "Codec"
	w.printf("{Name: %q, ", field.Name())
	if m, isMap := value.(*types.Map); isMap {
		key, err := r.describe(m.Key())
		if err != nil {
			return err
		}
		value, codec = m.Elem(), "Values"
		inner, double := value.(*types.Map)
		if !double {
			w.printf("Hasher: uint8(%s.Hasher), Key: %q, ", field.Name(), key)
		} else {
			second, err := r.describe(inner.Key())
			if err != nil {
				return err
			}
			value = inner.Elem()
			w.printf("Hasher: uint8(%s.Hashers[0]), Second: uint8(%s.Hashers[1]), Key: %q, ", field.Name(), field.Name(), r.addTuple([]string{key, second}))
		}
	}
	key, err := r.field(value, opts)
	if err != nil {
		return err
	}
	w.printf("Value: %q, ", key)
	switch {
	case opts.optional || !r.hasZero(value, nil):
		w.printf("Optional: true, Default: []byte{0}")
	case opts.absent != "":
		w.printf("Default: %s.%s.Append(nil, %s)", field.Name(), codec, opts.absent)
	case key == "events": // the zero value is no encoding yet
		w.printf("Default: []byte{0}")
	default:
		w.printf("Default: %s(%s.%s)", w.frame("Zero"), field.Name(), codec)
	}
	if docs != "" {
		w.printf(", Docs: %q", docs)
	}
	w.printf("},\n")
	return nil
}

// hasZero reports whether the zero value of t has an encoding: a sealed
// interface without a variant has none, nor has a type of constants without 0.
func (r *describer) hasZero(t types.Type, seen []types.Type) bool {
	for _, s := range seen {
		if s == t {
			return true
		}
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return false
	case *types.Basic:
		return r.hasConstantZero(t)
	case *types.Array:
		return r.hasZero(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			if !r.hasZero(u.Field(i).Type(), seen) {
				return false
			}
		}
	}
	return true
}

// hasConstantZero reports whether 0 is a value of t, of a basic kind.
func (r *describer) hasConstantZero(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return true
	}
	d, src, err := r.declaration(named.Obj())
	if err != nil || !needsCodec(d) {
		return true
	}
	constants := src.constants(named)
	return len(constants) > 0 && constants[0].value == 0
}

// metaVariants writes calls or events.
func (w *writer) metaVariants(r *describer, directive, field string) error {
	list, err := indexed(w.src, directive)
	if err != nil || len(list) == 0 {
		return err
	}
	w.printf("%s: []metadata.Variant{\n", field)
	for _, v := range list {
		structure, ok := v.object.Type().Underlying().(*types.Struct)
		if !ok {
			return fmt.Errorf("%s is not a struct", v.name)
		}
		fields, err := r.fields(w.src, structure, v.declaration, true)
		if err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		name := v.metadataName()
		if directive == "call" {
			name = snake(name)
		}
		w.printf("%s", variantText(name, v.index, fields, v.doc))
	}
	w.printf("},\n")
	return nil
}

// metaConstants writes the constants.
func (w *writer) metaConstants(r *describer) error {
	if len(w.src.metaConstants) == 0 {
		return nil
	}
	w.printf("Constants: []metadata.Constant{\n")
	for _, c := range w.src.metaConstants {
		if basic, ok := c.object.Type().(*types.Basic); ok && basic.Info()&types.IsUntyped != 0 {
			return fmt.Errorf("constant %s needs a type", c.object.Name())
		}
		key, err := r.describe(c.object.Type())
		if err != nil {
			return fmt.Errorf("constant %s: %w", c.object.Name(), err)
		}
		w.printf("{Name: %q, Type: %q, Value: func() (b []byte) {\n", c.name, key)
		if err := w.append(c.object.Name(), c.object.Type(), tag{max: defaultMax}); err != nil {
			return err
		}
		w.printf("return b\n}()")
		if c.doc != "" {
			w.printf(", Docs: %q", c.doc)
		}
		w.printf("},\n")
	}
	w.printf("},\n")
	return nil
}
