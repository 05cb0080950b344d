package main

import (
	"fmt"
	"go/types"
	"path"
	"strconv"
	"strings"
)

// modulePath is the prefix that keys and derived paths of types leave out.
const modulePath = "github.com/rampart-chain/rampart/"

// described is a type as metadata describes it, ready to be printed.
type described struct {
	key, path, def, docs string
	params               []string // name, key, name, key, …
}

// describer collects the descriptions of the types that a package refers to,
// each once and after those it needs, but for cycles.
type describer struct {
	src   *source
	list  []described
	known map[string]bool
}

// basics are the keys of the basic kinds.
var basics = map[types.BasicKind]string{
	types.Bool: "bool", types.String: "str",
	types.Uint8: "u8", types.Uint16: "u16", types.Uint32: "u32", types.Uint64: "u64",
	types.Int8: "i8", types.Int16: "i16", types.Int32: "i32", types.Int64: "i64",
}

// field describes the type of a field with its tag and returns its key.
func (r *describer) field(t types.Type, opts tag) (string, error) {
	key, err := r.describe(t)
	if err != nil || !opts.compact {
		return key, err
	}
	return r.add(described{key: "compact " + key, def: fmt.Sprintf("metadata.Compact(%q)", key)}), nil
}

// describe describes t, and what it is made of, and returns its key.
func (r *describer) describe(t types.Type) (string, error) {
	t = types.Unalias(t)
	if named, ok := t.(*types.Named); ok {
		return r.named(named)
	}
	switch t := t.(type) {
	case *types.Basic:
		if key := basics[t.Kind()]; key != "" {
			return key, nil
		}
	case *types.Pointer:
		key, err := r.describe(t.Elem())
		if err != nil {
			return "", err
		}
		return r.add(described{key: "option " + key, path: "Option", params: []string{"T", key}, def: fmt.Sprintf(
			"metadata.Variants{{Name: \"None\", Index: 0}, {Name: \"Some\", Index: 1, Fields: []metadata.Field{{Type: %q}}}}", key)}), nil
	case *types.Slice:
		key, err := r.describe(t.Elem())
		if err != nil || key == "u8" {
			return "bytes", err
		}
		return r.add(described{key: "[]" + key, def: fmt.Sprintf("metadata.Sequence(%q)", key)}), nil
	case *types.Array:
		key, err := r.describe(t.Elem())
		if err != nil {
			return "", err
		}
		return r.add(described{key: fmt.Sprintf("[%d]%s", t.Len(), key), def: fmt.Sprintf("metadata.Array{Length: %d, Element: %q}", t.Len(), key)}), nil
	}
	return "", fmt.Errorf("metadata has no form for %s", t)
}

// add adds a description unless its key is known, and returns the key.
func (r *describer) add(d described) string {
	if !r.known[d.key] {
		r.known[d.key] = true
		r.list = append(r.list, d)
	}
	return d.key
}

// named describes a named type.
func (r *describer) named(t *types.Named) (string, error) {
	object := t.Obj()
	if object.Pkg().Path() == scalePath && object.Name() == "BitVec" {
		return "bits", nil
	}
	if object.Pkg().Path() == framePath && object.Name() == "RuntimeCall" {
		return "RuntimeCall", nil
	}
	d, src, err := r.declaration(object)
	if err != nil {
		return "", err
	}
	if basic, ok := t.Underlying().(*types.Basic); ok && !needsCodec(d) && !d.has("path") {
		return basics[basic.Kind()], nil
	}
	key := strings.TrimPrefix(object.Pkg().Path(), modulePath) + "." + object.Name()
	if r.known[key] {
		return key, nil
	}
	if words := d.directives["as"]; len(words) == 1 {
		return r.replaced(d, src, key, words[0])
	}
	if !types.IsInterface(t) && !needsCodec(d) && r.encodesItself(t) {
		return "", fmt.Errorf("%s encodes itself: say how with //frame:as", key)
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return r.enum(d, src, key)
	case *types.Basic:
		if needsCodec(d) {
			return r.add(described{key: key, path: d.path(key), def: src.constantVariants(d, src.constants(d.object.Type())), docs: d.doc}), nil
		}
		return r.wrapper(d, src, key, u)
	case *types.Struct:
		if d.has("tuple") {
			return r.tuple(u)
		}
		r.known[key] = true // fields may refer back
		fields, err := r.fields(src, u, d, true)
		if err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
		r.list = append(r.list, described{key: key, path: d.path(key), def: "metadata.Composite" + fields, docs: d.doc})
		return key, nil
	default:
		if !d.has("path") {
			return r.describe(u)
		}
		return r.wrapper(d, src, key, u)
	}
}

// tuple describes a struct as the types of its fields, without names.
func (r *describer) tuple(structure *types.Struct) (string, error) {
	var keys []string
	for i := range structure.NumFields() {
		opts, err := parseTag(structure.Tag(i))
		if err != nil {
			return "", err
		}
		key, err := r.field(structure.Field(i).Type(), opts)
		if err != nil {
			return "", fmt.Errorf("field %s: %w", structure.Field(i).Name(), err)
		}
		keys = append(keys, key)
	}
	return r.addTuple(keys), nil
}

// addTuple adds the tuple of the types with the keys and returns its key.
func (r *describer) addTuple(keys []string) string {
	return r.add(described{key: "(" + strings.Join(keys, ", ") + ")", def: "metadata.Tuple{" + quoted(keys) + "}"})
}

// quoted returns the words as Go literals with commas between.
func quoted(words []string) string {
	literals := make([]string, len(words))
	for i, word := range words {
		literals[i] = strconv.Quote(word)
	}
	return strings.Join(literals, ", ")
}

// wrapper describes a named type with a path as a struct around what it is.
func (r *describer) wrapper(d *declaration, src *source, key string, u types.Type) (string, error) {
	inner, err := r.describe(u)
	if err != nil {
		return "", err
	}
	params, err := r.params(d, src)
	if err != nil {
		return "", err
	}
	return r.add(described{key: key, path: d.path(key), params: params, def: fmt.Sprintf("metadata.Composite{{Type: %q}}", inner), docs: d.doc}), nil
}

// replaced describes a type that encodes itself, as the directive says: by the
// key of a built-in type, or by a struct of the same package.
func (r *describer) replaced(d *declaration, src *source, key, as string) (string, error) {
	if layout := src.byName[as]; layout != nil {
		structure, ok := layout.object.Type().Underlying().(*types.Struct)
		if !ok {
			return "", fmt.Errorf("//frame:as %s: not a struct", as)
		}
		r.known[key] = true
		fields, err := r.fields(src, structure, layout, true)
		if err != nil {
			return "", fmt.Errorf("%s: %w", as, err)
		}
		r.list = append(r.list, described{key: key, path: d.path(key), def: "metadata.Composite" + fields, docs: d.doc})
		return key, nil
	}
	switch as {
	case "u128", "bytes", "events", "extrinsic":
	default:
		return "", fmt.Errorf("//frame:as %s: not u128, bytes, events, extrinsic or a struct of %s", as, src.name)
	}
	if !d.has("path") {
		return as, nil
	}
	return r.add(described{key: key, path: d.path(key), def: fmt.Sprintf("metadata.Composite{{Type: %q}}", as), docs: d.doc}), nil
}

// enum describes a sealed interface.
func (r *describer) enum(d *declaration, src *source, key string) (string, error) {
	r.known[key] = true // variants may refer back
	cases, err := src.variants(d.name)
	if err != nil {
		return "", err
	}
	var def strings.Builder
	def.WriteString("metadata.Variants{\n")
	for _, c := range cases {
		structure, ok := c.object.Type().Underlying().(*types.Struct)
		if !ok {
			return "", fmt.Errorf("variant %s is not a struct", c.name)
		}
		named := c.option("named")
		fields, err := r.fields(src, structure, c.declaration, named || c.has("path"))
		if err != nil {
			return "", fmt.Errorf("variant %s: %w", c.name, err)
		}
		if c.has("path") { // a struct of its own inside the variant
			inner := key + "." + c.name
			r.list = append(r.list, described{key: inner, path: c.path(inner), def: "metadata.Composite" + fields, docs: c.doc})
			fields = fmt.Sprintf("{{Type: %q}}", inner)
		}
		if fields == "{}" && d.path(key) == "Result" { // clients want the () in Ok(())
			fields = `{{Type: "()"}}`
		}
		def.WriteString(variantText(c.metadataName(), c.index, fields, c.doc))
	}
	def.WriteString("}")
	params, err := r.params(d, src)
	if err != nil {
		return "", err
	}
	r.list = append(r.list, described{key: key, path: d.path(key), def: def.String(), docs: d.doc, params: params})
	return key, nil
}

// params returns the type parameters that a directive declares.
func (r *describer) params(d *declaration, src *source) ([]string, error) {
	var out []string
	for _, word := range d.directives["params"] {
		name, of, _ := strings.Cut(word, "=")
		key := of
		if declared := src.byName[of]; declared != nil {
			var err error
			if key, err = r.describe(declared.object.Type()); err != nil {
				return nil, err
			}
		}
		out = append(out, name, key)
	}
	return out, nil
}

// variantText returns an element of metadata.Variants.
func variantText(name string, index int, fields, docs string) string {
	text := fmt.Sprintf("{Name: %q, Index: %d", name, index)
	if fields != "{}" {
		text += ", Fields: []metadata.Field" + fields
	}
	if docs != "" {
		text += fmt.Sprintf(", Docs: %q", docs)
	}
	return text + "},\n"
}

// fields returns the fields of a struct as the elements of a []metadata.Field.
func (r *describer) fields(src *source, structure *types.Struct, d *declaration, named bool) (string, error) {
	docs := fieldDocs(d)
	var out strings.Builder
	out.WriteString("{")
	for i := range structure.NumFields() {
		f := structure.Field(i)
		opts, err := parseTag(structure.Tag(i))
		if err != nil {
			return "", err
		}
		key, err := r.field(f.Type(), opts)
		if err != nil {
			return "", fmt.Errorf("field %s: %w", f.Name(), err)
		}
		out.WriteString("\n{")
		if named {
			name := opts.name
			if name == "" {
				name = snake(f.Name())
			}
			fmt.Fprintf(&out, "Name: %q, ", name)
		}
		fmt.Fprintf(&out, "Type: %q, TypeName: %q", key, typeName(f.Type()))
		if text := docs[f.Name()]; text != "" {
			fmt.Fprintf(&out, ", Docs: %q", text)
		}
		out.WriteString("},")
	}
	if structure.NumFields() > 0 {
		out.WriteString("\n")
	}
	out.WriteString("}")
	return out.String(), nil
}

// typeName returns what the source calls a type, in the words of Rust. Clients want
// one for every field: py-substrate-interface decodes no call without.
func typeName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return t.Obj().Name()
	case *types.Basic:
		return basics[t.Kind()]
	case *types.Pointer:
		return "Option<" + typeName(t.Elem()) + ">"
	case *types.Slice:
		return "Vec<" + typeName(t.Elem()) + ">"
	case *types.Array:
		return fmt.Sprintf("[%s; %d]", typeName(t.Elem()), t.Len())
	}
	return t.String() // describe refused it
}

// constantVariants returns the constants of a type as variants.
func (s *source) constantVariants(d *declaration, constants []namedConstant) string {
	var out strings.Builder
	out.WriteString("metadata.Variants{\n")
	for _, c := range constants {
		name := strings.TrimPrefix(strings.TrimPrefix(c.name, d.name), "Err")
		out.WriteString(variantText(name, int(c.value), "{}", c.doc))
	}
	out.WriteString("}")
	return out.String()
}

// encodesItself reports whether values of t have a hand-written encoding.
func (r *describer) encodesItself(t *types.Named) bool {
	found, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, t.Obj().Pkg(), "AppendSCALE")
	_, isFunc := found.(*types.Func)
	return isFunc
}

// declaration returns the declaration of a type of this or another package.
func (r *describer) declaration(object *types.TypeName) (*declaration, *source, error) {
	src, err := r.src.module.load(object.Pkg().Path())
	if err != nil {
		return nil, nil, err
	}
	d := src.byName[object.Name()]
	if d == nil {
		return nil, nil, fmt.Errorf("%s.%s is not declared at the top of its package", object.Pkg().Path(), object.Name())
	}
	return d, src, nil
}

// path returns the path of the type in metadata: the declared one, or one that
// follows from the key.
func (d *declaration) path(key string) string {
	if words := d.directives["path"]; len(words) == 1 {
		return words[0]
	}
	dir, name := path.Split(strings.ReplaceAll(key, ".", "/"))
	return "rampart::" + strings.ReplaceAll(dir, "/", "::") + name
}

// option reports whether a word stands in the directive that declares d.
func (d *declaration) option(word string) bool {
	for _, directive := range []string{"variant", "call", "event"} {
		for _, w := range d.directives[directive] {
			if w == word {
				return true
			}
		}
	}
	return false
}

// metadataName returns the name of a variant, call or event in metadata: that of
// name=X in its directive, or the Go name.
func (d *declaration) metadataName() string {
	for _, directive := range []string{"variant", "call", "event"} {
		for _, word := range d.directives[directive] {
			if name, ok := strings.CutPrefix(word, "name="); ok {
				return name
			}
		}
	}
	return d.name
}

// snake returns a Go name in snake case: MaxPoVSize is max_pov_size, HRMPWatermark
// is hrmp_watermark.
func snake(name string) string {
	name = strings.NewReplacer("PoV", "Pov", "IDs", "Ids", "APIs", "Apis").Replace(name)
	upper := func(i int) bool { return i < len(name) && name[i] >= 'A' && name[i] <= 'Z' }
	var out strings.Builder
	for i := range len(name) {
		last := i+1 == len(name)
		if i > 0 && upper(i) && (!upper(i-1) || !last && !upper(i+1) && (name[i+1] < '0' || name[i+1] > '9')) {
			out.WriteByte('_')
		}
		out.WriteString(strings.ToLower(name[i : i+1]))
	}
	return out.String()
}
